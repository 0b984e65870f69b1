/**
 * Cryptography by node:crypto, and by our own code where the runtime lacks an algorithm: Electron (BoringSSL) has no
 * CCM, ChaCha20-Poly1305, Camellia and ARIA, Node 20 (OpenSSL 3) no single DES, SEED, IDEA and RC2. What there is is
 * found out by trying, not from lists, which name ciphers that then fail.
 */
import * as nodeCrypto from 'node:crypto';
import type {
  AeadName,
  BlockCipherName,
  CryptoBackend,
  HashName,
  PrivateKeyHandle,
} from '../crypto/backend.ts';
import { cbcDecryptBlocks, cbcMac, ecbEncryptBlocks, type BlockCipher } from '../crypto/block-cipher.ts';
import { ccmOpen, type CcmPrimitives } from '../crypto/ccm.ts';
import { openChacha20Poly1305 } from '../crypto/chacha20-poly1305.ts';
import { gcmOpen } from '../crypto/gcm.ts';
import { createOwnBlockCipher, ownBlockCipherExists } from '../crypto/own-block-ciphers.ts';
import { decryptRsaRaw } from './keys/key-handle.ts';

/** The part of node:crypto that a backend stands on; tests bring one that lacks what another runtime lacks. */
export type NodeCryptoFunctions = Pick<
  typeof nodeCrypto,
  'createCipheriv' | 'createDecipheriv' | 'createHash' | 'createHmac'
>;

export interface NodeBackendOptions {
  /** Where not given: node:crypto as it is. */
  readonly functions?: NodeCryptoFunctions;
}

export function createNodeBackend(options: NodeBackendOptions = {}): CryptoBackend {
  return new NodeBackend(options.functions ?? nodeCrypto);
}

/** Deciphers kept open at most: each holds a kilobyte or two outside the heap. */
const KEPT_OPEN = 4096;

const NATIVE_BLOCK_CIPHERS: Readonly<Record<BlockCipherName, string | null>> = {
  'aes-128': 'aes-128',
  'aes-192': 'aes-192',
  'aes-256': 'aes-256',
  '3des': 'des-ede3',
  'camellia-128': 'camellia-128',
  'camellia-256': 'camellia-256',
  'aria-128': 'aria-128',
  'aria-256': 'aria-256',
  seed: 'seed',
  des: 'des',
  idea: 'idea',
  // OpenSSL's name means 40 effective bits; TLS's 40 bits of key material make a key of 128.
  'rc2-40': null,
  sm4: 'sm4',
};

const KEY_LENGTHS: Readonly<Record<BlockCipherName, number>> = {
  'aes-128': 16,
  'aes-192': 24,
  'aes-256': 32,
  '3des': 24,
  'camellia-128': 16,
  'camellia-256': 32,
  'aria-128': 16,
  'aria-256': 32,
  seed: 16,
  des: 8,
  idea: 16,
  'rc2-40': 16,
  sm4: 16,
};

const BLOCK_LENGTHS: Readonly<Record<BlockCipherName, 8 | 16>> = {
  'aes-128': 16,
  'aes-192': 16,
  'aes-256': 16,
  '3des': 8,
  'camellia-128': 16,
  'camellia-256': 16,
  'aria-128': 16,
  'aria-256': 16,
  seed: 16,
  des: 8,
  idea: 8,
  'rc2-40': 8,
  sm4: 16,
};

interface AeadRow {
  readonly block: BlockCipherName | null;
  readonly mode: 'gcm' | 'ccm' | 'chacha20-poly1305';
  readonly tagLength: 8 | 16;
}

