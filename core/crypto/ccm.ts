/** CCM (RFC 3610, NIST SP 800-38C) over whichever block cipher the caller brings. */

/** What CCM needs of a 16-byte block cipher with its key inside. */
export interface CcmPrimitives {
  /** ECB over whole blocks. */
  ecbEncrypt(data: Uint8Array): Uint8Array;
  /** The last block of a CBC encryption with an IV of zeros. */
  cbcMac(data: Uint8Array): Uint8Array;
}

/**
 * Opens ciphertext with the tag of `tagLength` bytes behind it. The nonce has 7 to 13 bytes; the length field takes what
 * is left of 15. null where the tag does not fit.
 */
export function ccmOpen(
  primitives: CcmPrimitives,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  data: Uint8Array,
  tagLength: number,
): Uint8Array | null {
  const length = data.length - tagLength;
  if (length < 0) return null;
  const lengthBytes = 15 - nonce.length;
  const blocks = Math.ceil(length / 16);

  // Counter 0 hides the tag, counters from 1 on the message (RFC 3610 §2.3).
  const counters = new Uint8Array(16 * (blocks + 1));
  for (let block = 0; block <= blocks; block++) {
    counters[16 * block] = lengthBytes - 1;
    counters.set(nonce, 16 * block + 1);
    writeBigEndian(counters, 16 * block + 16, Math.min(lengthBytes, 4), block);
  }
  const keystream = primitives.ecbEncrypt(counters);
  const plain = new Uint8Array(length);
  for (let i = 0; i < length; i++) plain[i] = data[i]! ^ keystream[16 + i]!;

  const tag = primitives.cbcMac(authenticatedBlocks(nonce, additionalData, plain, tagLength, lengthBytes));
  let difference = 0;
  for (let i = 0; i < tagLength; i++) difference |= tag[i]! ^ keystream[i]! ^ data[length + i]!;
  return difference === 0 ? plain : null;
}

/** B_0, additional data with its length before it, message; the last two padded with zeros (RFC 3610 §2.2). */
function authenticatedBlocks(
  nonce: Uint8Array,
  additionalData: Uint8Array,
  plain: Uint8Array,
  tagLength: number,
  lengthBytes: number,
): Uint8Array {
  const prefixLength = additionalData.length === 0 ? 0 : additionalData.length < 0xff00 ? 2 : 6;
  const additionalBlocks = Math.ceil((prefixLength + additionalData.length) / 16);
  const blocks = new Uint8Array(16 * (1 + additionalBlocks + Math.ceil(plain.length / 16)));
  blocks[0] = (additionalData.length > 0 ? 0x40 : 0) | (((tagLength - 2) / 2) << 3) | (lengthBytes - 1);
  blocks.set(nonce, 1);
  writeBigEndian(blocks, 16, Math.min(lengthBytes, 4), plain.length);
  if (prefixLength === 2) writeBigEndian(blocks, 18, 2, additionalData.length);
  if (prefixLength === 6) {
    blocks[16] = 0xff;
    blocks[17] = 0xfe;
    writeBigEndian(blocks, 22, 4, additionalData.length);
  }
  blocks.set(additionalData, 16 + prefixLength);
  blocks.set(plain, 16 * (1 + additionalBlocks));
  return blocks;
}

/** `count` bytes of an integer, the last of them at `end` - 1. */
function writeBigEndian(bytes: Uint8Array, end: number, count: number, value: number): void {
  let rest = value;
  for (let i = 1; i <= count; i++) {
    bytes[end - i] = rest & 0xff;
    rest = Math.floor(rest / 256);
  }
}
