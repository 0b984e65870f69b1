import { describe, expect, test } from 'vitest';
import type { CallDetail } from '../../../../core/api-calls.ts';
import { LEG_NOTES } from '../../../../core/app/calls/describe-leg.ts';
import { MEDIA_FINDINGS } from '../../../../core/app/sdp/compare-offer-answer.ts';
import { SDP } from '../../app/sip-messages.ts';
import type { ScriptLine } from '../../app/calls/tracked.ts';
import { openScript } from './call-captures.ts';

const A = '192.0.2.1:5060';
const P = '192.0.2.9:5060';

function line(
  at: number,
  from: string,
  say: string,
  cseq: string,
  branch: string,
  more: Partial<ScriptLine> = {},
): ScriptLine {
  return { at, from, to: from === A ? P : A, say, cseq, branch, ...more };
}

const invite = (at: number, more: Partial<ScriptLine> = {}): ScriptLine =>
  line(at, A, 'INVITE', '1 INVITE', 'i', more);
const answer = (at: number, say: string, more: Partial<ScriptLine> = {}): ScriptLine =>
  line(at, P, say, '1 INVITE', 'i', { toTag: 'b', ...more });
const ack = (at: number, more: Partial<ScriptLine> = {}): ScriptLine =>
  line(at, A, 'ACK', '1 ACK', 'a', { toTag: 'b', ...more });
const bye = (at: number): ScriptLine => line(at, A, 'BYE', '2 BYE', 'y', { toTag: 'b' });

async function detailOf(lines: readonly ScriptLine[], call = 'one'): Promise<CallDetail> {
  const detail = (await openScript(lines)).calls.detail(call);
  if (detail === null) throw new Error('no call');
  return detail;
}

const said = (detail: CallDetail): [string, string, readonly number[]][] =>
  detail.findings.map(({ id, sentence, frames }) => [id, sentence, frames]);

const rounds = Array.from({ length: 4 }, (_, i) => {
  const cseq = `${i + 1} INVITE`;
  return [
    line(i, A, 'INVITE', cseq, `n${i}`),
    line(i + 0.1, P, '407', cseq, `n${i}`, { toTag: 'b' }),
    line(i + 0.2, A, 'ACK', `${i + 1} ACK`, `n${i}`, { toTag: 'b' }),
  ];
}).flat();

const CASES: readonly (readonly [
  note: string,
  lines: readonly ScriptLine[],
  frames: readonly number[],
  words: string,
])[] = [
  [
    'retransmissions',
    [invite(0), invite(0.5), answer(1, '200'), answer(1.5, '200'), ack(1.6)],
    [2, 4],
    '2 messages were sent again (INVITE, 200 to INVITE)',
  ],
  [
    'missing-ack',
    [invite(0), answer(1, '200'), answer(1.5, '200'), answer(2.5, '200')],
    [2],
    'The 200 in frame 2 was never acknowledged: no ACK came from 192.0.2.1:5060',
  ],
  [
    'request-without-answer',
    [invite(0), invite(0.5), invite(1.5)],
    [1],
    'The INVITE of frame 1 from 192.0.2.1:5060 to 192.0.2.9:5060 was never answered.',
  ],
  [
    'bye-without-answer',
    [invite(0), answer(1, '200'), ack(1.1), bye(5), line(5.5, A, 'BYE', '2 BYE', 'y', { toTag: 'b' })],
    [4],
    'The BYE of frame 4',
  ],
  ['authentication-loop', rounds, [2, 5, 8, 11], '192.0.2.9:5060 asked for credentials 4 times'],
  [
    'loop',
    [invite(0), answer(1, '482'), ack(1.1, { branch: 'i' })],
    [2],
    '192.0.2.9:5060 found a loop: 482 Loop Detected in frame 2',
  ],
  [
    'forked',
    [invite(0), answer(1, '180', { toTag: 'c' }), answer(1.2, '183'), answer(2, '200'), ack(2.1)],
    [2, 3, 4],
    'The call was forked: 2 places',
  ],
  [
    'answer-crossed-cancel',
    [
      invite(0),
      answer(1, '180'),
      line(2, A, 'CANCEL', '1 CANCEL', 'i'),
      answer(2.01, '200'),
      line(2.02, P, '200', '1 CANCEL', 'i'),
      ack(2.1),
    ],
    [3, 4],
    'CANCEL and 200 crossed',
  ],
  [
    'early-media',
    [invite(0, { body: SDP }), answer(1, '183', { body: SDP }), answer(2, '200'), ack(2.1)],
    [2],
    'came with 183 in frame 2',
  ],
  [
    'began-before-capture',
    [bye(0), line(0.1, P, '200', '2 BYE', 'y', { toTag: 'b' })],
    [1],
    'began before the capture',
  ],
];