const AEADS: Readonly<Record<AeadName, AeadRow>> = {
  'aes-128-gcm': { block: 'aes-128', mode: 'gcm', tagLength: 16 },
  'aes-256-gcm': { block: 'aes-256', mode: 'gcm', tagLength: 16 },
  'aes-128-ccm': { block: 'aes-128', mode: 'ccm', tagLength: 16 },
  'aes-256-ccm': { block: 'aes-256', mode: 'ccm', tagLength: 16 },
  'aes-128-ccm-8': { block: 'aes-128', mode: 'ccm', tagLength: 8 },
  'aes-256-ccm-8': { block: 'aes-256', mode: 'ccm', tagLength: 8 },
  'chacha20-poly1305': { block: null, mode: 'chacha20-poly1305', tagLength: 16 },
  'camellia-128-gcm': { block: 'camellia-128', mode: 'gcm', tagLength: 16 },
  'camellia-256-gcm': { block: 'camellia-256', mode: 'gcm', tagLength: 16 },
  'aria-128-gcm': { block: 'aria-128', mode: 'gcm', tagLength: 16 },
  'aria-256-gcm': { block: 'aria-256', mode: 'gcm', tagLength: 16 },
  'sm4-gcm': { block: 'sm4', mode: 'gcm', tagLength: 16 },
  'sm4-ccm': { block: 'sm4', mode: 'ccm', tagLength: 16 },
};

interface KeptOpen {
  readonly cipher: string;
  readonly transform: nodeCrypto.Decipher | nodeCrypto.Cipher;
}

class NodeBackend implements CryptoBackend {
  readonly #functions: NodeCryptoFunctions;
  readonly #isNative = new Map<string, boolean>();
  readonly #deciphers = new Map<Uint8Array, KeptOpen>();
  readonly #ciphers = new Map<Uint8Array, KeptOpen>();
  readonly #own = new WeakMap<Uint8Array, { name: BlockCipherName; cipher: BlockCipher }>();

  constructor(functions: NodeCryptoFunctions) {
    this.#functions = functions;
  }

  hash(name: HashName, data: Uint8Array): Uint8Array {
    return this.#functions.createHash(name).update(data).digest();
  }

  hmac(name: HashName, key: Uint8Array, data: Uint8Array): Uint8Array {
    return this.#functions.createHmac(name, key).update(data).digest();
  }

