/**
 * One block of ChaCha20's key stream (RFC 8439 §2.3): 64 bytes from a 32-byte key, a 32-bit block counter and a 12-byte
 * nonce. For single blocks (DTLS 1.3 record numbers, RFC 9147 §4.2.3); records go through the backend's AEAD.
 */
export function chacha20Block(key: Uint8Array, counter: number, nonce: Uint8Array): Uint8Array {
  const keyView = new DataView(key.buffer, key.byteOffset, 32);
  const nonceView = new DataView(nonce.buffer, nonce.byteOffset, 12);
  const initial = new Uint32Array(16);
  // "expand 32-byte k"
  initial.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
  for (let i = 0; i < 8; i++) initial[4 + i] = keyView.getUint32(4 * i, true);
  initial[12] = counter;
  for (let i = 0; i < 3; i++) initial[13 + i] = nonceView.getUint32(4 * i, true);

  const state = Uint32Array.from(initial);
  for (let round = 0; round < 10; round++) {
    quarterRound(state, 0, 4, 8, 12);
    quarterRound(state, 1, 5, 9, 13);
    quarterRound(state, 2, 6, 10, 14);
    quarterRound(state, 3, 7, 11, 15);
    quarterRound(state, 0, 5, 10, 15);
    quarterRound(state, 1, 6, 11, 12);
    quarterRound(state, 2, 7, 8, 13);
    quarterRound(state, 3, 4, 9, 14);
  }
  const output = new Uint8Array(64);
  const outputView = new DataView(output.buffer);
  for (let i = 0; i < 16; i++) outputView.setUint32(4 * i, state[i]! + initial[i]!, true);
  return output;
}

function quarterRound(state: Uint32Array, a: number, b: number, c: number, d: number): void {
  state[a] = state[a]! + state[b]!;
  state[d] = rotateLeft(state[d]! ^ state[a], 16);
  state[c] = state[c]! + state[d];
  state[b] = rotateLeft(state[b]! ^ state[c], 12);
  state[a] = state[a] + state[b];
  state[d] = rotateLeft(state[d] ^ state[a], 8);
  state[c] = state[c] + state[d];
  state[b] = rotateLeft(state[b] ^ state[c], 7);
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
