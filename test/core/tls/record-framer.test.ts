import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GapReason } from '../../../core/stream/events.ts';
import { HeldBytesPool } from '../../../core/tls/held-bytes.ts';
import { RecordFramer } from '../../../core/tls/record-framer.ts';
import { type LossReason, RecordScratch, type RecordSink } from '../../../core/tls/record-sink.ts';

/** What a sink was told, with copies of the bytes. */
interface Seen {
  readonly what: string;
  readonly position: number;
  readonly hex: string;
  readonly type?: number;
  readonly firstFrame?: number;
  readonly lastFrame?: number;
  readonly afterLoss?: boolean;
  readonly lostBefore?: number;
  readonly missing?: number;
}

class Recorder implements RecordSink {
  readonly seen: Seen[] = [];
  /** The capture file the spans point into. */
  file = new Uint8Array(0);

  record(record: RecordScratch): void {
    this.add('record', record, record.headerLength + record.length);
  }
  partial(record: RecordScratch, reason: GapReason | 'end'): void {
    this.add(`partial ${reason}`, record, record.present);
  }
  damaged(bytes: Uint8Array, from: number, to: number, _frame: number, position: number): void {
    this.seen.push({ what: 'damaged', position, hex: hexOf(bytes.subarray(from, to)) });
  }
  skipped(
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    frame: number,
    position: number,
    reason: LossReason,
  ): void {
    this.piece(`skipped ${reason}`, bytes, from, to, offset, frame, position);
  }
  plain(bytes: Uint8Array, from: number, to: number, offset: number, frame: number, position: number): void {
    this.piece('plain', bytes, from, to, offset, frame, position);
  }
  plainGap(length: number, position: number): void {
    this.seen.push({ what: 'plain gap', position, hex: '', missing: length });
  }
  begins(how: string, position: number): void {
    this.seen.push({ what: `begins ${how}`, position, hex: '' });
  }

  private piece(
    what: string,
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    frame: number,
    position: number,
  ): void {
    const hex = hexOf(bytes.subarray(from, to));
    expect(hexOf(this.file.subarray(offset, offset + to - from))).toBe(hex);
    const last = this.seen.at(-1);
    // Pieces of one stretch are joined: how they were cut is the segments' affair.
    if (last?.what === what && last.position + last.hex.length / 2 === position)
      this.seen[this.seen.length - 1] = { ...last, hex: last.hex + hex, lastFrame: frame };
    else this.seen.push({ what, position, hex, firstFrame: frame, lastFrame: frame });
  }

  private add(what: string, record: RecordScratch, length: number): void {
    const hex = hexOf(record.bytes.subarray(record.from, record.from + length));
    this.checkSpans(what, record, hex);
    this.seen.push({
      what,
      position: record.position,
      hex,
      type: record.type,
      firstFrame: record.firstFrame,
      lastFrame: record.lastFrame,
      afterLoss: record.afterLoss,
      lostBefore: record.lostBefore,
      ...(what === 'record' ? {} : { missing: record.missing }),
    });
  }

  /** The spans lead to the same bytes in the file, and to the frames that were named. */
  private checkSpans(what: string, record: RecordScratch, hex: string): void {
    let spans = '';
    const frames: number[] = [];
    for (let i = 0; i < record.spanCount; i++) {
      const from = record.spanOffsets[i]!;
      spans += hexOf(this.file.subarray(from, from + record.spanLengths[i]!));
      frames.push(record.spanFrames[i]!);
    }
    let expected = hex;
    if (what !== 'record') {
      for (let i = record.holeCount - 1; i >= 0; i--) {
        const at = record.holeOffsets[i]! * 2;
        expected = expected.slice(0, at) + expected.slice(at + record.holeLengths[i]! * 2);
      }
    }
    expect(spans).toBe(expected);
    expect(Math.min(...frames)).toBe(record.firstFrame);
    expect(Math.max(...frames)).toBe(record.lastFrame);
  }
}

type Piece =
  | { readonly bytes: Uint8Array; readonly frame: number }
  | { readonly gap: number; readonly reason?: GapReason };

