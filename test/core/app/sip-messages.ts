import fc from 'fast-check';

/** SIP messages as peers send them, for tests. */
export const SDP =
  'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

export interface MessageOptions {
  readonly startLine?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly lineEnd?: '\r\n' | '\n';
  /** null: no such header. */
  readonly contentLength?: string | null;
}

export function sipMessage(options: MessageOptions = {}): string {
  const { startLine = 'INVITE sip:bob@lab.example SIP/2.0', body = '', lineEnd = '\r\n' } = options;
  const headers = options.headers ?? [
    'Via: SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK1',
    'Call-ID: one@192.0.2.1',
    'CSeq: 1 INVITE',
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
  ];
  const length = options.contentLength === undefined ? String(body.length) : options.contentLength;
  const all = [startLine, ...headers, ...(length === null ? [] : [`Content-Length: ${length}`]), '', ''];
  return all.join(lineEnd) + body;
}

/** Messages of many shapes, all framed by Content-Length. */
export const anySipMessage: fc.Arbitrary<string> = fc
  .record({
    startLine: fc.constantFrom(
      'INVITE sip:bob@lab.example SIP/2.0',
      'REGISTER sip:lab.example SIP/2.0',
      'SIP/2.0 200 OK',
      'SIP/2.0 180',
      'sip/2.0 486 Busy Here',
      'UNHEARD-OF urn:service:sos SIP/2.0',
      'MESSAGE sip:\u00e4@lab.example SIP/2.0',
    ),
    callId: fc.constantFrom('Call-ID: a@b', 'i:a@b', 'call-id :\r\n a@b', 'CALL-ID: a@b\r\n\t-folded'),
    cseq: fc.constantFrom('CSeq: 1 INVITE', 'cseq:  2   BYE ', 'CSeq: 3\r\n OPTIONS'),
    length: fc.constantFrom('Content-Length: ', 'l:', 'CONTENT-LENGTH : ', 'Content-Length:\r\n '),
    filler: fc.array(
      fc.constantFrom('X: y', 'Subject: call-id: no', 'Contact: <sip:a@b>', 'I-Am: none', 'Lazy: 9'),
    ),
    body: fc.oneof(
      fc.constant(''),
      fc.constant(SDP),
      fc.constant('SIP/2.0 100 Trying\r\n'),
      fc.string({
        unit: fc.constantFrom('\r', '\n', 'a', 'SIP/2.0 200 OK\r\n', '\u0000', '\u00ff'),
        maxLength: 60,
      }),
    ),
    lineEnd: fc.constantFrom('\r\n', '\n'),
  })
  .map(({ startLine, callId, cseq, length, filler, body, lineEnd }) => {
    const head = [startLine, ...filler, callId, cseq, length + String(body.length), '', ''].join('\r\n');
    return head.replaceAll('\r\n', lineEnd) + body;
  });
