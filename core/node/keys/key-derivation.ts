/** Keys from passwords, as the containers of private keys ask for them. Work is bounded by a budget per file. */
import { pbkdf2 as noblePbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha224, sha256, sha384, sha512, sha512_224, sha512_256 } from '@noble/hashes/sha2.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { scrypt as nobleScrypt } from '@noble/hashes/scrypt.js';
import { createHash, pbkdf2Sync, scryptSync } from 'node:crypto';
import { concatBytes } from '../../bytes/reader.ts';

export type DerivationHash =
  'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512' | 'sha512-224' | 'sha512-256';

/**
 * What may still be spent on one file: hash iterations, so that a hostile file with many costly parts cannot hold the
 * program up for more than some ten seconds.
 */
export class DerivationBudget {
  left = MAX_ITERATIONS * 2;

  /** False where the iterations are more than one derivation may have, or than are left. */
  spend(iterations: number): boolean {
    if (iterations > MAX_ITERATIONS || iterations > this.left) return false;
    this.left -= iterations;
    return true;
  }
}

/** Most iterations of one derivation; what programs write is below one million. */
export const MAX_ITERATIONS = 10_000_000;
/** Most memory of one scrypt, in bytes; OpenSSL writes 16 MB. */
export const MAX_SCRYPT_MEMORY = 1024 * 1024 * 1024;

/** PBKDF2 (RFC 8018 §5.2), natively where the host has the hash. */
export function derivePbkdf2(
  hash: DerivationHash,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Uint8Array {
  try {
    return pbkdf2Sync(password, salt, iterations, length, hash);
  } catch {
    return noblePbkdf2(NOBLE[hash], password, salt, { c: iterations, dkLen: length });
  }
}

/** scrypt (RFC 7914). The caller has checked N, r, p against MAX_SCRYPT_MEMORY. */
export function deriveScrypt(
  password: Uint8Array,
  salt: Uint8Array,
  cost: { readonly n: number; readonly r: number; readonly p: number },
  length: number,
): Uint8Array {
  const memory = 128 * cost.n * cost.r + 128 * cost.r * cost.p + 1024 * 1024;
  try {
    return scryptSync(password, salt, length, { N: cost.n, r: cost.r, p: cost.p, maxmem: memory });
  } catch {
    return nobleScrypt(password, salt, { N: cost.n, r: cost.r, p: cost.p, dkLen: length, maxmem: memory });
  }
}

/** PBKDF1 (RFC 8018 §5.1): at most as long as the hash. */
export function derivePbkdf1(
  hash: DerivationHash,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
): Uint8Array {
  return iterateHash(hash, concatBytes([password, salt]), iterations);
}

/** OpenSSL's EVP_BytesToKey with MD5 and one iteration, as "DEK-Info" keys are made; salt is the first eight bytes of the IV. */
export function deriveOpensslKey(password: Uint8Array, salt: Uint8Array, length: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  let last = new Uint8Array(0);
  for (let have = 0; have < length; have += last.length) {
    last = hashOf('md5', concatBytes([last, password, salt]));
    blocks.push(last);
  }
  return concatBytes(blocks).subarray(0, length);
}

/**
 * PKCS#12's own derivation (RFC 7292 §B.2). `password` is a BMPString with its two zero bytes, or empty; `purpose` is
 * 1 for a key, 2 for an IV, 3 for a MAC key.
 */
export function derivePkcs12(
  hash: DerivationHash,
  password: Uint8Array,
  salt: Uint8Array,
  purpose: 1 | 2 | 3,
  iterations: number,
  length: number,
): Uint8Array {
  const block = hash === 'sha384' || hash.startsWith('sha512') ? 128 : 64;
  const diversifier = new Uint8Array(block).fill(purpose);
  const input = concatBytes([repeated(salt, block), repeated(password, block)]);
  const blocks: Uint8Array[] = [];
  for (let have = 0; have < length;) {
    const digest = iterateHash(hash, concatBytes([diversifier, input]), iterations);
    blocks.push(digest);
    have += digest.length;
    if (have < length) addToBlocks(input, repeated(digest, block), block);
  }
  return concatBytes(blocks).subarray(0, length);
}

/**
 * The hash of the hash of … `first`, `iterations` times; `suffix` is put behind each digest before it is hashed again.
 * In JavaScript with one state used over and over: a native hash object for each round costs three times as much.
 */
export function iterateHash(
  hash: DerivationHash,
  first: Uint8Array,
  iterations: number,
  suffix = new Uint8Array(0),
): Uint8Array {
  return ITERATIONS[hash](hashOf(hash, first), iterations, suffix);
}

/** One hash, natively. */
export function hashOf(hash: DerivationHash, data: Uint8Array): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(createHash(hash).update(data).digest());
  } catch {
    return new Uint8Array(NOBLE[hash](data));
  }
}

const NOBLE = {
  md5,
  sha1,
  sha224,
  sha256,
  sha384,
  sha512,
  'sha512-224': sha512_224,
  'sha512-256': sha512_256,
} as const;

interface HashState<T> {
  _cloneInto(to: T): T;
  update(data: Uint8Array): T;
  digestInto(into: Uint8Array): void;
}

type Iteration = (digest: Uint8Array, iterations: number, suffix: Uint8Array) => Uint8Array;

/** Writes over `digest`. */
function iterationOf<T extends HashState<T>>(create: () => T): Iteration {
  return (digest, iterations, suffix) => {
    const fresh = create();
    const state = create();
    for (let i = 1; i < iterations; i++) {
      fresh._cloneInto(state);
      state.update(digest);
      if (suffix.length > 0) state.update(suffix);
      state.digestInto(digest);
    }
    return digest;
  };
}

const ITERATIONS: Readonly<Record<DerivationHash, Iteration>> = {
  md5: iterationOf(md5.create),
  sha1: iterationOf(sha1.create),
  sha224: iterationOf(sha224.create),
  sha256: iterationOf(sha256.create),
  sha384: iterationOf(sha384.create),
  sha512: iterationOf(sha512.create),
  'sha512-224': iterationOf(sha512_224.create),
  'sha512-256': iterationOf(sha512_256.create),
};

/** Copies of `bytes` up to the next whole block; empty for an empty text. */
function repeated(bytes: Uint8Array, block: number): Uint8Array {
  const whole = new Uint8Array(bytes.length === 0 ? 0 : Math.ceil(bytes.length / block) * block);
  for (let at = 0; at < whole.length; at++) whole[at] = bytes[at % bytes.length] ?? 0;
  return whole;
}

/** Each block of `input` becomes itself + addend + 1, big-endian (RFC 7292 §B.2 step 6C). */
function addToBlocks(input: Uint8Array, addend: Uint8Array, block: number): void {
  for (let start = 0; start < input.length; start += block) {
    let carry = 1;
    for (let at = block - 1; at >= 0; at--) {
      carry += (input[start + at] ?? 0) + (addend[at] ?? 0);
      input[start + at] = carry & 0xff;
      carry >>= 8;
    }
  }
}
