import * as fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { gcmKernel, type GcmKernel } from '../../../../core/crypto/kernels/gcm-kernel.ts';
import { createNodeBackend } from '../../../../core/node/crypto-backend.ts';
import { sealWith } from '../../../support/seal-records.ts';

const backend = createNodeBackend();

interface Message {
  readonly plain: Uint8Array;
  readonly additionalData: Uint8Array;
}

/** Seals with node:crypto, opens with the kernel, `alter` in between. Returns plaintexts, null where a tag is bad. */
function roundTrip(
  kernel: GcmKernel,
  key: Uint8Array,
  messages: readonly Message[],
  gap: number,
  alter: (sealed: Uint8Array, i: number) => void = () => undefined,
): (string | null)[] {
  const cipher = key.length === 16 ? 'aes-128' : 'aes-256';
  const nonces = messages.map(() => randomBytes(12));
  const sealed = messages.map(({ plain, additionalData }, i) => {
    const made = new Uint8Array(
      sealWith(`${cipher}-gcm`, key, nonces[i] ?? randomBytes(12), additionalData, plain, 16),
    );
    alter(made, i);
    return made;
  });
  const dataBytes = sealed.reduce((sum, { length }) => sum + length + gap, 0);
  const additionalBytes = messages.reduce((sum, { additionalData }) => sum + additionalData.length, 0);
  kernel.begin(messages.length, dataBytes, additionalBytes);
  let at = kernel.dataAt;
  const places = sealed.map((bytes, i) => {
    const place = at + gap;
    const additionalData = messages[i]?.additionalData ?? new Uint8Array(0);
    kernel.bytes.set(randomBytes(gap), at);
    kernel.bytes.set(bytes, place);
    const row = kernel.add(place, bytes.length - 16, additionalData.length);
    kernel.bytes.set(nonces[i] ?? randomBytes(12), kernel.nonceAt);
    kernel.bytes.set(additionalData, kernel.additionalAt);
    at = place + bytes.length;
    return { place, row, length: bytes.length - 16 };
  });
  kernel.open((blocks) => backend.ecbEncrypt(cipher, key, blocks));
  return places.map(({ place, row, length }) =>
    kernel.isGood(row) ? Buffer.from(kernel.bytes.subarray(place, place + length)).toString('hex') : null,
  );
}

describe('the GCM kernel', () => {
  const kernel = gcmKernel();
  if (kernel === null) throw new Error('this host cannot run the kernel');
  const messages = fc.array(
    fc
      .tuple(
        fc.oneof(fc.integer({ min: 0, max: 70 }), fc.integer({ min: 0, max: 2000 })),
        fc.integer({ min: 0, max: 40 }),
      )
      .map(([length, additional]): Message => ({
        plain: randomBytes(length),
        additionalData: randomBytes(additional),
      })),
    { minLength: 1, maxLength: 30 },
  );
  const hexOf = (made: readonly Message[]): string[] =>
    made.map(({ plain }) => Buffer.from(plain).toString('hex'));

  test('opens every good record, whatever the lengths and places, and writes over no neighbour', () => {
    fc.assert(
      fc.property(
        messages,
        fc.constantFrom(16, 32),
        fc.integer({ min: 0, max: 20 }),
        (made, keyLength, gap) => {
          expect(roundTrip(kernel, randomBytes(keyLength), made, gap)).toEqual(hexOf(made));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('every length around the ends of blocks, and records of the largest size', () => {
    const made = [...Array.from({ length: 100 }, (_, i) => i), 16_384, 18_000, 65_000, 5].map((length) => ({
      plain: randomBytes(length),
      additionalData: randomBytes(length % 33),
    }));
    expect(roundTrip(kernel, randomBytes(16), made, 0)).toEqual(hexOf(made));
  });

  test('refuses the one record of many in which a bit was altered', () => {
    fc.assert(
      fc.property(
        messages,
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (made, which, whichByte, bit) => {
          const victim = which % made.length;
          const opened = roundTrip(kernel, randomBytes(16), made, 0, (sealed, i) => {
            const at = whichByte % sealed.length;
            if (i === victim) sealed[at] = (sealed[at] ?? 0) ^ (1 << bit);
          });
          expect(opened).toEqual(hexOf(made).map((plain, i) => (i === victim ? null : plain)));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('different keys in turn do not leave traces', () => {
    for (let round = 0; round < 20; round++) {
      const made = [{ plain: randomBytes(100), additionalData: randomBytes(13) }];
      expect(roundTrip(kernel, randomBytes(round % 2 === 0 ? 16 : 32), made, 0)).toEqual(hexOf(made));
    }
  });
});