/** Feeds pieces as a reassembler does; every segment stands in the "file" behind 54 bytes of headers. */
function feed(pieces: readonly Piece[], startKnown: boolean): Seen[] {
  const recorder = new Recorder();
  const framer = new RecordFramer(recorder, new HeldBytesPool(), new RecordScratch(), startKnown);
  const length = pieces.reduce((sum, piece) => sum + 54 + ('bytes' in piece ? piece.bytes.length : 0), 0);
  recorder.file = new Uint8Array(length).fill(0xee);
  let offset = 0;
  let position = 0;
  let frame = 0;
  for (const piece of pieces) {
    if ('bytes' in piece) {
      offset += 54;
      recorder.file.set(piece.bytes, offset);
      frame = piece.frame;
      if (piece.bytes.length > 0)
        framer.chunk(recorder.file, offset, offset + piece.bytes.length, offset, frame, position);
      offset += piece.bytes.length;
      position += piece.bytes.length;
    } else {
      framer.gap(piece.gap, position, piece.reason ?? 'lost', frame, frame + 1);
      position += piece.gap;
    }
  }
  framer.closed();
  return recorder.seen;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

function record(type: number, body: Uint8Array, version = 0x0303): Uint8Array {
  return concat([
    Uint8Array.of(type, version >> 8, version & 255, body.length >> 8, body.length & 255),
    body,
  ]);
}

/** Bytes that look like nothing: deterministic and without a content type in them. */
function cipherText(length: number, seed = 1): Uint8Array {
  let state = seed * 2654435761;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const byte = state >>> 24;
    return byte >= 20 && byte <= 24 ? byte + 100 : byte;
  });
}

const CLIENT_HELLO = record(22, concat([bytesOf('01 00 00 2d 03 03'), cipherText(43)]), 0x0301);
const CCS = record(20, Uint8Array.of(1));

function hello(): Uint8Array {
  return CLIENT_HELLO;
}

function recordsOf(seen: readonly Seen[]): string[] {
  return seen.filter(({ what }) => what === 'record').map(({ hex }) => hex);
}

/** Cuts bytes at the given fractions; frames ascend from 1. */
function split(bytes: Uint8Array, cuts: readonly number[]): Piece[] {
  const places = [...new Set(cuts.map((cut) => Math.floor(cut * bytes.length)))].sort((a, b) => a - b);
  const pieces: Piece[] = [];
  let from = 0;
  for (const to of [...places, bytes.length]) {
    pieces.push({ bytes: bytes.slice(from, to), frame: pieces.length + 1 });
    from = to;
  }
  return pieces;
}

const anyRecord = fc
  .record({
    type: fc.constantFrom(20, 21, 22, 23, 23, 23, 24),
    length: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 2000 })),
    seed: fc.nat(1000),
  })
  .map(({ type, length, seed }) => record(type, cipherText(length, seed + 1)));