  cbcDecrypt(cipher: BlockCipherName, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
    const native = this.#nativeCipher(cipher, 'cbc');
    if (native === null) return cbcDecryptBlocks(this.#ownCipher(cipher, key), iv, data);
    const decipher = this.#functions.createDecipheriv(native, keyFor(cipher, native, key), iv);
    decipher.setAutoPadding(false);
    return decipher.update(data);
  }

  cbcDecryptAfterIv(cipher: BlockCipherName, key: Uint8Array, data: Uint8Array): Uint8Array {
    const native = this.#nativeCipher(cipher, 'cbc');
    const blockLength = BLOCK_LENGTHS[cipher];
    if (native === null)
      return cbcDecryptBlocks(this.#ownCipher(cipher, key), new Uint8Array(blockLength), data);
    let kept = this.#deciphers.get(key);
    if (kept?.cipher !== native) {
      const iv = new Uint8Array(blockLength);
      const transform = this.#functions.createDecipheriv(native, keyFor(cipher, native, key), iv);
      transform.setAutoPadding(false);
      kept = { cipher: native, transform };
      keep(this.#deciphers, key, kept);
    }
    // Whole blocks only: a rest would stay inside the decipher and spoil the next call.
    const whole = data.length - (data.length % blockLength);
    return kept.transform.update(whole === data.length ? data : data.subarray(0, whole));
  }

  ecbEncrypt(cipher: BlockCipherName, key: Uint8Array, data: Uint8Array): Uint8Array {
    const native = this.#nativeCipher(cipher, 'ecb');
    if (native === null) return ecbEncryptBlocks(this.#ownCipher(cipher, key), data);
    let kept = this.#ciphers.get(key);
    if (kept?.cipher !== native) {
      const transform = this.#functions.createCipheriv(native, keyFor(cipher, native, key), null);
      transform.setAutoPadding(false);
      kept = { cipher: native, transform };
      keep(this.#ciphers, key, kept);
    }
    const whole = data.length - (data.length % BLOCK_LENGTHS[cipher]);
    return kept.transform.update(whole === data.length ? data : data.subarray(0, whole));
  }

  aeadOpen(
    cipher: AeadName,
    key: Uint8Array,
    nonce: Uint8Array,
    additionalData: Uint8Array,
    data: Uint8Array,
  ): Uint8Array | null {
    const row = AEADS[cipher];
    if (data.length < row.tagLength) return null;
    switch (row.mode) {
      case 'chacha20-poly1305':
        if (!this.#hasNativeAead(cipher)) return openChacha20Poly1305(key, nonce, additionalData, data);
        return this.#openChacha(key, nonce, additionalData, data);
      case 'gcm':
        if (cipher === 'aes-128-gcm' || cipher === 'aes-256-gcm')
          return this.#openGcm(cipher, key, nonce, additionalData, data);
        return this.#openGcmOverEcb(row, key, nonce, additionalData, data);
      case 'ccm':
        // Native CCM takes an empty message for one that was never given, and checks no tag.
        if (data.length > row.tagLength && this.#hasNativeAead(cipher))
          return this.#openCcm(row, key, nonce, additionalData, data);
        return ccmOpen(this.#ccmPrimitives(row, key), nonce, additionalData, data, row.tagLength);
    }
  }

  rsaDecryptRaw(key: PrivateKeyHandle, data: Uint8Array): Uint8Array | null {
    if (key.algorithm !== 'rsa') return null;
    // The premaster secret's vector may have lost zeros at its front, and BoringSSL takes whole moduli only.
    const padded = leftPadded(data, Math.ceil(key.bits / 8));
    return padded === null ? null : decryptRsaRaw(key, padded);
  }

  supportsBlockCipher(cipher: BlockCipherName): boolean {
    return this.#nativeCipher(cipher, 'cbc') !== null || ownBlockCipherExists(cipher);
  }

  supportsAead(cipher: AeadName): boolean {
    const row = AEADS[cipher];
    return (
      row.block === null || this.#nativeCipher(row.block, 'ecb') !== null || ownBlockCipherExists(row.block)
    );
  }

  /** The runtime's name of a cipher and mode that it does have, or null. */
  #nativeCipher(cipher: BlockCipherName, mode: 'cbc' | 'ecb'): string | null {
    const stem = NATIVE_BLOCK_CIPHERS[cipher];
    if (stem === null) return null;
    const name = `${stem}-${mode}`;
    const iv = mode === 'ecb' ? null : new Uint8Array(BLOCK_LENGTHS[cipher]);
    const key = new Uint8Array(KEY_LENGTHS[cipher]);
    if (this.#tried(name, () => this.#functions.createDecipheriv(name, key, iv))) return name;
    // Triple DES with one key three times is DES (ANSI X9.52).
    if (cipher !== 'des') return null;
    const triple = mode === 'cbc' ? 'des-ede3-cbc' : 'des-ede3';
    return this.#tried(triple, () => this.#functions.createDecipheriv(triple, new Uint8Array(24), iv))
      ? triple
      : null;
  }

  #hasNativeAead(cipher: AeadName): boolean {
    const row = AEADS[cipher];
    return this.#tried(cipher, () => {
      const key = new Uint8Array(row.block === null ? 32 : KEY_LENGTHS[row.block]);
      const nothing = new Uint8Array(0);
      const data = new Uint8Array(16);
      if (row.mode === 'ccm') this.#openCcm(row, key, new Uint8Array(12), nothing, data);
      else this.#openChacha(key, new Uint8Array(12), nothing, data);
    });
  }

  #tried(name: string, attempt: () => unknown): boolean {
    let works = this.#isNative.get(name);
    if (works === undefined) {
      try {
        attempt();
        works = true;
      } catch {
        works = false;
      }
      this.#isNative.set(name, works);
    }
    return works;
  }

  #ownCipher(name: BlockCipherName, key: Uint8Array): BlockCipher {
    let own = this.#own.get(key);
    if (own?.name !== name) {
      const cipher = createOwnBlockCipher(name, key);
      if (cipher === null) throw new Error(`no implementation of ${name}`);
      own = { name, cipher };
      this.#own.set(key, own);
    }
    return own.cipher;
  }

  #openGcm(
    name: 'aes-128-gcm' | 'aes-256-gcm',
    key: Uint8Array,
    nonce: Uint8Array,
    additionalData: Uint8Array,
    data: Uint8Array,
  ): Uint8Array | null {
    const length = data.length - 16;
    const decipher = this.#functions.createDecipheriv(name, key, nonce);
    decipher.setAAD(additionalData);
    decipher.setAuthTag(data.subarray(length));
    return finished(decipher, decipher.update(data.subarray(0, length)));
  }

  #openChacha(
    key: Uint8Array,
    nonce: Uint8Array,
    additionalData: Uint8Array,
    data: Uint8Array,
  ): Uint8Array | null {
    const length = data.length - 16;
    const options = { authTagLength: 16 };
    const decipher = this.#functions.createDecipheriv('chacha20-poly1305', key, nonce, options);
    decipher.setAAD(additionalData, { plaintextLength: length });
    decipher.setAuthTag(data.subarray(length));
    return finished(decipher, decipher.update(data.subarray(0, length)));
  }

  #openCcm(
    row: AeadRow,
    key: Uint8Array,
    nonce: Uint8Array,
    additionalData: Uint8Array,
    data: Uint8Array,
  ): Uint8Array | null {
    const length = data.length - row.tagLength;
    const name = row.block === 'aes-128' ? 'aes-128-ccm' : 'aes-256-ccm';
    const options = { authTagLength: row.tagLength };
    const decipher = this.#functions.createDecipheriv(name, key, nonce, options);
    decipher.setAuthTag(data.subarray(length));
    decipher.setAAD(additionalData, { plaintextLength: length });
    // CCM checks its tag before it gives anything away: update is what fails.
    let plain: Uint8Array;
    try {
      plain = decipher.update(data.subarray(0, length));
    } catch {
      return null;
    }
    return finished(decipher, plain);
  }

