import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAppStream } from '../../../../core/app/app-stream.ts';
import { parseHex } from '../../../../core/bytes/hex.ts';

interface Told {
  readonly lines: string[];
  readonly protocols: string[];
  readonly stream: ReturnType<typeof createAppStream>;
}

/** What is announced, a line each; bodies joined, however they came. */
function listen(): Told {
  const lines: string[] = [];
  const protocols: string[] = [];
  const body = { open: false };
  const stream = createAppStream(
    {
      sip: () => lines.push('sip'),
      protocol: (name) => protocols.push(name),
      other: ({ kind, http2, summary, direction, bytes, from, to }) => {
        const text = new TextDecoder().decode(bytes.slice(from, to));
        if (kind === 'http2' && http2?.fields === null && body.open) {
          lines[lines.length - 1] += text;
          return;
        }
        body.open = kind === 'http2' && http2?.fields === null;
        const fields = (http2?.fields ?? []).map(({ name, value }) => ` ${name}=${value}`).join('');
        if (kind === 'http2')
          lines.push(body.open ? `${direction} ${text}` : `${direction} ${summary}${fields}`);
        else lines.push(`${direction} ${kind} ${to - from}`);
      },
    },
    'stream',
  );
  return { lines, protocols, stream };
}

function frame(type: number, flags: number, stream: number, payload = ''): string {
  const hex = payload.replaceAll(' ', '');
  const number = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  return `${number(hex.length / 2, 6)}${number(type, 2)}${number(flags, 2)}${number(stream, 8)}${hex}`;
}

function bytesOf(...parts: readonly string[]): Uint8Array {
  const bytes = parseHex(parts.join('').replaceAll(' ', ''));
  if (bytes === null) throw new Error('no hexadecimal');
  return bytes;
}

function feed({ stream }: Told, direction: 0 | 1, bytes: Uint8Array, cuts: readonly number[] = []): void {
  const ends = [...new Set([...cuts, bytes.length])].sort((a, b) => a - b);
  let from = 0;
  for (const [unit, to] of ends.entries()) {
    stream.chunk(direction, bytes, from, to, unit, unit + 1);
    from = to;
  }
}

const PREFACE = '505249202a20485454502f322e300d0a0d0a534d0d0a0d0a';
const SETTINGS = frame(4, 0, 0, '0001 00001000 0004 0000ffff');
/** GET / of www.example.com; the authority goes into the table. */
const GET = '828684 410f7777772e6578616d706c652e636f6d';