describe('RecordFramer', () => {
  it('announces the same records however the bytes are split', () => {
    fc.assert(
      fc.property(
        fc.array(anyRecord, { maxLength: 8 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
        fc.boolean(),
        (records, cuts, startKnown) => {
          const all = [hello(), ...records];
          const seen = feed(split(concat(all), cuts), startKnown);
          expect(seen.map(({ what }) => what)).toEqual(['begins start', ...all.map(() => 'record')]);
          expect(recordsOf(seen)).toEqual(all.map(hexOf));
          expect(seen.some(({ afterLoss }) => afterLoss)).toBe(false);
        },
      ),
    );
  });

  it('announces the same records byte by byte', () => {
    const all = [
      hello(),
      CCS,
      record(22, cipherText(40)),
      record(23, cipherText(700)),
      record(21, cipherText(26)),
    ];
    const bytes = concat(all);
    const seen = feed(
      Array.from(bytes, (byte, i) => ({ bytes: Uint8Array.of(byte), frame: i + 1 })),
      true,
    );
    expect(recordsOf(seen)).toEqual(all.map(hexOf));
    expect(seen[1]).toMatchObject({ firstFrame: 1, lastFrame: hello().length });
  });

  it('puts a record into the frame of its last byte to arrive, also out of order', () => {
    const first = hello();
    const one = record(23, cipherText(100));
    const bytes = concat([first, one]);
    const at = first.length + 50;
    const seen = feed(
      [
        { bytes: bytes.slice(0, at), frame: 9 },
        { bytes: bytes.slice(at), frame: 4 },
      ],
      true,
    );
    expect(seen[2]).toMatchObject({ what: 'record', firstFrame: 4, lastFrame: 9 });
  });

  it('finds framing behind the rest of a record that began before the capture', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 17000 }),
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 2, maxLength: 5 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
        (prefix, lengths, cuts) => {
          const records = lengths.map((length, i) => record(23, cipherText(length, i + 2)));
          const seen = feed(split(concat([cipherText(prefix, 77), ...records]), cuts), false);
          expect(recordsOf(seen)).toEqual(records.map(hexOf));
          expect(seen.find(({ what }) => what.startsWith('begins'))).toMatchObject({
            what: 'begins mid-stream',
            position: prefix,
          });
          expect(seen.find(({ what }) => what === 'record')).toMatchObject({
            afterLoss: true,
            lostBefore: prefix,
          });
        },
      ),
    );
  });

  it('says mid-stream where the capture begins between two records', () => {
    const one = record(23, cipherText(200));
    const seen = feed([{ bytes: one, frame: 1 }], false);
    expect(seen.map(({ what }) => what)).toEqual(['begins mid-stream', 'record']);
    expect(seen[1]).toMatchObject({ afterLoss: true, lostBefore: 0 });
  });

  it('carries framing over a hole inside a record, and says that no record is missing', () => {
    const records = [
      hello(),
      record(23, cipherText(1000)),
      record(23, cipherText(300)),
      record(23, cipherText(20)),
    ];
    const bytes = concat(records);
    const at = hello().length + 100;
    const seen = feed(
      [{ bytes: bytes.slice(0, at), frame: 1 }, { gap: 500 }, { bytes: bytes.slice(at + 500), frame: 2 }],
      true,
    );
    expect(seen.map(({ what }) => what)).toEqual([
      'begins start',
      'record',
      'partial lost',
      'record',
      'record',
    ]);
    expect(seen[2]).toMatchObject({ missing: 500, firstFrame: 1, lastFrame: 2 });
    expect(seen[2]?.hex.length).toBe(1005 * 2);
    expect(seen[3]).toMatchObject({ afterLoss: false, lostBefore: 0 });
  });

  it('carries framing over a hole that ends with its record', () => {
    const records = [hello(), record(23, cipherText(1000)), record(23, cipherText(300))];
    const bytes = concat(records);
    const at = hello().length + 100;
    const end = hello().length + 1005;
    const seen = feed(
      [
        { bytes: bytes.slice(0, at), frame: 1 },
        { gap: end - at, reason: 'snapped' },
        { bytes: bytes.slice(end), frame: 2 },
      ],
      true,
    );
    expect(seen.map(({ what }) => what)).toEqual(['begins start', 'record', 'partial snapped', 'record']);
    expect(seen[2]).toMatchObject({ missing: 905 });
    expect(seen[3]).toMatchObject({ afterLoss: false });
  });

  it('finds framing again behind any hole, and loses no record that is whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 30, max: 3000 }), { minLength: 6, maxLength: 14 }),
        fc.double({ min: 0.1, max: 0.6, noNaN: true }),
        fc.double({ min: 0.001, max: 0.3, noNaN: true }),
        fc.integer({ min: 100, max: 1460 }),
        (lengths, where, share, segment) => {
          const records = [hello(), ...lengths.map((length, i) => record(23, cipherText(length, i + 2)))];
          const bytes = concat(records);
          const from = Math.max(hello().length, Math.floor(where * bytes.length));
          const to = Math.min(bytes.length, from + Math.max(1, Math.floor(share * bytes.length)));
          const pieces: Piece[] = [];
          for (let at = 0; at < from; at += segment)
            pieces.push({ bytes: bytes.slice(at, Math.min(from, at + segment)), frame: pieces.length + 1 });
          pieces.push({ gap: to - from });
          for (let at = to; at < bytes.length; at += segment)
            pieces.push({ bytes: bytes.slice(at, at + segment), frame: pieces.length + 1 });
          const found = new Set(
            feed(pieces, true).flatMap((seen) => (seen.what === 'record' ? [seen.position] : [])),
          );
          let position = 0;
          for (const one of records) {
            const end = position + one.length;
            if (end <= from || position >= to) expect(found).toContain(position);
            position = end;
          }
          expect(found.size).toBeLessThanOrEqual(records.length);
        },
      ),
    );
  });

  it('believes a record that ends with its segment, though a hole follows', () => {
    const one = record(23, cipherText(500, 5));
    const seen = feed(
      [
        { bytes: hello(), frame: 1 },
        { gap: 300 },
        { bytes: concat([cipherText(90, 9), one]), frame: 3 },
        { gap: 4000 },
        { bytes: cipherText(50, 11), frame: 5 },
      ],
      true,
    );
    expect(recordsOf(seen)).toEqual([hexOf(hello()), hexOf(one)]);
  });

  it('does not believe what looks like a header inside a segment, where a hole hides what would follow it', () => {
    const seen = feed(
      [
        { bytes: hello(), frame: 1 },
        { gap: 300, reason: 'snapped' },
        { bytes: concat([cipherText(500, 9), bytesOf('18 03 00 44 9d'), cipherText(400, 3)]), frame: 3 },
        { gap: 334, reason: 'snapped' },
        { bytes: record(23, cipherText(600, 5)), frame: 4 },
        { bytes: record(23, cipherText(80, 6)), frame: 5 },
      ],
      true,
    );
    expect(recordsOf(seen).map((hex) => hex.length / 2)).toEqual([hello().length, 605, 85]);
  });

  it('counts what was lost before the record behind a hole', () => {
    const lost = record(23, cipherText(400));
    const rest = [record(23, cipherText(500, 5)), record(23, cipherText(600, 6))];
    const tail = lost.slice(300);
    const seen = feed(
      [{ bytes: hello(), frame: 1 }, { gap: 300 }, { bytes: concat([tail, ...rest]), frame: 3 }],
      true,
    );
    expect(seen.map(({ what }) => what)).toEqual([
      'begins start',
      'record',
      'skipped lost',
      'record',
      'record',
    ]);
    expect(seen[3]).toMatchObject({ afterLoss: true, lostBefore: 405 });
    expect(seen[4]).toMatchObject({ afterLoss: false, lostBefore: 0 });
  });

  it('names a record that the stream ends inside', () => {
    const one = record(23, cipherText(400));
    const seen = feed([{ bytes: concat([hello(), one.slice(0, 100)]), frame: 1 }], true);
    expect(seen.at(-1)).toMatchObject({ what: 'partial end', type: 23, missing: 305 });
    const cut = feed([{ bytes: concat([hello(), one.slice(0, 3)]), frame: 1 }], true);
    expect(cut.at(-1)).toMatchObject({ what: 'partial end', type: -1 });
  });

  it('names an impossible header, and goes on behind it', () => {
    const bad = bytesOf('17 03 03 ff ff aa bb cc');
    const rest = [record(23, cipherText(50)), record(23, cipherText(60))];
    const seen = feed([{ bytes: concat([hello(), bad, ...rest]), frame: 1 }], true);
    expect(seen.map(({ what }) => what)).toEqual([
      'begins start',
      'record',
      'damaged',
      'skipped damaged',
      'record',
      'record',
    ]);
    expect(seen[2]).toMatchObject({ hex: '170303ffff', position: hello().length });
    expect(seen[4]).toMatchObject({ afterLoss: true, lostBefore: bad.length });
  });

  it('names an impossible header the same way when it comes byte by byte', () => {
    const bytes = concat([hello(), bytesOf('17 03 03 ff ff aa bb cc'), record(23, cipherText(50))]);
    const seen = feed(
      Array.from(bytes, (byte, i) => ({ bytes: Uint8Array.of(byte), frame: i + 1 })),
      true,
    );
    expect(seen.map(({ what }) => what)).toEqual([
      'begins start',
      'record',
      'damaged',
      'skipped damaged',
      'record',
    ]);
  });

  it('loses the one record whose header is damaged, also where its length then swallows others', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 20, max: 1500 }), { minLength: 4, maxLength: 12 }),
        fc.nat(),
        fc.integer({ min: 0, max: 39 }),
        fc.integer({ min: 100, max: 1460 }),
        (lengths, which, bit, segment) => {
          const records = [hello(), ...lengths.map((length, i) => record(23, cipherText(length, i + 2)))];
          const victim = 1 + (which % (records.length - 1));
          const bytes = concat(records);
          const start = records.slice(0, victim).reduce((sum, one) => sum + one.length, 0);
          bytes[start + (bit >> 3)]! ^= 1 << (bit & 7);
          const claimed = start + 5 + (((bytes[start + 3] ?? 0) << 8) | (bytes[start + 4] ?? 0));
          // Where its wrong end is a segment's end, or the end of another record, nothing looks wrong.
          const ends = records.map((_, i) => concat(records.slice(0, i + 1)).length);
          fc.pre(claimed % segment !== 0 && !ends.includes(claimed));
          const pieces: Piece[] = [];
          for (let at = 0; at < bytes.length; at += segment)
            pieces.push({ bytes: bytes.slice(at, at + segment), frame: pieces.length + 1 });
          const found = new Set(recordsOf(feed(pieces, true)));
          records.forEach((one, i) => {
            if (i !== victim) expect(found).toContain(hexOf(one));
          });
        },
      ),
      { numRuns: 400 },
    );
  });

  it('finds TLS that begins inside another protocol', () => {
    const texts = [
      'EHLO phone.example\r\n',
      'STARTTLS\r\n',
      'CONNECT pbx.example:5061 HTTP/1.1\r\nHost: pbx.example\r\n\r\n',
    ];
    for (const text of texts) {
      const plain = new Uint8Array(Buffer.from(text));
      for (const startKnown of [true, false]) {
        const seen = feed(
          [
            { bytes: plain, frame: 1 },
            { bytes: concat([hello(), CCS]), frame: 2 },
          ],
          startKnown,
        );
        expect(seen.map(({ what }) => what)).toEqual(['plain', 'begins after-plain', 'record', 'record']);
        expect(seen[2]).toMatchObject({ afterLoss: false });
      }
    }
    const rdp = bytesOf('03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 0b 00 00 00');
    const postgres = bytesOf('00 00 00 08 04 d2 16 2f');
    for (const plain of [rdp, postgres]) {
      const seen = feed(
        [
          { bytes: plain, frame: 1 },
          { bytes: hello(), frame: 2 },
        ],
        true,
      );
      expect(seen.map(({ what }) => what)).toEqual(['plain', 'begins after-plain', 'record']);
    }
  });

  it('takes no TLS out of a file that is downloaded in clear', () => {
    const head = new Uint8Array(
      Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n'),
    );
    const body = concat([cipherText(100), hello(), record(23, cipherText(90)), record(23, cipherText(90))]);
    const seen = feed([{ bytes: concat([head, body]), frame: 1 }], true);
    expect(seen.map(({ what }) => what)).toEqual(['plain']);
  });

  it('leaves text alone, at any split', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 300 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
        fc.boolean(),
        (text, cuts, startKnown) => {
          const bytes = new Uint8Array(Buffer.from(text));
          const seen = feed(split(bytes, cuts), startKnown);
          expect(seen.map(({ what }) => what)).toEqual(['plain']);
          expect(seen[0]?.hex).toBe(hexOf(bytes));
        },
      ),
    );
  });

  it('reads a hello in SSL 2.0 format, followed by TLS', () => {
    const v2 = bytesOf('80 1c 01 03 01 00 03 00 00 00 10 00 00 2f 00112233445566778899aabbccddeeff');
    const all = [v2, record(22, cipherText(60), 0x0301), record(20, Uint8Array.of(1), 0x0301)];
    for (const cuts of [[], [0.01], [0.1, 0.3], [0.2, 0.9]]) {
      const seen = feed(split(concat(all), cuts), true);
      expect(seen.map(({ what }) => what)).toEqual(['begins start', 'record', 'record', 'record']);
      expect(recordsOf(seen)).toEqual(all.map(hexOf));
    }
  });

  it('says what is missing among plain bytes, and looks for TLS behind it', () => {
    const seen = feed(
      [{ gap: 500 }, { bytes: concat([cipherText(30), record(23, cipherText(90))]), frame: 2 }],
      true,
    );
    expect(seen.map(({ what }) => what)).toEqual(['plain gap', 'plain', 'begins mid-stream', 'record']);
  });

  it('accounts for every byte once, whatever comes', () => {
    const piece = fc.oneof(
      { weight: 4, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => ({ bytes })) },
      { weight: 4, arbitrary: anyRecord.map((bytes) => ({ bytes })) },
      {
        weight: 2,
        arbitrary: fc
          .constantFrom(hello(), CCS, bytesOf('170303'), bytesOf('1703034000'))
          .map((bytes) => ({ bytes })),
      },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 3000 }).map((gap) => ({ gap })) },
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.boolean(), (pieces, startKnown) => {
        const numbered: Piece[] = pieces.map((one, i) => ('bytes' in one ? { ...one, frame: i + 1 } : one));
        const length = numbered.reduce((sum, one) => sum + ('bytes' in one ? one.bytes.length : one.gap), 0);
        const covered = new Uint8Array(length);
        for (const seen of feed(numbered, startKnown)) {
          if (seen.what === 'damaged' || seen.what.startsWith('begins') || seen.what === 'plain gap')
            continue;
          for (let i = 0; i < seen.hex.length / 2; i++) covered[seen.position + i]! += 1;
        }
        let position = 0;
        const missed: number[] = [];
        for (const one of numbered) {
          const end = position + ('bytes' in one ? one.bytes.length : one.gap);
          if ('bytes' in one) for (let at = position; at < end; at++) if (covered[at] !== 1) missed.push(at);
          position = end;
        }
        expect(missed).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
