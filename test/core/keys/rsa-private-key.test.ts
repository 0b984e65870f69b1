import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkRsaNumbers,
  decodeRsaPrivateKey,
  fromBigInt,
  inverse,
  powerModulo,
  toBigInt,
} from '../../../core/keys/rsa-private-key.ts';
import { childrenOf, decodeElement, magnitudeOf } from '../../../core/x509/der.ts';
import { encodeInteger, encodeSequence } from '../../../core/x509/der-encode.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const jwk = privateKey.export({ format: 'jwk' });
const number = (text: string | undefined): bigint =>
  BigInt(`0x${Buffer.from(text ?? '', 'base64url').toString('hex')}`);
const [n = 0n, e = 0n, d = 0n, p = 0n, q = 0n] = [jwk.n, jwk.e, jwk.d, jwk.p, jwk.q].map(number);

function pkcs1(values: readonly bigint[]): Uint8Array {
  return encodeSequence(...values.map((value) => encodeInteger(fromBigInt(value))));
}

function full(changed: {
  n?: bigint;
  e?: bigint;
  d?: bigint;
  p?: bigint;
  q?: bigint;
  dp?: bigint;
  dq?: bigint;
  c?: bigint;
}) {
  const v = { n, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), c: inverse(q, p) ?? 0n, ...changed };
  return decodeRsaPrivateKey(pkcs1([0n, v.n, v.e, v.d, v.p, v.q, v.dp, v.dq, v.c]));
}

function usable(key: ReturnType<typeof full>): boolean {
  if (key.kind === 'malformed') return false;
  const loaded = createPrivateKey({ key: Buffer.from(key.pkcs1), format: 'der', type: 'pkcs1' });
  return createPublicKey(loaded).equals(createPublicKey(privateKey));
}

describe('decodeRsaPrivateKey', () => {
  it('takes a sound key and computes its public key as certificates carry it', () => {
    const key = full({});
    expect(usable(key)).toBe(true);
    if (key.kind === 'malformed') return;
    expect(key.bits).toBe(1024);
    const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
    expect(Buffer.from(key.spki).equals(spki)).toBe(true);
  });

  it('puts primes in the wrong order, wrong CRT numbers and missing primes right', () => {
    expect(usable(full({ p: q, q: p, dp: d % (q - 1n), dq: d % (p - 1n), c: inverse(p, q) ?? 0n }))).toBe(
      true,
    );
    expect(usable(full({ dp: 5n, dq: 6n, c: 7n }))).toBe(true);
    expect(usable(full({ p: 0n, q: 0n, dp: 0n, dq: 0n, c: 0n }))).toBe(true);
    expect(usable(decodeRsaPrivateKey(pkcs1([0n, n, e, d])))).toBe(true);
  });

  it('writes the larger prime first, as some libraries ask', () => {
    for (const key of [full({}), full({ p: q, q: p })]) {
      const sequence = key.kind === 'malformed' ? null : decodeElement(key.pkcs1);
      const numbers = sequence?.kind === 'element' ? childrenOf(sequence).elements.map(magnitudeOf) : [];
      const [first, second] = [numbers[4], numbers[5]].map((part) => toBigInt(part ?? new Uint8Array(0)));
      expect(first).toBe(p > q ? p : q);
      expect(second).toBe(p > q ? q : p);
    }
  });

  it.each<[string, Parameters<typeof full>[0]]>([
    ['its modulus is not the product of its primes', { n: n + 2n }],
    ['its modulus is not the product of its primes', { p: p + 2n }],
    ['its modulus is even', { n: n + 1n }],
    ['its private exponent does not belong to its public exponent and primes', { d: d - 2n }],
    ['its private exponent does not belong to its public exponent and primes', { e: 3n }],
    ['its public exponent is impossible', { e: 1n }],
    ['its private exponent is impossible', { d: n }],
    ['its modulus has only 100 bits', { n: 2n ** 99n + 1n }],
    ['its modulus has 16385 bits, more than 16384', { n: 2n ** 16_384n + 1n }],
    ['its private exponent does not belong to its modulus', { d: d - 2n, p: 0n, q: 0n }],
  ])('%s', (reason, changed) => {
    expect(full(changed)).toEqual({ kind: 'malformed', reason });
  });

  it('never takes a key with one bit flipped in what decryption needs, nor throws', () => {
    const der = privateKey.export({ type: 'pkcs1', format: 'der' });
    fc.assert(
      fc.property(fc.nat(der.length * 8 - 1), (bit) => {
        const flipped = Uint8Array.from(der);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const key = decodeRsaPrivateKey(flipped);
        // A flip in the version or the CRT numbers leaves the same key; any other must be found.
        expect(key.kind === 'malformed' || usable(key)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('refuses other structures', () => {
    for (const bytes of [
      new Uint8Array(0),
      pkcs1([0n]),
      Uint8Array.of(4, 1, 0),
      pkcs1([1n, n, e, d, p, q, 1n, 1n, 1n, 5n]),
    ])
      expect(decodeRsaPrivateKey(bytes).kind).toBe('malformed');
  });

  it('is quick with numbers as large as are allowed', () => {
    const huge = fromBigInt(2n ** 16_383n + 1n);
    const started = performance.now();
    checkRsaNumbers({
      modulus: huge,
      publicExponent: huge,
      privateExponent: huge,
      prime1: null,
      prime2: null,
    });
    checkRsaNumbers({
      modulus: huge,
      publicExponent: fromBigInt(e),
      privateExponent: fromBigInt(2n ** 16_382n + 3n),
      prime1: null,
      prime2: null,
    });
    checkRsaNumbers({
      modulus: huge,
      publicExponent: fromBigInt(e),
      privateExponent: fromBigInt(2n ** 16_382n + 3n),
      prime1: huge,
      prime2: huge,
    });
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('arithmetic', () => {
  const positive = fc.bigInt({ min: 2n, max: 2n ** 128n });

  it('goes to bytes and back, padded on the left', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 100n }),
        fc.integer({ min: 1, max: 20 }),
        (value, length) => {
          const bytes = fromBigInt(value, length);
          expect(toBigInt(bytes)).toBe(value);
          expect(bytes.length).toBeGreaterThanOrEqual(length);
        },
      ),
    );
    expect(toBigInt(new Uint8Array(0))).toBe(0n);
  });

  it('inverts what can be inverted', () => {
    fc.assert(
      fc.property(positive, positive, (value, modulus) => {
        const found = inverse(value, modulus);
        if (found !== null) expect((found * value) % modulus).toBe(1n);
      }),
    );
    expect(inverse(6n, 9n)).toBeNull();
  });

  it('raises to a power as multiplication does', () => {
    expect(powerModulo(3n, 200n, 1_000_007n)).toBe(3n ** 200n % 1_000_007n);
    expect(powerModulo(5n, 0n, 7n)).toBe(1n);
  });
});