describe('HTTP/2', () => {
  const client = bytesOf(
    PREFACE,
    SETTINGS,
    // Padded, with a priority.
    frame(1, 0x2c, 1, `03 80000000 0f ${GET} 000000`),
    // In three parts.
    frame(1, 0x00, 3, '8286'),
    frame(9, 0x00, 3, '84'),
    frame(9, 0x04, 3, 'be'),
    frame(0, 0x09, 3, '02 68616c6c6f 0000'),
    frame(0, 0x01, 1, '68692e'),
    frame(2, 0, 5, '00000003 10'),
    frame(3, 0, 5, '00000008'),
    frame(8, 0, 0, '00010000'),
    frame(6, 0, 0, '0102030405060708'),
    frame(7, 0, 0, '00000003 0000000b 736c6f77'),
    frame(0xbb, 0, 1, 'ff'),
  );
  const wanted = [
    '0 Magic',
    '0 SETTINGS[0] SETTINGS_HEADER_TABLE_SIZE=4096 SETTINGS_INITIAL_WINDOW_SIZE=65535',
    '0 HEADERS[1]: GET / (depends on stream)=0 (weight)=16 :method=GET :scheme=http :path=/ :authority=www.example.com',
    '0 HEADERS[3]',
    '0 CONTINUATION[3]',
    '0 CONTINUATION[3]: GET / :method=GET :scheme=http :path=/ :authority=www.example.com',
    '0 DATA[3]',
    '0 hallo',
    '0 DATA[1]',
    '0 hi.',
    '0 PRIORITY[5] (depends on stream)=3 (weight)=17',
    '0 RST_STREAM[5] (error)=CANCEL',
    '0 WINDOW_UPDATE[0] (increment)=65536',
    '0 PING[0]',
    '0 GOAWAY[0] (last stream)=3 (error)=ENHANCE_YOUR_CALM (text)=slow',
    '0 frame type 187[1]',
  ];

  it('reads every kind of frame, for every split', () => {
    for (let cut = 0; cut < client.length; cut += 1) {
      const told = listen();
      feed(told, 0, client, [cut, cut + 3]);
      expect(told.lines).toEqual(wanted);
      expect(told.protocols).toEqual(['HTTP/2']);
    }
    const told = listen();
    feed(
      told,
      0,
      client,
      Array.from(client, (_byte, at) => at),
    );
    expect(told.lines).toEqual(wanted);
  });

  it('knows a server by its SETTINGS, whoever is heard first', () => {
    const told = listen();
    feed(told, 1, bytesOf(SETTINGS));
    feed(told, 0, bytesOf(PREFACE, SETTINGS));
    feed(told, 1, bytesOf(frame(4, 1, 0), frame(1, 4, 1, '88 c0')));
    expect(told.lines.slice(-1)).toEqual([
      '1 HEADERS[1]: 200 :status=200 (the rest of the header block cannot be read, index 64 names nothing)=',
    ]);
  });

  it('goes on behind lost bytes where a frame begins, and gives no name that it does not know', () => {
    const told = listen();
    feed(told, 0, client);
    told.lines.length = 0;
    told.stream.gap(0);
    feed(told, 0, bytesOf('00112233445566778899aabbccddeeff'));
    feed(told, 0, bytesOf(frame(1, 5, 7, '828684be')));
    expect(told.lines).toEqual([
      '0 data 16',
      "0 HEADERS[7]: GET / :method=GET :scheme=http :path=/ (unknown, the table's entry stood before lost bytes)=",
    ]);
  });

  it('is found in a capture that begins in the middle, once a chunk begins with a frame', () => {
    const told = listen();
    feed(told, 1, bytesOf('ff006464fffe0001'));
    feed(told, 1, bytesOf(frame(1, 4, 9, '88be'), frame(0, 1, 9, '6f6b')));
    feed(told, 0, bytesOf(frame(8, 0, 9, '00000064')));
    expect(told.protocols.at(-1)).toBe('HTTP/2');
    expect(told.lines.slice(1)).toEqual([
      "1 HEADERS[9]: 200 :status=200 (unknown, the table's entry was sent before the capture)=",
      '1 DATA[9]',
      '1 ok',
      '0 WINDOW_UPDATE[9] (increment)=100',
    ]);
  });

  it('gives up a block into which another frame comes', () => {
    const told = listen();
    feed(
      told,
      0,
      bytesOf(PREFACE, frame(1, 0, 1, '82'), frame(6, 0, 0, '00'.repeat(8)), frame(9, 4, 1, '86')),
    );
    feed(told, 0, bytesOf(frame(1, 5, 3, 'be')));
    expect(told.lines.slice(-2)).toEqual([
      '0 CONTINUATION[1] (the beginning of this header block is not in the capture)=',
      "0 HEADERS[3] (unknown, the table's entry stood before a header block that cannot be read)=",
    ]);
  });

  it('survives any frames', () => {
    const any = fc.record({
      type: fc.integer({ min: 0, max: 12 }),
      flags: fc.integer({ min: 0, max: 255 }),
      stream: fc.integer({ min: 0, max: 3 }),
      payload: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), fc.nat(400), (frames, cut) => {
        const told = listen();
        const hex = frames.map(({ type, flags, stream, payload }) =>
          frame(type, flags, stream, Buffer.from(payload).toString('hex')),
        );
        const bytes = bytesOf(PREFACE, ...hex);
        feed(told, 0, bytes, [Math.min(cut, bytes.length)]);
        told.stream.end(0);
        expect(told.lines[0]).toBe('0 Magic');
      }),
      { numRuns: 300 },
    );
  });
});