  #openGcmOverEcb(
    row: AeadRow,
    key: Uint8Array,
    nonce: Uint8Array,
    additionalData: Uint8Array,
    data: Uint8Array,
  ): Uint8Array | null {
    const block = row.block;
    if (block === null) return null;
    return gcmOpen((blocks) => this.ecbEncrypt(block, key, blocks), nonce, additionalData, data);
  }

  #ccmPrimitives(row: AeadRow, key: Uint8Array): CcmPrimitives {
    const block = row.block ?? 'aes-128';
    const native = this.#nativeCipher(block, 'cbc');
    return {
      ecbEncrypt: (data) => this.ecbEncrypt(block, key, data),
      cbcMac: (data) => {
        if (native === null) return cbcMac(this.#ownCipher(block, key), data);
        const cipher = this.#functions.createCipheriv(native, key, new Uint8Array(16));
        cipher.setAutoPadding(false);
        return cipher.update(data).subarray(data.length - 16);
      },
    };
  }
}

function finished(decipher: nodeCrypto.Decipher, plain: Uint8Array): Uint8Array | null {
  try {
    decipher.final();
    return plain;
  } catch {
    return null;
  }
}

/** One DES key three times where triple DES stands in for DES. */
function keyFor(cipher: BlockCipherName, native: string, key: Uint8Array): Uint8Array {
  if (cipher !== 'des' || !native.startsWith('des-ede3')) return key;
  const triple = new Uint8Array(24);
  for (let i = 0; i < 3; i++) triple.set(key, 8 * i);
  return triple;
}

function keep(map: Map<Uint8Array, KeptOpen>, key: Uint8Array, kept: KeptOpen): void {
  map.delete(key);
  if (map.size >= KEPT_OPEN) {
    const oldest = map.keys().next();
    if (oldest.done !== true) map.delete(oldest.value);
  }
  map.set(key, kept);
}

/** Exactly `length` bytes, zeros before; null where more than that stands there. */
function leftPadded(data: Uint8Array, length: number): Uint8Array | null {
  if (data.length === length) return data;
  let from = 0;
  while (data.length - from > length && data[from] === 0) from++;
  if (data.length - from > length) return null;
  const padded = new Uint8Array(length);
  padded.set(data.subarray(from), length - (data.length - from));
  return padded;
}