describe('remarks of a call', () => {
  test.each(CASES)('%s', async (note, lines, frames, words) => {
    const detail = await detailOf(lines);
    const found = detail.findings.find(({ id }) => id === note);
    expect(found?.sentence).toContain(words);
    expect(found?.frames).toEqual(frames);
    expect(found?.rich.flatMap((part) => (part.kind === 'frame' ? [part.frame] : []))).toEqual(
      expect.arrayContaining([frames[0]]),
    );
    expect(detail.row.notes).toContain(note);
  });

  test('each kind of remark has a case', () => {
    expect(CASES.map(([note]) => note).toSorted()).toEqual([...LEG_NOTES].toSorted());
  });

  test('a refusal tells what the server says of it', async () => {
    const detail = await detailOf([
      invite(0),
      answer(1, '503', { headers: ['Reason: Q.850;cause=34;text="no circuit"'] }),
      ack(1.1, { branch: 'i' }),
    ]);
    expect(said(detail)).toEqual([
      [
        'call-failed',
        '192.0.2.9:5060 refused the call with 503 Service Unavailable in frame 2. It says: Q.850;cause=34;text="no circuit".',
        [2],
      ],
    ]);
    expect(detail.findings[0]?.fix).not.toBe('');
  });

  test('a call that went well has none', async () => {
    const lines = [
      invite(0, { body: SDP }),
      answer(1, '200', { body: SDP }),
      ack(1.1),
      bye(5),
      line(5.1, P, '200', '2 BYE', 'y', { toTag: 'b' }),
    ];
    expect(said(await detailOf(lines))).toEqual([]);
  });
});

describe('what is negotiated', () => {
  const sdp = (address: string, media: string): string =>
    `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\n${media}`;
  const negotiated = (offer: string, reply: string): Promise<CallDetail> =>
    detailOf([invite(0, { body: offer }), answer(1, '200', { body: reply }), ack(1.1)]);

  test('codecs, addresses and directions stand with their frames', async () => {
    const detail = await negotiated(
      sdp('192.0.2.1', 'm=audio 4000 RTP/AVP 8 0\r\n'),
      sdp('192.0.2.9', 'm=audio 5000 RTP/AVP 8\r\na=sendonly\r\n'),
    );
    expect(detail.negotiations).toMatchObject([
      {
        offerFrame: 1,
        answerFrame: 2,
        type: 'audio',
        active: true,
        codecs: ['PCMA'],
        offerAddress: '192.0.2.1:4000',
        answerAddress: '192.0.2.9:5000',
        direction: 'recvonly',
        protection: 'none',
        renegotiation: false,
      },
    ]);
    expect(detail.negotiations[0]?.offerDetails).toEqual(['RTP/AVP']);
    expect(detail.negotiations[0]?.remarks[0]).toContain('Only the answerer sends audio');
    expect(detail.arrows.map(({ detail: small }) => small)).toEqual([
      'SDP: audio PCMA, PCMU',
      'SDP: audio PCMA sendonly',
      '',
    ]);
  });

  test('tell suites, fingerprints and candidates of each side, and never a key', async () => {
    const key = 'd0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj';
    const detail = await negotiated(
      sdp(
        '192.0.2.1',
        `m=audio 4000 UDP/TLS/RTP/SAVPF 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}\r\na=fingerprint:sha-256 ${'AB:'.repeat(31)}AB\r\na=setup:actpass\r\na=candidate:1 1 UDP 2130706431 192.0.2.1 4000 typ host\r\na=candidate:2 1 UDP 1694498815 203.0.113.7 4000 typ srflx raddr 192.0.2.1 rport 4000\r\na=candidate:3 2 UDP 1 192.0.2.1 4001 typ host\r\na=rtcp-mux\r\na=ptime:20\r\n`,
      ),
      sdp('192.0.2.9', 'm=audio 5000 RTP/AVP 8\r\na=rtcp:5009\r\n'),
    );
    expect(detail.negotiations[0]?.offerDetails).toEqual([
      'UDP/TLS/RTP/SAVPF',
      'a=crypto: 1 AES_CM_128_HMAC_SHA1_80',
      'DTLS fingerprint sha-256 AB:AB:AB:AB:AB:AB:AB:AB…, setup actpass',
      'ICE: host 192.0.2.1:4000, srflx 203.0.113.7:4000',
      'RTCP on the same port',
      '20 ms a packet',
    ]);
    expect(detail.negotiations[0]?.answerDetails).toEqual(['RTP/AVP', 'RTCP on port 5009']);
    expect(JSON.stringify(detail)).not.toContain(key);
  });

  test.each([
    [
      'no-common-codec',
      sdp('192.0.2.1', 'm=audio 4000 RTP/AVP 0\r\n'),
      sdp('192.0.2.9', 'm=audio 5000 RTP/AVP 18\r\n'),
    ],
    [
      'address-private',
      sdp('10.0.0.5', 'm=audio 4000 RTP/AVP 0\r\n'),
      sdp('192.0.2.9', 'm=audio 5000 RTP/AVP 0\r\n'),
    ],
    ['on-hold', sdp('192.0.2.1', 'm=audio 4000 RTP/AVP 0\r\n'), sdp('0.0.0.0', 'm=audio 5000 RTP/AVP 0\r\n')],
    [
      'one-way',
      sdp('192.0.2.1', 'm=audio 4000 RTP/AVP 0\r\na=sendonly\r\n'),
      sdp('192.0.2.9', 'm=audio 5000 RTP/AVP 0\r\na=recvonly\r\n'),
    ],
    [
      'protection-differs',
      sdp('192.0.2.1', 'm=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0\r\n'),
      sdp('192.0.2.9', 'm=audio 5000 RTP/AVP 0\r\n'),
    ],
    [
      'media-refused',
      sdp('192.0.2.1', 'm=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 31\r\n'),
      sdp('192.0.2.9', 'm=audio 5000 RTP/AVP 0\r\nm=video 0 RTP/AVP 31\r\n'),
    ],
  ])('%s is remarked with both frames', async (kind, offer, reply) => {
    const detail = await negotiated(offer, reply);
    expect(MEDIA_FINDINGS).toContain(kind);
    const found = detail.findings.find(({ id }) => id === kind);
    expect(found?.frames).toEqual([1, 2]);
    expect(found?.sentence).toMatch(/\(frame 1, frame 2\)$/);
    expect(JSON.stringify(detail)).not.toContain('c2VjcmV0');
  });

  test('a hold later on is no fault, and an offer without answer says so', async () => {
    const held = sdp('192.0.2.1', 'm=audio 4000 RTP/AVP 0\r\na=inactive\r\n');
    const detail = await detailOf([
      invite(0, { body: SDP }),
      answer(1, '200', { body: SDP }),
      ack(1.1),
      line(2, A, 'INVITE', '2 INVITE', 'h', { toTag: 'b', body: held }),
      line(2.1, P, '200', '2 INVITE', 'h', {
        toTag: 'b',
        body: sdp('192.0.2.9', 'm=audio 5000 RTP/AVP 0\r\na=inactive\r\n'),
      }),
      line(2.2, A, 'ACK', '2 ACK', 'h2', { toTag: 'b' }),
      line(3, A, 'INVITE', '3 INVITE', 'k', { toTag: 'b', body: SDP }),
      line(3.1, P, '488', '3 INVITE', 'k', { toTag: 'b' }),
      line(3.2, A, 'ACK', '3 ACK', 'k', { toTag: 'b' }),
    ]);
    expect(detail.findings.map(({ id }) => id)).not.toContain('on-hold');
    expect(
      detail.negotiations.map(({ renegotiation, answerFrame, direction }) => [
        renegotiation,
        answerFrame,
        direction,
      ]),
    ).toEqual([
      [false, 2, 'sendrecv'],
      [true, 5, 'inactive'],
      [true, null, 'sendrecv'],
    ]);
    expect(detail.arrows[3]?.detail).toBe('re-INVITE · SDP: audio PCMU inactive');
  });
});

