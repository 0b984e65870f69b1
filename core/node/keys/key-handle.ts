/** Private keys behind opaque handles: the only place that holds what decrypts. */
import type { KeyObject } from 'node:crypto';
import { constants, createHash, createPrivateKey, createPublicKey, privateDecrypt } from 'node:crypto';
import { encodeHex } from '../../bytes/hex.ts';
import { concatBytes } from '../../bytes/reader.ts';
import type { PrivateKeyHandle } from '../../crypto/backend.ts';
import type { RsaPrivateKey } from '../../keys/rsa-private-key.ts';
import { fromBigInt, powerModulo, toBigInt } from '../../keys/rsa-private-key.ts';
import { decodePublicKeyInfo } from '../../x509/algorithms.ts';
import { childrenOf, decodeElement, magnitudeOf } from '../../x509/der.ts';

/** What crosses to a worker thread by postMessage: structured cloning keeps a KeyObject whole. Never to be logged. */
export interface PortableKey {
  readonly handle: PrivateKeyHandle;
  readonly keyObject: KeyObject | null;
  /** PKCS#1 where the host refuses to make a KeyObject of the key. */
  readonly pkcs1: Uint8Array | null;
}

/** A handle of a checked RSA key. */
export function createPrivateKeyHandle(key: RsaPrivateKey): PrivateKeyHandle {
  const handle: PrivateKeyHandle = {
    kind: 'private-key-handle',
    algorithm: 'rsa',
    bits: key.bits,
    sha256OfPublicKey: sha256Hex(key.spki),
  };
  const keyObject = keyObjectOfDer(key.pkcs1, 'pkcs1');
  keep(handle, keyObject, keyObject === null ? key.pkcs1 : null);
  return handle;
}

export interface SigningKey {
  readonly handle: PrivateKeyHandle;
  /** "EC P-256", "Ed25519". */
  readonly description: string;
}

/**
 * A handle of a key that only signs. `plain` is a PrivateKeyInfo; `spki` its public key where the file says it, else
 * it is computed, which fails where the host does not know the curve: null then.
 */
export function createSigningKeyHandle(plain: Uint8Array, spki: Uint8Array | null): SigningKey | null {
  const keyObject = keyObjectOfDer(plain, 'pkcs8');
  const encoded = spki ?? publicKeyOf(keyObject);
  const element = encoded === null ? null : decodeElement(encoded);
  const publicKey = element?.kind === 'element' ? decodePublicKeyInfo(element) : null;
  if (encoded === null || publicKey === null) return null;
  const { algorithm, bits, description } = publicKey;
  const handle: PrivateKeyHandle = {
    kind: 'private-key-handle',
    algorithm: algorithm === 'ec' || algorithm === 'ed25519' ? algorithm : 'other',
    bits: bits ?? 0,
    sha256OfPublicKey: sha256Hex(encoded),
  };
  keep(handle, keyObject, null);
  return { handle, description };
}

/** The host's own key; null where the host refused it, or for a handle of another process. For crypto-backend.ts only. */
export function keyObjectOf(handle: PrivateKeyHandle): KeyObject | null {
  return KEPT.get(handle)?.keyObject ?? null;
}

/**
 * RSA without padding (RFC 8017 §5.1.2), also for keys that the host refuses: c^d mod n, as long as the modulus. null
 * where `data` is empty, longer than the modulus or no smaller number. Shorter data is taken as the number it is.
 */
export function decryptRsaRaw(handle: PrivateKeyHandle, data: Uint8Array): Uint8Array | null {
  const kept = KEPT.get(handle);
  const length = Math.ceil(handle.bits / 8);
  if (kept === undefined || handle.algorithm !== 'rsa' || data.length === 0 || data.length > length)
    return null;
  // OpenSSL takes shorter data, BoringSSL does not.
  const whole = data.length === length ? data : concatBytes([new Uint8Array(length - data.length), data]);
  if (kept.keyObject !== null)
    try {
      return privateDecrypt({ key: kept.keyObject, padding: constants.RSA_NO_PADDING }, whole);
    } catch {
      return null;
    }
  return kept.pkcs1 === null ? null : decryptByNumbers(kept.pkcs1, whole);
}

/** null for a handle whose key is not in this thread. */
export function exportHandleForWorker(handle: PrivateKeyHandle): PortableKey | null {
  const kept = KEPT.get(handle);
  return kept === undefined ? null : { handle: { ...handle }, ...kept };
}

export function importHandleInWorker(portable: PortableKey): PrivateKeyHandle {
  const handle = { ...portable.handle };
  keep(handle, portable.keyObject, portable.pkcs1);
  return handle;
}

interface Kept {
  readonly keyObject: KeyObject | null;
  readonly pkcs1: Uint8Array | null;
}

const KEPT = new WeakMap<PrivateKeyHandle, Kept>();

function keep(handle: PrivateKeyHandle, keyObject: KeyObject | null, pkcs1: Uint8Array | null): void {
  KEPT.set(handle, { keyObject, pkcs1 });
}

/** Error texts differ between hosts and may quote the input: they are dropped. */
function keyObjectOfDer(der: Uint8Array, type: 'pkcs1' | 'pkcs8'): KeyObject | null {
  try {
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type });
  } catch {
    return null;
  }
}

function publicKeyOf(keyObject: KeyObject | null): Uint8Array | null {
  if (keyObject === null) return null;
  try {
    return createPublicKey(keyObject).export({ format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

/** By the Chinese remainder theorem (RFC 8017 §5.1.2 2b); slow, for sizes beyond the host's limit. */
function decryptByNumbers(pkcs1: Uint8Array, data: Uint8Array): Uint8Array | null {
  const sequence = decodeElement(pkcs1);
  if (sequence.kind === 'malformed') return null;
  const numbers = childrenOf(sequence).elements.map((element) =>
    toBigInt(magnitudeOf(element) ?? new Uint8Array(0)),
  );
  const [, n = 0n, , , p = 0n, q = 0n, dp = 0n, dq = 0n, coefficient = 0n] = numbers;
  const length = fromBigInt(n).length;
  const c = toBigInt(data);
  if (p === 0n || q === 0n || data.length !== length || c >= n) return null;
  const m1 = powerModulo(c % p, dp, p);
  const m2 = powerModulo(c % q, dq, q);
  const h = (((m1 - m2) % p) + p) * coefficient;
  return fromBigInt(m2 + q * (h % p), length);
}

function sha256Hex(bytes: Uint8Array): string {
  return encodeHex(createHash('sha256').update(bytes).digest());
}
