import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HandshakeReader, MAX_HANDSHAKE_LENGTH } from '../../../core/tls/handshake-reader.ts';

interface Seen {
  readonly what: 'message' | 'incomplete';
  readonly type: number;
  readonly hex: string;
  readonly first: number;
  readonly last: number;
}

function read(records: readonly (Uint8Array | 'gap')[]): Seen[] {
  const seen: Seen[] = [];
  const add =
    (what: Seen['what']) =>
    (type: number, message: Uint8Array, first: number, last: number): void => {
      seen.push({ what, type, hex: Buffer.from(message).toString('hex'), first, last });
    };
  const reader = new HandshakeReader({ message: add('message'), incomplete: add('incomplete') });
  records.forEach((record, i) => {
    if (record === 'gap') reader.gap();
    else reader.push(Uint8Array.of(0xaa, ...record, 0xbb), 1, 1 + record.length, i);
  });
  reader.end();
  return seen;
}

function message(type: number, length: number): Uint8Array {
  const bytes = new Uint8Array(4 + length).fill(type + 1);
  bytes.set([type, length >> 16, (length >> 8) & 255, length & 255]);
  return bytes;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

describe('HandshakeReader', () => {
  it('announces the same messages however they are cut into records', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 700 })), {
          maxLength: 6,
        }),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 }),
        (kinds, cuts) => {
          const messages = kinds.map(([type, length]) => message(type, length));
          const all = new Uint8Array(Buffer.concat(messages));
          const records: Uint8Array[] = [];
          for (let at = 0, i = 0; at < all.length; i++) {
            const length = cuts[i % cuts.length] ?? 1;
            records.push(all.slice(at, at + length));
            at += length;
          }
          const seen = read(records);
          expect(seen.map(({ hex }) => hex)).toEqual(messages.map(hexOf));
          expect(seen.map(({ type }) => type)).toEqual(kinds.map(([type]) => type));
          expect(seen.every(({ what }) => what === 'message')).toBe(true);
          // The units are those that hold the first and the last byte.
          let start = 0;
          const unitAt = (position: number): number => {
            let end = 0;
            return records.findIndex((one) => position < (end += one.length));
          };
          seen.forEach(({ hex, first, last }) => {
            expect(first).toBe(unitAt(start));
            start += hex.length / 2;
            expect(last).toBe(unitAt(start - 1));
          });
        },
      ),
    );
  });

  it('gives what is there of a message that loses its end', () => {
    const hello = message(1, 200);
    expect(read([hello.slice(0, 50), 'gap', message(11, 10)])).toMatchObject([
      { what: 'incomplete', type: 1, hex: hexOf(hello.slice(0, 50)), first: 0, last: 0 },
      { what: 'message', type: 11, first: 2 },
    ]);
    expect(read([hello.slice(0, 2)])).toMatchObject([{ what: 'incomplete', type: 1 }]);
    expect(read([hello])).toHaveLength(1);
  });

  it('passes over a message that is too long to keep, and reads the next', () => {
    const length = MAX_HANDSHAKE_LENGTH + 10;
    const long = message(11, length);
    const records: Uint8Array[] = [];
    for (let at = 0; at < long.length; at += 16384) records.push(long.slice(at, at + 16384));
    records.push(message(14, 0));
    const seen = read(records);
    expect(seen.map(({ what, type }) => [what, type])).toEqual([
      ['incomplete', 11],
      ['message', 14],
    ]);
    expect(seen[0]?.hex.length).toBeLessThan(MAX_HANDSHAKE_LENGTH);
  });
});
