/** Writes the few DER structures that keys need when a container gives their numbers in another form. */
import { concatBytes } from '../bytes/reader.ts';

/** One element: identifier octet, length, content. */
export function encodeElement(identifier: number, content: Uint8Array): Uint8Array {
  return concatBytes([Uint8Array.of(identifier), encodeLength(content.length), content]);
}

export function encodeSequence(...elements: readonly Uint8Array[]): Uint8Array {
  return encodeElement(0x30, concatBytes(elements));
}

/** A non-negative INTEGER of a big-endian magnitude. */
export function encodeInteger(magnitude: Uint8Array): Uint8Array {
  let from = 0;
  while (from < magnitude.length - 1 && magnitude[from] === 0) from++;
  const trimmed = magnitude.subarray(from);
  const signed =
    trimmed.length === 0 || (trimmed[0] ?? 0) >= 0x80 ? concatBytes([Uint8Array.of(0), trimmed]) : trimmed;
  return encodeElement(0x02, signed);
}

/** SubjectPublicKeyInfo of an RSA key (RFC 3279 §2.3.1), as certificates carry it. */
export function encodeRsaPublicKeyInfo(modulus: Uint8Array, exponent: Uint8Array): Uint8Array {
  const key = encodeSequence(encodeInteger(modulus), encodeInteger(exponent));
  return encodeSequence(RSA_ALGORITHM, encodeElement(0x03, concatBytes([Uint8Array.of(0), key])));
}

/** AlgorithmIdentifier rsaEncryption with its NULL. */
const RSA_ALGORITHM = Uint8Array.of(
  ...[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00],
);

function encodeLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}
