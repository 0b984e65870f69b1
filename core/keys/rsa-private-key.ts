/** RSA private keys (RFC 8017 §A.1.2): their numbers, checked against each other before anything is decrypted with them. */
import type { DerElement } from '../x509/der.ts';
import { bitLengthOf, childrenOf, decodeElement, DER, isUniversal, magnitudeOf } from '../x509/der.ts';
import { encodeInteger, encodeRsaPublicKeyInfo, encodeSequence } from '../x509/der-encode.ts';

export interface RsaPrivateKey {
  readonly kind: 'rsa-private-key';
  readonly bits: number;
  /** PKCS#1 with p > q and every number in agreement, fit for any library. A secret. */
  readonly pkcs1: Uint8Array;
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
}

export interface RsaFault {
  readonly kind: 'malformed';
  /** A part of a sentence that begins with "its": "its modulus is not the product of its primes". */
  readonly reason: string;
}

/** The numbers as big-endian magnitudes; p and q may be missing (some key stores keep only the private exponent). */
export interface RsaNumbers {
  readonly modulus: Uint8Array;
  readonly publicExponent: Uint8Array;
  readonly privateExponent: Uint8Array;
  readonly prime1: Uint8Array | null;
  readonly prime2: Uint8Array | null;
}

/** A pre-master secret of TLS needs 472 bits (RFC 8017 §7.2.1); SSL 2.0 went with less. */
export const MIN_RSA_BITS = 256;
export const MAX_RSA_BITS = 16_384;

/** Decodes the PKCS#1 structure and checks its numbers. */
export function decodeRsaPrivateKey(der: Uint8Array): RsaPrivateKey | RsaFault {
  const sequence = decodeElement(der);
  if (!isSequence(sequence)) return fault('its structure is broken');
  const { elements } = childrenOf(sequence);
  const [, modulus, publicExponent, privateExponent, prime1, prime2] = elements.map(magnitudeOf);
  if (!modulus || !publicExponent || !privateExponent) return fault('its numbers cannot be read');
  // Version 1 says that more than two primes follow (RFC 8017 §A.1.2); the first two do not make the modulus then.
  if (elements.length > 9) return fault('it has more than two primes, which Sipher does not support');
  return checkRsaNumbers({
    modulus,
    publicExponent,
    privateExponent,
    prime1: prime1 ?? null,
    prime2: prime2 ?? null,
  });
}

/** Checks that the numbers belong together and brings them into one order. p < q and missing primes are put right. */
export function checkRsaNumbers(numbers: RsaNumbers): RsaPrivateKey | RsaFault {
  const bits = bitLengthOf(numbers.modulus);
  if (bits < MIN_RSA_BITS) return fault(`its modulus has only ${bits} bits`);
  if (bits > MAX_RSA_BITS) return fault(`its modulus has ${bits} bits, more than ${MAX_RSA_BITS}`);
  if (bitLengthOf(numbers.publicExponent) > 256) return fault('its public exponent is too large');
  const n = toBigInt(numbers.modulus);
  const e = toBigInt(numbers.publicExponent);
  const d = toBigInt(numbers.privateExponent);
  if (n % 2n === 0n) return fault('its modulus is even');
  if (e < 3n || e % 2n === 0n) return fault('its public exponent is impossible');
  if (d < 2n || d >= n) return fault('its private exponent is impossible');
  let p = numbers.prime1 === null ? 0n : toBigInt(numbers.prime1);
  let q = numbers.prime2 === null ? 0n : toBigInt(numbers.prime2);
  if (p === 0n && q === 0n) {
    const found = factor(n, e, d);
    if (found === null) return fault('its private exponent does not belong to its modulus');
    [p, q] = found;
  }
  if (p * q !== n || p < 2n || q < 2n) return fault('its modulus is not the product of its primes');
  if (p === q) return fault('its two primes are the same');
  if ((e * d) % (p - 1n) !== 1n || (e * d) % (q - 1n) !== 1n)
    return fault('its private exponent does not belong to its public exponent and primes');
  if (p < q) [p, q] = [q, p];
  const coefficient = inverse(q, p);
  if (coefficient === null) return fault('its primes have a common factor');
  const values = [0n, n, e, d, p, q, d % (p - 1n), d % (q - 1n), coefficient];
  return {
    kind: 'rsa-private-key',
    bits,
    pkcs1: encodeSequence(...values.map((value) => encodeInteger(fromBigInt(value)))),
    spki: encodeRsaPublicKeyInfo(numbers.modulus, numbers.publicExponent),
  };
}

/** A big-endian magnitude as a number. */
export function toBigInt(magnitude: Uint8Array): bigint {
  let digits = '';
  for (const byte of magnitude) digits += byte.toString(16).padStart(2, '0');
  return digits === '' ? 0n : BigInt(`0x${digits}`);
}

/** Big-endian, without leading zeros; one zero byte for 0. `length` pads on the left. */
export function fromBigInt(value: bigint, length = 1): Uint8Array {
  const digits = value.toString(16);
  const even = digits.padStart(Math.max(length * 2, digits.length + (digits.length & 1)), '0');
  const bytes = new Uint8Array(even.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(even.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

/** base^exponent mod modulus by squaring. Not constant in time: for captures, not for servers. */
export function powerModulo(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** The inverse of value modulo modulus by Euclid's algorithm; null where there is none. */
export function inverse(value: bigint, modulus: bigint): bigint | null {
  let [r0, r1] = [modulus, value % modulus];
  let [t0, t1] = [0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [t0, t1] = [t1, t0 - quotient * t1];
  }
  return r0 === 1n ? ((t0 % modulus) + modulus) % modulus : null;
}

/** The primes of n from e and d (NIST SP 800-56B, appendix C): each base succeeds with a chance of one half. */
function factor(n: bigint, e: bigint, d: bigint): [bigint, bigint] | null {
  if (n >> 8192n > 0n) return null;
  let odd = e * d - 1n;
  let halvings = 0;
  while (odd > 0n && (odd & 1n) === 0n) {
    odd >>= 1n;
    halvings++;
  }
  for (const base of [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n]) {
    let x = powerModulo(base, odd, n);
    for (let i = 0; i < halvings && x !== 1n && x !== n - 1n; i++) {
      const square = (x * x) % n;
      if (square === 1n) {
        const p = greatestCommonDivisor(x - 1n, n);
        return p > 1n && p < n ? [p, n / p] : null;
      }
      x = square;
    }
  }
  return null;
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left, right];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

function isSequence(element: ReturnType<typeof decodeElement>): element is DerElement {
  return element.kind === 'element' && isUniversal(element, DER.sequence);
}

function fault(reason: string): RsaFault {
  return { kind: 'malformed', reason };
}
