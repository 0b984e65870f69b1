import * as fc from 'fast-check';
import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { macKernelOf } from '../../../../core/crypto/kernels/mac-kernel.ts';

const HASHES = [
  ['sha1', 20],
  ['sha256', 32],
] as const;

interface Laid {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly macs: Int32Array;
  readonly good: Uint8Array;
  readonly count: number;
}

/** Messages with their MACs behind them, `gap` bytes of noise between. */
function lay(hash: string, key: Uint8Array, macLength: number, sizes: readonly number[], gap: number): Laid {
  const parts: Uint8Array[] = [];
  const starts = new Int32Array(sizes.length);
  const macs = new Int32Array(sizes.length);
  let at = 0;
  sizes.forEach((size, i) => {
    const message = randomBytes(Math.max(size, 0));
    const mac = createHmac(hash, key).update(message).digest().subarray(0, macLength);
    parts.push(randomBytes(gap), message, mac);
    starts[i] = at + gap;
    macs[i] = at + gap + message.length;
    at += gap + message.length + macLength;
  });
  return {
    bytes: new Uint8Array(Buffer.concat(parts)),
    starts,
    lengths: Int32Array.from(sizes),
    macs,
    good: new Uint8Array(sizes.length).fill(9),
    count: sizes.length,
  };
}

describe.each(HASHES)('the %s kernel', (hash, digestLength) => {
  const kernel = macKernelOf(hash);
  if (kernel === null) throw new Error('this host cannot run the kernel');

  test('takes every good MAC for good, whatever the lengths and places', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: -1, max: 200 }), fc.integer({ min: 0, max: 3000 })), {
          minLength: 1,
          maxLength: 40,
        }),
        fc.integer({ min: 0, max: 70 }),
        fc.integer({ min: 1, max: 64 }),
        fc.constantFrom(10, digestLength),
        (sizes, gap, keyLength, macLength) => {
          const key = randomBytes(keyLength);
          const laid = lay(hash, key, macLength, sizes, gap);
          kernel.check(key, macLength, laid);
          expect([...laid.good]).toEqual(sizes.map((size) => (size < 0 ? 0 : 1)));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('every length around the ends of blocks', () => {
    const sizes = Array.from({ length: 200 }, (_, i) => i);
    const key = randomBytes(digestLength);
    const laid = lay(hash, key, digestLength, sizes, 1);
    kernel.check(key, digestLength, laid);
    expect(laid.good.indexOf(0)).toBe(-1);
  });

  test('the largest records, in memory that has to grow, then small ones again', () => {
    const key = randomBytes(digestLength);
    for (const size of [18_432, 70_000, 300_000, 64, 0]) {
      const laid = lay(hash, key, digestLength, [size, 3, size, 5, 1], 0);
      kernel.check(key, digestLength, laid);
      expect([...laid.good], String(size)).toEqual([1, 1, 1, 1, 1]);
    }
  });

  test('finds the one altered bit among many messages', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 2, maxLength: 20 }),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (sizes, whichRow, whichByte, bit) => {
          const key = randomBytes(digestLength);
          const laid = lay(hash, key, digestLength, sizes, 0);
          const victim = whichRow % sizes.length;
          const at = (laid.starts[victim] ?? 0) + (whichByte % ((sizes[victim] ?? 0) + digestLength));
          laid.bytes[at] = (laid.bytes[at] ?? 0) ^ (1 << bit);
          kernel.check(key, digestLength, laid);
          expect([...laid.good]).toEqual(sizes.map((_, i) => (i === victim ? 0 : 1)));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('keys of one call are not those of the next', () => {
    const one = randomBytes(digestLength);
    const other = randomBytes(digestLength);
    const laid = lay(hash, one, digestLength, [10, 20, 30], 0);
    kernel.check(other, digestLength, laid);
    expect([...laid.good]).toEqual([0, 0, 0]);
    kernel.check(one, digestLength, laid);
    expect([...laid.good]).toEqual([1, 1, 1]);
  });

  test('more rows than bytes of messages', () => {
    const key = randomBytes(digestLength);
    const laid = lay(hash, key, digestLength, new Array<number>(3000).fill(0), 0);
    const many = {
      ...laid,
      count: 60_000,
      starts: Int32Array.from({ length: 60_000 }, (_, i) => laid.starts[i % 3000] ?? 0),
      lengths: new Int32Array(60_000),
      macs: Int32Array.from({ length: 60_000 }, (_, i) => laid.macs[i % 3000] ?? 0),
      good: new Uint8Array(60_000),
    };
    kernel.check(key, digestLength, many);
    expect(many.good.indexOf(0)).toBe(-1);
  });

  test('checks nothing where no row asks', () => {
    const laid = lay(hash, randomBytes(20), digestLength, [-1, -1], 0);
    kernel.check(randomBytes(20), digestLength, laid);
    expect([...laid.good]).toEqual([0, 0]);
  });
});

test('hashes without a kernel are said to have none', () => {
  expect(macKernelOf('sha384')).toBeNull();
  expect(macKernelOf('md5')).toBeNull();
});
