import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamSink } from '../../../core/stream/events.ts';
import { ReassemblyBudget } from '../../../core/stream/reassembly-budget.ts';
import { TcpReassembler } from '../../../core/stream/tcp-reassembler.ts';
import { buildPacket, reply } from './packet-builder.ts';

/** Insists on order: every position is announced once, nothing behind the end, and both ends are announced. */
class OrderCheck implements StreamSink {
  readonly next = [0, 0];
  readonly ends = [0, 0];

  chunk(
    direction: 0 | 1,
    bytes: Uint8Array,
    from: number,
    to: number,
    _offset: number,
    frame: number,
    position: number,
  ): void {
    if (!(from >= 0 && from < to && to <= bytes.length && frame > 0))
      throw new Error(`chunk [${from}, ${to})`);
    this.#advance(direction, position, to - from);
  }

  gap(direction: 0 | 1, length: number, position: number): void {
    this.#advance(direction, position, length);
  }

  closed(direction: 0 | 1): void {
    this.ends[direction] = (this.ends[direction] ?? 0) + 1;
  }

  #advance(direction: 0 | 1, position: number, length: number): void {
    if (this.ends[direction] !== 0) throw new Error('announced after the end');
    if (position !== this.next[direction])
      throw new Error(`at ${position}, expected ${this.next[direction]}`);
    if (!(length > 0 && Number.isSafeInteger(length))) throw new Error(`length ${length}`);
    this.next[direction] = position + length;
  }
}

/** Numbers that lie close together, close to a wrap, or anywhere. */
const number = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0xffffff80, max: 0xffffffff }),
  fc.integer({ min: 0x3fffff00, max: 0x40000100 }),
  fc.integer({ min: 0, max: 0xffffffff }),
);
const piece = fc.record({
  offset: fc.nat(10_000),
  length: fc.integer({ min: 0, max: 20 }),
  frame: fc.integer({ min: 1, max: 50 }),
});
const packet = fc.record({
  direction: fc.constantFrom(0 as const, 0 as const, 1 as const),
  sequence: number,
  acknowledgement: number,
  // FIN, SYN, RST, PSH and ACK in every combination, most often an ordinary segment.
  flags: fc.oneof(fc.constant(0x10), fc.constant(0x18), fc.nat(0x1f)),
  window: fc.constantFrom(0, 1, 65535),
  length: fc.constantFrom(0, 1, 2, 7, 40),
  missing: fc.constantFrom(0, 0, 0, 1, 30),
  pieces: fc.array(piece, { maxLength: 3 }),
});

describe('TcpReassembler, any packets at all', () => {
  it('announces in order, bounds what it holds, and ends once', () => {
    const cases = fc.tuple(
      fc.array(packet, { maxLength: 200 }),
      fc.option(number),
      fc.constantFrom(1000, 5000, 1 << 20),
    );
    fc.assert(
      fc.property(cases, ([packets, isn, limit]) => {
        const check = new OrderCheck();
        const budget = new ReassemblyBudget(2 * limit, limit);
        const reassembler = new TcpReassembler(check, budget);
        if (isn !== null) reassembler.synchronise(0, isn);
        packets.forEach(({ direction, length, pieces, ...fields }, i) => {
          const whole = pieces.reduce((sum, { length: size }) => sum + size, 0) === length;
          const payload = new Uint8Array(length).fill(i);
          const sent = { ...fields, payload, pieces: whole ? pieces : [] };
          reassembler.segment(direction, buildPacket(direction === 0 ? sent : reply(sent)), i + 1);
          expect(budget.used).toBeLessThanOrEqual(2 * limit);
        });
        reassembler.settle(packets.length);
        expect(check.ends).toEqual([1, 1]);
        expect(budget.used).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
