import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DtlsHandshakeReader } from '../../../../core/tls/dtls/dtls-handshake-reader.ts';

interface Fragment {
  readonly bytes: Uint8Array;
  readonly epoch: number;
}

interface Seen {
  readonly type: number;
  readonly sequence: number;
  readonly hex: string;
  readonly afterLoss: boolean;
}

function read(fragments: readonly Fragment[]): { seen: Seen[]; malformed: number } {
  const seen: Seen[] = [];
  let malformed = 0;
  const reader = new DtlsHandshakeReader({
    message(type, message, sequence, _first, _last, afterLoss) {
      seen.push({ type, sequence, hex: Buffer.from(message).toString('hex'), afterLoss });
    },
    malformed() {
      malformed++;
    },
  });
  fragments.forEach(({ bytes, epoch }, unit) => {
    reader.push(bytes, 0, bytes.length, epoch, unit);
  });
  reader.flush();
  return { seen, malformed };
}

function fragment(
  type: number,
  sequence: number,
  length: number,
  from: number,
  to: number,
  epoch = 0,
): Fragment {
  const u24 = (value: number): number[] => [value >> 16, (value >> 8) & 255, value & 255];
  const header = [type, ...u24(length), sequence >> 8, sequence & 255, ...u24(from), ...u24(to - from)];
  const body = Array.from({ length: to - from }, (_, i) => (sequence * 31 + from + i) & 255);
  return { bytes: Uint8Array.from([...header, ...body]), epoch };
}

function wholeHex(type: number, sequence: number, length: number): string {
  return Buffer.from(fragment(type, sequence, length, 0, length).bytes).toString('hex');
}

describe('DtlsHandshakeReader', () => {
  it('gives the same messages in order from fragments in any order, overlapping and repeated', () => {
    const plan = fc.array(
      fc.record({
        length: fc.integer({ min: 0, max: 300 }),
        pieces: fc.array(
          fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 200 })),
          {
            maxLength: 5,
          },
        ),
        step: fc.integer({ min: 1, max: 300 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(plan, fc.infiniteStream(fc.nat()), (messages, order) => {
        const fragments: Fragment[] = [];
        messages.forEach(({ length, pieces, step }, sequence) => {
          const type = sequence === 0 ? 1 : 11;
          const all: Fragment[] = [];
          for (let at = 0; at < length || at === 0; at += step)
            all.push(fragment(type, sequence, length, at, Math.min(length, at + step)));
          for (const [where, size] of pieces) {
            const from = Math.floor(where * length);
            all.push(fragment(type, sequence, length, from, Math.min(length, from + size)));
          }
          fragments.push(...all);
        });
        // The first message's first fragment leads: else nothing tells that the beginning is there.
        const [lead, ...rest] = fragments;
        const keyed = rest.map((one) => ({ one, key: order.next().value ?? 0 }));
        keyed.sort((a, b) => a.key - b.key);
        const shuffled = lead === undefined ? [] : [lead, ...keyed.map(({ one }) => one)];
        const { seen, malformed } = read(shuffled);
        expect(malformed).toBe(0);
        expect(seen.map(({ hex }) => hex)).toEqual(
          messages.map(({ length }, sequence) => wholeHex(sequence === 0 ? 1 : 11, sequence, length)),
        );
        expect(seen.some(({ afterLoss }) => afterLoss)).toBe(false);
      }),
    );
  });

  it('announces what stands behind a message that never came, and says so', () => {
    const { seen } = read([
      fragment(2, 0, 50, 0, 50),
      fragment(11, 1, 50, 0, 20),
      fragment(12, 2, 40, 0, 40),
      fragment(14, 3, 0, 0, 0),
    ]);
    expect(seen.map(({ type, afterLoss }) => [type, afterLoss])).toEqual([
      [2, false],
      [12, true],
      [14, false],
    ]);
  });

  it('passes over retransmissions, and begins again with a handshake in a later epoch', () => {
    const { seen } = read([
      fragment(1, 0, 50, 0, 50),
      fragment(1, 1, 60, 0, 60),
      fragment(1, 1, 60, 0, 60),
      fragment(16, 2, 30, 0, 30),
      fragment(20, 3, 12, 0, 12, 1),
      fragment(20, 3, 12, 0, 12, 1),
      fragment(1, 0, 70, 0, 70, 1),
      fragment(16, 1, 30, 0, 30, 1),
    ]);
    expect(seen.map(({ type, sequence }) => [type, sequence])).toEqual([
      [1, 0],
      [1, 1],
      [16, 2],
      [20, 3],
      [1, 0],
      [16, 1],
    ]);
  });

  it('takes numbers as they come where the capture begins inside a handshake', () => {
    const { seen } = read([fragment(16, 5, 30, 0, 30), fragment(20, 6, 12, 0, 12, 1)]);
    expect(seen.map(({ type, afterLoss }) => [type, afterLoss])).toEqual([
      [16, true],
      [20, false],
    ]);
  });

  it('refuses fragments that cannot be, whatever they say', () => {
    expect(read([fragment(11, 0, 10, 5, 20)]).malformed).toBe(1);
    expect(read([fragment(11, 0, 30, 0, 10), fragment(11, 0, 40, 10, 20)]).malformed).toBe(1);
    expect(read([{ bytes: Uint8Array.of(11, 0, 0), epoch: 0 }]).malformed).toBe(1);
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (many) => {
        read(many.map((bytes) => ({ bytes, epoch: 0 })));
      }),
    );
  });
});