describe('the ladder to keep', () => {
  const HOSTILE = '"><script>alert(1)</script>';

  test('as SVG holds what came off the wire as text only', async () => {
    const answers = await openScript([
      invite(0, { user: '<script>', callId: 'x', body: SDP, headers: [`User-Agent: \u001b[2J${HOSTILE}`] }),
      answer(1, `486 ${HOSTILE}`, { user: '<script>', callId: 'x', headers: [`Server: ${HOSTILE}`] }),
      ack(1.1, { callId: 'x', branch: 'i' }),
    ]);
    const svg = answers.calls.ladder('x', 'svg')?.text ?? '';
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')).toBe(true);
    expect(svg.trimEnd().endsWith('</svg>')).toBe(true);
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u001b');
    expect(svg).toContain('&lt;script&gt;');
    expect(svg).toContain('192.0.2.1');
    expect(svg.match(/marker-end/g)).toHaveLength(3);
    const text = answers.calls.ladder('x', 'text')?.text ?? '';
    expect(text).not.toContain('\u001b');
    expect(text).toMatch(/192\.0\.2\.1 +-> 192\.0\.2\.9 +INVITE \(SDP: audio PCMU\) +\[frame 1\]/);
  });

  test('tells of locked stretches and media', async () => {
    const { calls } = await openScript([invite(0), answer(1, '200'), ack(1.1)]);
    const detail = calls.detail('one');
    expect(calls.ladder('nobody', 'text')).toBeNull();
    expect(calls.ladder('nobody', 'svg')).toBeNull();
    expect(detail?.locks).toEqual([]);
  });
});
