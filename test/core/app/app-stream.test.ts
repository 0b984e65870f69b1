import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feed, recordAppStream, type Announced } from './record-app-stream.ts';
import { anySipMessage, SDP, sipMessage } from './sip-messages.ts';

const REGISTER = sipMessage({ startLine: 'REGISTER sip:lab.example SIP/2.0' });
const INVITE = sipMessage({ body: SDP });
const OK = sipMessage({ startLine: 'SIP/2.0 200 OK' });

function textsOf(announced: readonly Announced[], what = 'sip'): string[] {
  return announced.filter((m) => m.what === what).map((m) => m.text);
}

describe('SIP on a stream', () => {
  it('announces each whole message of a chunk with its place', () => {
    const recording = recordAppStream();
    feed(recording, 0, REGISTER + INVITE);
    feed(recording, 1, OK);
    expect(textsOf(recording.announced)).toEqual([REGISTER, INVITE, OK]);
    const [, invite, ok] = recording.announced;
    expect(invite).toMatchObject({ callId: 'one@192.0.2.1', cseq: '1 INVITE', isRequest: true, status: 0 });
    expect(invite?.place).toEqual([0, REGISTER.length, 0, REGISTER.length + INVITE.length]);
    expect(ok).toMatchObject({
      summary: 'SIP/2.0 200 OK',
      status: 200,
      isRequest: false,
      direction: 1,
      frame: 1000,
    });
    expect(recording.protocols).toEqual(['SIP']);
  });

  it('gives the same messages at the same places for any split', () => {
    fc.assert(
      fc.property(
        fc.array(anySipMessage, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(1500), { maxLength: 40 }),
        (messages, cuts) => {
          const text = messages.join('');
          const recording = recordAppStream();
          feed(recording, 0, text, cuts);
          expect(recording.announced.map((m) => [m.what, m.text, m.truncated])).toEqual(
            messages.map((message) => ['sip', message, false]),
          );
          // Each place leads back to the text's own offsets.
          const ends = [...new Set(cuts)].filter((cut) => cut > 0 && cut < text.length).sort((a, b) => a - b);
          const starts = [0, ...ends];
          let at = 0;
          for (const [i, message] of messages.entries()) {
            const [first, inFirst, last, inLast] = recording.announced[i]?.place ?? [0, 0, 0, 0];
            expect((starts[first] ?? -1) + inFirst).toBe(at);
            at += message.length;
            expect((starts[last] ?? -1) + inLast).toBe(at);
            expect(inLast).toBeGreaterThan(0);
            expect(recording.announced[i]?.frame).toBe(last + 1000);
            expect(recording.announced[i]?.callId).toMatch(/^a@b/);
          }
          recording.stream.end(0);
          expect(recording.announced.length).toBe(messages.length);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('finds headers between bare line feeds in a message that otherwise has CRLF', () => {
    for (const filler of ['X: 1', 'X: 12']) {
      const mixed = `OPTIONS sip:a SIP/2.0\r\n${filler}\nCall-ID: x\n${filler}\ni: y\nCSeq: 1 OPTIONS\n${filler}\nl: 2\r\n\r\nab`;
      const recording = recordAppStream();
      feed(recording, 0, mixed + REGISTER);
      expect(recording.announced.map((m) => [m.text, m.callId, m.cseq])).toEqual([
        [mixed, 'x', '1 OPTIONS'],
        [REGISTER, 'one@192.0.2.1', '1 INVITE'],
      ]);
    }
  });

  it('counts offsets on where one unit comes in several chunks', () => {
    const recording = recordAppStream();
    const bytes = Uint8Array.from(REGISTER + INVITE, (c) => c.charCodeAt(0));
    recording.stream.chunk(0, bytes, 0, 10, 7, 70);
    recording.stream.chunk(0, bytes, 10, REGISTER.length, 7, 70);
    recording.stream.chunk(0, bytes, REGISTER.length, bytes.length, 7, 71);
    expect(recording.announced.map((m) => [m.place, m.frame])).toEqual([
      [[7, 0, 7, REGISTER.length], 70],
      [[7, REGISTER.length, 7, bytes.length], 71],
    ]);
  });

  it('tells keep-alives from messages (RFC 5626 §3.5.1)', () => {
    const recording = recordAppStream();
    feed(recording, 0, REGISTER);
    feed(recording, 0, '\r\n\r\n', [], 1);
    feed(recording, 1, '\r\n');
    feed(recording, 0, `\r\n\r\n${INVITE}`, [], 2);
    expect(recording.announced.map((m) => [m.what, m.text])).toEqual([
      ['sip', REGISTER],
      ['keep-alive', '\r\n\r\n'],
      ['keep-alive', '\r\n'],
      ['keep-alive', '\r\n\r\n'],
      ['sip', INVITE],
    ]);
    expect(recording.announced.map((m) => m.summary).slice(1, 3)).toEqual([
      'CRLF keep-alive (ping)',
      'CRLF keep-alive (pong)',
    ]);
  });
});

describe('Content-Length that cannot be used', () => {
  const cases: [name: string, length: string | null, truncated: boolean][] = [
    ['missing', null, false],
    ['negative', '-5', false],
    ['garbled', '12x', false],
    ['empty', '', false],
    ['huge', '4000000000', true],
    ['absurd', '9'.repeat(400), true],
  ];
  for (const [name, contentLength, truncated] of cases) {
    const broken = sipMessage({ body: SDP, contentLength });
    it(`${name}: the body ends before the next start line, for every split`, () => {
      const text = broken + REGISTER + broken;
      const wanted = [
        ['sip', broken, truncated],
        ['sip', REGISTER, false],
        ['sip', broken, truncated],
      ];
      for (let cut = 0; cut < text.length; cut++) {
        const recording = recordAppStream();
        feed(recording, 0, text, [cut]);
        recording.stream.end(0);
        expect(recording.announced.map((m) => [m.what, m.text, m.truncated])).toEqual(wanted);
        expect(recording.announced[1]?.place.slice(0, 2)).toEqual(
          cut === 0 || cut > broken.length ? [0, broken.length] : [1, broken.length - cut],
        );
        // The end of a message belongs to the unit of its last byte.
        expect(recording.announced[0]?.place.slice(2)).toEqual(
          cut === 0 || cut >= broken.length ? [0, broken.length] : [1, broken.length - cut],
        );
      }
    });
  }

  it('missing, and no type named: there is no body', () => {
    const recording = recordAppStream();
    const bare = sipMessage({ startLine: 'SIP/2.0 100 Trying', contentLength: null });
    feed(recording, 0, bare + REGISTER);
    expect(textsOf(recording.announced)).toEqual([bare, REGISTER]);
  });

  it('never keeps more than its bound, and goes on behind it', () => {
    const recording = recordAppStream();
    const endless = sipMessage({ contentLength: null, headers: ['Call-ID: x', 'Content-Type: text/plain'] });
    feed(recording, 0, endless);
    const line = `${'x'.repeat(998)}\r\n`;
    for (let i = 0; i < 1500; i++) feed(recording, 0, line, [], i);
    feed(recording, 0, REGISTER, [], 2000);
    const [first] = recording.announced;
    expect(first).toMatchObject({ what: 'sip', truncated: true });
    expect(first?.text.length).toBe(1 << 20);
    expect(recording.announced.at(-1)?.text).toBe(REGISTER);
  });

  it('endless headers are cut at 64 KiB', () => {
    const recording = recordAppStream();
    feed(recording, 0, 'OPTIONS sip:a SIP/2.0\r\nCall-ID: x\r\n');
    for (let i = 0; i < 200; i++) feed(recording, 0, `H${i}: ${'y'.repeat(990)}\r\n`, [], i + 1);
    feed(recording, 0, `\r\n${REGISTER}`, [], 500);
    expect(recording.announced[0]).toMatchObject({ what: 'sip', truncated: true, callId: 'x' });
    expect(recording.announced[0]?.text.length).toBe(65536);
    expect(recording.announced.at(-1)?.text).toBe(REGISTER);
  });
});

describe('a message that is cut', () => {
  it('at every byte: is announced truncated once its start line is there, else as data', () => {
    for (let cut = 1; cut < INVITE.length; cut++) {
      for (const ending of ['end', 'gap'] as const) {
        const recording = recordAppStream();
        feed(recording, 0, INVITE.slice(0, cut));
        expect(recording.announced).toEqual([]);
        recording.stream[ending](0);
        const whole = INVITE.indexOf('\r\n');
        const [only] = recording.announced;
        expect(recording.announced.length).toBe(1);
        expect(only?.text).toBe(INVITE.slice(0, cut));
        expect([only?.what, only?.truncated]).toEqual(cut < whole ? ['data', false] : ['sip', true]);
        if (cut > INVITE.indexOf('CSeq')) expect(only?.callId).toBe('one@192.0.2.1');
      }
    }
  });

  it('by claiming more bytes than came: the messages that it swallowed are given back', () => {
    const liar = sipMessage({ body: SDP, contentLength: '5000' });
    for (const cut of [0, 40, liar.length, liar.length + 10, liar.length + INVITE.length]) {
      const recording = recordAppStream();
      feed(recording, 0, liar + INVITE + REGISTER, [cut]);
      recording.stream.gap(0);
      expect(recording.announced.map((m) => [m.what, m.text, m.truncated])).toEqual([
        ['sip', liar, true],
        ['sip', INVITE, false],
        ['sip', REGISTER, false],
      ]);
      const [first = 0, offset = 0] = recording.announced[1]?.place ?? [];
      expect(first === 0 ? offset : offset + cut).toBe(liar.length);
    }
  });

  it('a thousand liars in a row cost bounded work', () => {
    const liar = sipMessage({ body: SDP, contentLength: '1000000' });
    const recording = recordAppStream();
    for (let i = 0; i < 2000; i++) feed(recording, 0, liar, [], i);
    const started = performance.now();
    recording.stream.end(0);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(recording.announced.length).toBeGreaterThan(60);
  });
});

describe('after a gap', () => {
  it('goes on at the next start line, whatever is left of the message before', () => {
    const text = INVITE + REGISTER + OK;
    for (let lost = 1; lost < INVITE.length; lost++) {
      for (const upTo of [lost, Math.min(lost + 25, INVITE.length)]) {
        const recording = recordAppStream();
        feed(recording, 0, text.slice(0, lost));
        recording.stream.gap(0);
        feed(recording, 0, text.slice(upTo), [], 1);
        expect(textsOf(recording.announced).slice(-2)).toEqual([REGISTER, OK]);
        expect(recording.announced.map((m) => m.text).join('')).toBe(text.slice(0, lost) + text.slice(upTo));
      }
    }
  });

  it('finds a start line behind a body without a line end', () => {
    const recording = recordAppStream();
    const json = sipMessage({ body: '{"a":1}' });
    feed(recording, 0, json);
    recording.stream.gap(0);
    for (const next of [REGISTER, OK]) {
      feed(recording, 0, `":22}${next}`, [3, 9, 30], 1);
      recording.stream.gap(0);
    }
    expect(textsOf(recording.announced)).toEqual([json, REGISTER, OK]);
  });

  it('does not take a fragment of a message in a body for a message of its own', () => {
    const recording = recordAppStream();
    feed(recording, 0, OK);
    recording.stream.gap(0);
    feed(recording, 0, `Content-Type: message/sipfrag\r\n\r\nSIP/2.0 180 Ringing\r\n\r\n${OK}`, [], 1);
    expect(textsOf(recording.announced)).toEqual([OK, OK]);
  });

  it('gives the same messages for any split', () => {
    const text = `junk\r\na=sendrecv\r\n${INVITE}${REGISTER}`;
    for (let cut = 1; cut < text.length; cut++) {
      const recording = recordAppStream();
      feed(recording, 0, OK);
      recording.stream.gap(0);
      feed(recording, 0, text, [cut, cut + 3], 1);
      expect(textsOf(recording.announced)).toEqual([OK, INVITE, REGISTER]);
    }
  });

  it('in mid-stream, without anything before', () => {
    const recording = recordAppStream();
    feed(recording, 0, `=sendrecv\r\n${INVITE}`);
    expect(recording.announced.map((m) => m.what)).toEqual(['data', 'sip']);
    expect(recording.protocols).toEqual(['data', 'SIP']);
  });
});

describe('hostile bytes', () => {
  it('never throw, lose no byte, and end in announcements', () => {
    const seeds = [INVITE, REGISTER, OK, sipMessage({ body: SDP, contentLength: null })];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...seeds), { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 8 }),
        fc.array(fc.nat(2000), { maxLength: 6 }),
        fc.nat(3),
        (messages, changes, cuts, gapAfter) => {
          const bytes = [...messages.join('')];
          for (const [at, value] of changes) bytes[at % bytes.length] = String.fromCharCode(value);
          const text = bytes.join('');
          const recording = recordAppStream();
          feed(recording, 0, text, cuts);
          if (gapAfter === 0) recording.stream.gap(0);
          feed(recording, 0, REGISTER, [], 100);
          recording.stream.end(0);
          const seen = recording.announced.map((m) => m.text).join('') + recording.tunnelled[0];
          expect(seen).toBe(text + REGISTER);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('random bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 12 }), (chunks) => {
        const recording = recordAppStream();
        for (const [i, chunk] of chunks.entries())
          recording.stream.chunk(i % 2 === 0 ? 0 : 1, chunk, 0, chunk.length, i, i);
        recording.stream.end(0);
        recording.stream.end(1);
      }),
      { numRuns: 600 },
    );
  });

  it('lines of nothing but methods or versions cost little', () => {
    for (const word of ['ACK ', 'SIP/2.0 ', 'SIP/2.0 200 \r', 'ACK sip:a\r']) {
      const recording = recordAppStream();
      feed(recording, 0, OK);
      recording.stream.gap(0);
      const line = `${word.repeat(Math.floor(8000 / word.length))}\n`;
      const started = performance.now();
      for (let i = 0; i < 100; i++) feed(recording, 0, line, [], i + 1);
      expect(performance.now() - started, word).toBeLessThan(5000);
    }
  });

  it('a start line that never ends costs one look at each byte', () => {
    const recording = recordAppStream();
    const started = performance.now();
    for (let i = 0; i < 300_000; i++) feed(recording, 0, 'A', [], i);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('datagrams', () => {
  it('are one message each, cut to their Content-Length, truncated where bytes are missing', () => {
    const recording = recordAppStream('datagram');
    feed(recording, 0, `${INVITE}trailing`);
    feed(recording, 1, sipMessage({ startLine: 'SIP/2.0 200 OK', contentLength: '10' }), [], 1);
    feed(recording, 0, sipMessage({ body: SDP, contentLength: null }), [], 2);
    feed(recording, 0, '\r\n\r\n', [], 3);
    feed(recording, 0, 'INVITE sip:a SIP/2.0', [], 4);
    expect(recording.announced.map((m) => [m.what, m.truncated, m.text.length, m.place[3]])).toEqual([
      ['sip', false, INVITE.length, INVITE.length],
      ['sip', true, OK.length + 1, OK.length + 1],
      [
        'sip',
        false,
        sipMessage({ body: SDP, contentLength: null }).length,
        sipMessage({ body: SDP, contentLength: null }).length,
      ],
      ['keep-alive', false, 4, 4],
      ['sip', true, 20, 20],
    ]);
  });

  it('name what is not SIP by its shape', () => {
    const recording = recordAppStream('datagram');
    const rtp = new Uint8Array(172);
    rtp[0] = 0x80;
    recording.stream.chunk(0, rtp, 0, rtp.length, 1, 1);
    expect(recording.protocols).toEqual(['RTP']);
    expect(recording.announced[0]?.summary).toBe('Data, 172 bytes');
  });
});
