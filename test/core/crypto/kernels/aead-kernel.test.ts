import * as fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { chachaKernel, gcmKernel, type AeadKernel } from '../../../../core/crypto/kernels/aead-kernel.ts';
import { createNodeBackend } from '../../../../core/node/crypto-backend.ts';
import { sealWith } from '../../../support/seal-records.ts';

const backend = createNodeBackend();

interface Message {
  readonly plain: Uint8Array;
  readonly additionalData: Uint8Array;
}

interface Flavour {
  readonly name: string;
  readonly keyLength: number;
  readonly kernel: AeadKernel;
  readonly open: (key: Uint8Array) => void;
}

function flavours(): Flavour[] {
  const gcm = gcmKernel();
  const chacha = chachaKernel();
  if (gcm === null || chacha === null) throw new Error('this host cannot run the kernels');
  const openGcm = (cipher: 'aes-128' | 'aes-256') => (key: Uint8Array) =>
    gcm.open((blocks) => backend.ecbEncrypt(cipher, key, blocks));
  return [
    { name: 'aes-128-gcm', keyLength: 16, kernel: gcm, open: openGcm('aes-128') },
    { name: 'aes-256-gcm', keyLength: 32, kernel: gcm, open: openGcm('aes-256') },
    { name: 'chacha20-poly1305', keyLength: 32, kernel: chacha, open: (key) => chacha.open(key) },
  ];
}

/** Seals with node:crypto, opens with the kernel, `alter` in between. Returns plaintexts, null where a tag is bad. */
function roundTrip(
  { name, keyLength, kernel, open }: Flavour,
  messages: readonly Message[],
  gap: number,
  alter: (sealed: Uint8Array, i: number) => void = () => undefined,
): (string | null)[] {
  const key = randomBytes(keyLength);
  const records = messages.map(({ plain, additionalData }, i) => {
    const nonce = randomBytes(12);
    const sealed = new Uint8Array(sealWith(name, key, nonce, additionalData, plain, 16));
    alter(sealed, i);
    return { nonce, sealed, additionalData };
  });
  const dataBytes = records.reduce((sum, { sealed }) => sum + sealed.length + gap, 0);
  const additionalBytes = records.reduce((sum, { additionalData }) => sum + additionalData.length, 0);
  kernel.begin(messages.length, dataBytes, additionalBytes);
  let at = kernel.dataAt;
  const places = records.map(({ nonce, sealed, additionalData }) => {
    const place = at + gap;
    const length = sealed.length - 16;
    kernel.bytes.set(randomBytes(gap), at);
    kernel.bytes.set(sealed, place);
    const row = kernel.add(place, length, additionalData.length);
    kernel.bytes.set(nonce, kernel.nonceAt);
    kernel.bytes.set(additionalData, kernel.additionalAt);
    at = place + sealed.length;
    return { place, row, length };
  });
  open(key);
  return places.map(({ place, row, length }) =>
    kernel.isGood(row) ? Buffer.from(kernel.bytes.subarray(place, place + length)).toString('hex') : null,
  );
}

const hexOf = (made: readonly Message[]): string[] =>
  made.map(({ plain }) => Buffer.from(plain).toString('hex'));

describe.each(flavours())('the kernel of $name', (flavour) => {
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

  test('opens every good record, whatever the lengths and places, and writes over no neighbour', () => {
    fc.assert(
      fc.property(messages, fc.integer({ min: 0, max: 20 }), (made, gap) => {
        expect(roundTrip(flavour, made, gap)).toEqual(hexOf(made));
      }),
      { numRuns: 200 },
    );
  });

  test('every length around the ends of blocks, and records of the largest size', () => {
    const sizes = [...Array.from({ length: 300 }, (_, i) => i), 16_384, 18_000, 65_000, 5];
    const made = sizes.map((length) => ({
      plain: randomBytes(length),
      additionalData: randomBytes(length % 33),
    }));
    expect(roundTrip(flavour, made, 0)).toEqual(hexOf(made));
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
          const opened = roundTrip(flavour, made, 0, (sealed, i) => {
            const at = whichByte % sealed.length;
            if (i === victim) sealed[at] = (sealed[at] ?? 0) ^ (1 << bit);
          });
          expect(opened).toEqual(hexOf(made).map((plain, i) => (i === victim ? null : plain)));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('many keys in turn leave no traces', () => {
    for (let round = 0; round < 500; round++) {
      const made = [{ plain: randomBytes(round), additionalData: randomBytes(13) }];
      expect(roundTrip(flavour, made, 0)).toEqual(hexOf(made));
    }
  });
});
