/** A block cipher with its key inside, and the modes that TLS uses over any such cipher. */
export interface BlockCipher {
  readonly blockLength: 8 | 16;
  /** One block from input[from …) to output[at …). Both may be the same array at the same place. */
  encryptBlock(input: Uint8Array, from: number, output: Uint8Array, at: number): void;
  decryptBlock(input: Uint8Array, from: number, output: Uint8Array, at: number): void;
}

/** ECB over whole blocks. */
export function ecbEncryptBlocks(cipher: BlockCipher, data: Uint8Array): Uint8Array {
  const output = new Uint8Array(data.length);
  for (let at = 0; at + cipher.blockLength <= data.length; at += cipher.blockLength)
    cipher.encryptBlock(data, at, output, at);
  return output;
}

/** CBC without padding over whole blocks (NIST SP 800-38A §6.2). */
export function cbcDecryptBlocks(cipher: BlockCipher, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const step = cipher.blockLength;
  const output = new Uint8Array(data.length);
  for (let at = 0; at + step <= data.length; at += step) {
    cipher.decryptBlock(data, at, output, at);
    if (at === 0) for (let i = 0; i < step; i++) output[i] = output[i]! ^ iv[i]!;
    else for (let i = 0; i < step; i++) output[at + i] = output[at + i]! ^ data[at - step + i]!;
  }
  return output;
}

/** The last block of a CBC encryption with an IV of zeros over whole blocks: CBC-MAC (RFC 3610 §2.2). */
export function cbcMac(cipher: BlockCipher, data: Uint8Array): Uint8Array {
  const step = cipher.blockLength;
  const state = new Uint8Array(step);
  for (let at = 0; at + step <= data.length; at += step) {
    for (let i = 0; i < step; i++) state[i] = state[i]! ^ data[at + i]!;
    cipher.encryptBlock(state, 0, state, 0);
  }
  return state;
}
