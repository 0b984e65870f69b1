/// <reference path="./node-forge-parts.d.ts" />
/**
 * The ciphers of key containers. Each is tried natively first; what the host's library lacks (DES and RC2 in OpenSSL 3,
 * more in BoringSSL) is done in JavaScript.
 */
import { cbc, gcm } from '@noble/ciphers/aes.js';
import { createDecipheriv } from 'node:crypto';
// Its parts: the whole of node-forge takes longer to load than a small capture to read.
import forge from 'node-forge/lib/forge.js';
import 'node-forge/lib/des.js';
import 'node-forge/lib/rc2.js';
import { concatBytes } from '../../bytes/reader.ts';
import { createAria } from '../../crypto/aria.ts';
import { cbcDecryptBlocks } from '../../crypto/block-cipher.ts';
import { createCamellia } from '../../crypto/camellia.ts';
import { Rc4 } from '../../crypto/rc4.ts';

/** How a container's content is encrypted. Keys of 3DES have 16 or 24 bytes; `effectiveBits` is RC2's. */
export type ContainerCipher =
  | {
      readonly kind: 'cbc';
      readonly name: CbcName;
      readonly keyLength: number;
      readonly effectiveBits: number | null;
    }
  | { readonly kind: 'gcm'; readonly keyLength: number }
  | { readonly kind: 'rc4'; readonly keyLength: number };

export type CbcName =
  'des' | '3des' | 'rc2' | 'aes' | 'camellia' | 'aria' | 'seed' | 'sm4' | 'idea' | 'blowfish' | 'cast5';

export type CipherOutcome =
  | { readonly kind: 'decrypted'; readonly plaintext: Uint8Array }
  /** Padding or tag do not fit: a wrong password, or damage. */
  | { readonly kind: 'wrong-key' }
  /** The host cannot do this cipher and there is no fallback. */
  | { readonly kind: 'unsupported' };

/** Decrypts and takes the padding (RFC 8018 §6.1.1) off. */
export function decryptContent(
  cipher: ContainerCipher,
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): CipherOutcome {
  switch (cipher.kind) {
    case 'rc4': {
      const plaintext = new Uint8Array(data.length);
      new Rc4(key).apply(data, 0, data.length, plaintext, 0);
      return { kind: 'decrypted', plaintext };
    }
    case 'gcm':
      return decryptGcm(key, iv, data);
    case 'cbc': {
      const block = blockLengthOf(cipher.name);
      if (data.length === 0 || data.length % block !== 0 || iv.length !== block) return { kind: 'wrong-key' };
      const padded = decryptCbc(cipher, key, iv, data);
      return padded === null ? { kind: 'unsupported' } : unpad(padded, block);
    }
  }
}

export function blockLengthOf(name: CbcName): 8 | 16 {
  return name === 'aes' || name === 'camellia' || name === 'aria' || name === 'seed' || name === 'sm4'
    ? 16
    : 8;
}

/** CBC without taking the padding off; null where nothing here can do the cipher. */
function decryptCbc(
  cipher: ContainerCipher & { readonly kind: 'cbc' },
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array | null {
  // RC2's native names fix the effective key length; only 128 bits of 128 agree everywhere, so RC2 is always ours.
  if (cipher.name === 'rc2') return forgeRc2(key, iv, data, cipher.effectiveBits ?? key.length * 8);
  const threeKeys =
    cipher.name === '3des' && key.length === 16 ? concatBytes([key, key.subarray(0, 8)]) : key;
  const native = nativeCbc(nativeName(cipher.name, key.length), threeKeys, iv, data);
  if (native !== null) return native;
  switch (cipher.name) {
    case 'aes':
      return cbc(key, iv, { disablePadding: true }).decrypt(data);
    case 'des':
      return forgeDes('DES-CBC', key, iv, data);
    case '3des':
      return forgeDes('3DES-CBC', threeKeys, iv, data);
    case 'camellia':
      return cbcDecryptBlocks(createCamellia(key), iv, data);
    case 'aria':
      return cbcDecryptBlocks(createAria(key), iv, data);
    default:
      return null;
  }
}

/** Full names only: Electron knows no aliases. */
function nativeName(name: CbcName, keyLength: number): string {
  switch (name) {
    case 'des':
      return 'des-cbc';
    case '3des':
      return 'des-ede3-cbc';
    case 'aes':
    case 'camellia':
    case 'aria':
      return `${name}-${keyLength * 8}-cbc`;
    case 'blowfish':
      return 'bf-cbc';
    case 'cast5':
      return 'cast5-cbc';
    case 'seed':
    case 'sm4':
    case 'idea':
    case 'rc2':
      return `${name}-cbc`;
  }
}

function nativeCbc(name: string, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array | null {
  try {
    const decipher = createDecipheriv(name, key, iv).setAutoPadding(false);
    return concatBytes([decipher.update(data), decipher.final()]);
  } catch {
    return null;
  }
}

function decryptGcm(key: Uint8Array, nonce: Uint8Array, data: Uint8Array): CipherOutcome {
  // noble checks the tag in constant time and throws where it does not fit.
  try {
    return { kind: 'decrypted', plaintext: gcm(key, nonce).decrypt(data) };
  } catch {
    return { kind: 'wrong-key' };
  }
}

function forgeDes(
  name: 'DES-CBC' | '3DES-CBC',
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const decipher = forge.cipher.createDecipher(name, forge.util.createBuffer(binary(key)));
  decipher.start({ iv: binary(iv) });
  decipher.update(forge.util.createBuffer(binary(data)));
  // Whole blocks need no finish, which would take the padding off.
  return bytesOf(decipher.output.getBytes());
}

function forgeRc2(key: Uint8Array, iv: Uint8Array, data: Uint8Array, effectiveBits: number): Uint8Array {
  const decipher = forge.rc2.createDecryptionCipher(forge.util.createBuffer(binary(key)), effectiveBits);
  decipher.start(binary(iv), forge.util.createBuffer());
  decipher.update(forge.util.createBuffer(binary(data)));
  decipher.finish(() => true);
  return bytesOf(decipher.output.getBytes());
}

function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

function unpad(padded: Uint8Array, block: number): CipherOutcome {
  const count = padded.at(-1) ?? 0;
  if (count === 0 || count > block || count > padded.length) return { kind: 'wrong-key' };
  for (let at = padded.length - count; at < padded.length; at++)
    if (padded[at] !== count) return { kind: 'wrong-key' };
  return { kind: 'decrypted', plaintext: padded.subarray(0, padded.length - count) };
}
