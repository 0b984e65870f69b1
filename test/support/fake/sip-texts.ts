/** Made-up SIP: a registration, a call, a ping. Long values and umlauts, as real ones have them. */
const STEPS = [
  ['REGISTER sip:pbx.example.com SIP/2.0', '1 REGISTER'],
  ['SIP/2.0 401 Unauthorized', '1 REGISTER'],
  ['REGISTER sip:pbx.example.com SIP/2.0', '2 REGISTER'],
  ['SIP/2.0 200 OK', '2 REGISTER'],
  ['INVITE sip:+49301234567@pbx.example.com;user=phone SIP/2.0', '101 INVITE'],
  ['SIP/2.0 100 Trying', '101 INVITE'],
  ['SIP/2.0 180 Ringing', '101 INVITE'],
  ['SIP/2.0 200 OK', '101 INVITE'],
  ['ACK sip:1002@10.0.0.9:50212;transport=tls SIP/2.0', '101 ACK'],
  ['OPTIONS sip:pbx.example.com SIP/2.0', '7 OPTIONS'],
  ['SIP/2.0 200 OK', '7 OPTIONS'],
  ['BYE sip:+49301234567@pbx.example.com SIP/2.0', '102 BYE'],
  ['SIP/2.0 481 Call/Transaction Does Not Exist', '102 BYE'],
] as const;

export function sipOf(
  step: number,
  host: string,
): { start: string; cseq: string; callId: string; text: string } {
  const [start, cseq] = STEPS[step % STEPS.length] ?? STEPS[0];
  const callId = `${(step * 2654435761 + host.length).toString(16)}@${host}`;
  const sdp = start.startsWith('INVITE') || (start.startsWith('SIP/2.0 200') && cseq.endsWith('INVITE'));
  const body = sdp
    ? [
        'v=0',
        `o=- 20518 0 IN IP4 ${host}`,
        's=Gespräch',
        `c=IN IP4 ${host}`,
        't=0 0',
        'm=audio 11780 RTP/SAVP 8 0 101',
        'a=rtpmap:8 PCMA/8000',
        'a=rtpmap:101 telephone-event/8000',
        'a=sendrecv',
        '',
      ].join('\r\n')
    : '';
  const lines = [
    start,
    `Via: SIP/2.0/TLS ${host}:5061;branch=z9hG4bK-524287-1---${(step * 40503).toString(16)};rport`,
    'Max-Forwards: 70',
    `Contact: <sip:1002@${host}:50212;transport=TLS>;+sip.instance="<urn:uuid:4a2b1c90-7a0c-43b2-a1ff-2b9f2c1f00aa>"`,
    'To: "Jörg Müller-Lüdenscheidt (Vertriebsinnendienst Süd)" <sip:1001@pbx.example.com>',
    `From: "Empfang" <sip:1002@pbx.example.com>;tag=${(step * 7919).toString(36)}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq}`,
    'Allow: INVITE, ACK, CANCEL, BYE, NOTIFY, REFER, MESSAGE, OPTIONS, INFO, SUBSCRIBE',
    'User-Agent: snomD785/10.1.184.14',
    ...(sdp ? ['Content-Type: application/sdp'] : []),
    `Content-Length: ${body.length}`,
    '',
    body,
  ];
  return { start, cseq, callId, text: lines.join('\r\n') };
}
