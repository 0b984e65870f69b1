/**
 * Single numbers out of bytes. Bytes outside the array read as 0, so that no call throws: whoever reads a length or a
 * field that counts checks the bound first.
 */

/** The byte at `offset`, 0 outside. */
export function byteAt(bytes: Uint8Array, offset: number): number {
  return bytes[offset] ?? 0;
}

/** Unsigned 16 bits, big-endian. */
export function u16be(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

/** Unsigned 16 bits, little-endian. */
export function u16le(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8);
}

/** Unsigned 24 bits, big-endian: TLS handshake lengths, vector lengths. */
export function u24be(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 16) | ((bytes[offset + 1] ?? 0) << 8) | (bytes[offset + 2] ?? 0);
}

/** Unsigned 32 bits, big-endian. */
export function u32be(bytes: Uint8Array, offset: number): number {
  return (
    (((bytes[offset] ?? 0) << 24) |
      ((bytes[offset + 1] ?? 0) << 16) |
      ((bytes[offset + 2] ?? 0) << 8) |
      (bytes[offset + 3] ?? 0)) >>>
    0
  );
}

/** Unsigned 32 bits, little-endian. */
export function u32le(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] ?? 0) |
      ((bytes[offset + 1] ?? 0) << 8) |
      ((bytes[offset + 2] ?? 0) << 16) |
      ((bytes[offset + 3] ?? 0) << 24)) >>>
    0
  );
}

/** Unsigned 48 bits, big-endian, exact: DTLS sequence numbers. */
export function u48be(bytes: Uint8Array, offset: number): number {
  return u16be(bytes, offset) * 0x1_0000_0000 + u32be(bytes, offset + 2);
}

/** Unsigned 64 bits, big-endian, as a float64: exact up to 2^53. */
export function u64be(bytes: Uint8Array, offset: number): number {
  return u32be(bytes, offset) * 0x1_0000_0000 + u32be(bytes, offset + 4);
}

/** Unsigned 64 bits, little-endian, as a float64: exact up to 2^53. */
export function u64le(bytes: Uint8Array, offset: number): number {
  return u32le(bytes, offset + 4) * 0x1_0000_0000 + u32le(bytes, offset);
}

/** True where `length` bytes from `offset` on lie before `end`; both are whole numbers, and wrong signs are refused. */
export function fits(offset: number, length: number, end: number): boolean {
  return length >= 0 && offset >= 0 && offset <= end && length <= end - offset;
}

/** True where both ranges hold the same bytes. Not constant in time. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}

/** One array that holds all parts one after the other. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
