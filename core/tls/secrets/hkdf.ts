/**
 * HKDF (RFC 5869) and what TLS 1.3 (RFC 8446 §7) and DTLS 1.3 (RFC 9147 §5.9) make with it: record keys from a traffic
 * secret, the next secret after a KeyUpdate, Finished keys, and DTLS's mask over record numbers.
 */
import type { AeadName, BlockCipherName, CryptoBackend, HashName } from '../../crypto/backend.ts';
import { chacha20Block } from '../../crypto/chacha20-block.ts';
import type { RecordProtection } from '../open/batch.ts';
import type { CipherSuite } from '../tables/cipher-suites.ts';

/** Whose label prefix: "tls13 ", "dtls13" (RFC 9147 §5.9), or that of TLS 1.3 drafts up to 19. */
export type LabelPrefix = 'tls13' | 'dtls13' | 'TLS 1.3, ';

/** HKDF-Extract (RFC 5869 §2.2). An empty salt stands for one of zeros. */
export function hkdfExtract(
  backend: CryptoBackend,
  hash: HashName,
  salt: Uint8Array,
  inputKeyingMaterial: Uint8Array,
): Uint8Array {
  return backend.hmac(hash, salt, inputKeyingMaterial);
}

/** HKDF-Expand (RFC 5869 §2.3); at most 255 blocks of the hash. */
export function hkdfExpand(
  backend: CryptoBackend,
  hash: HashName,
  pseudorandomKey: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array {
  const output = new Uint8Array(length);
  let previous = new Uint8Array(0);
  for (let at = 0, round = 1; at < length; round++) {
    const input = new Uint8Array(previous.length + info.length + 1);
    input.set(previous, 0);
    input.set(info, previous.length);
    input[input.length - 1] = round;
    previous = new Uint8Array(backend.hmac(hash, pseudorandomKey, input));
    output.set(previous.subarray(0, Math.min(previous.length, length - at)), at);
    at += previous.length;
  }
  return output;
}

/** HKDF-Expand-Label (RFC 8446 §7.1). `label` without its prefix. */
export function hkdfExpandLabel(
  backend: CryptoBackend,
  hash: HashName,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
  prefix: LabelPrefix = 'tls13',
): Uint8Array {
  // TLS's prefix ends in a space, DTLS's does not.
  const full = (prefix === 'tls13' ? 'tls13 ' : prefix) + label;
  const info = new Uint8Array(4 + full.length + context.length);
  info[0] = length >>> 8;
  info[1] = length & 0xff;
  info[2] = full.length;
  for (let i = 0; i < full.length; i++) info[3 + i] = full.charCodeAt(i);
  info[3 + full.length] = context.length;
  info.set(context, 4 + full.length);
  return hkdfExpand(backend, hash, secret, info, length);
}

/** Derive-Secret (RFC 8446 §7.1), given the hash of the messages. */
export function deriveSecret(
  backend: CryptoBackend,
  hash: HashName,
  secret: Uint8Array,
  label: string,
  transcriptHash: Uint8Array,
  prefix: LabelPrefix = 'tls13',
): Uint8Array {
  return hkdfExpandLabel(backend, hash, secret, label, transcriptHash, transcriptHash.length, prefix);
}

/** Record keys of one direction (RFC 8446 §7.3). null where the suite is none of TLS 1.3 that can be opened. */
export function deriveTrafficProtection(
  backend: CryptoBackend,
  suite: CipherSuite,
  trafficSecret: Uint8Array,
  prefix: LabelPrefix = 'tls13',
): RecordProtection | null {
  const cipher = aeadOf(suite);
  if (cipher === null || suite.prfHash === null) return null;
  const key = hkdfExpandLabel(backend, suite.prfHash, trafficSecret, 'key', EMPTY, suite.keyLength, prefix);
  const iv = hkdfExpandLabel(backend, suite.prfHash, trafficSecret, 'iv', EMPTY, 12, prefix);
  return { kind: 'aead', cipher, key, iv, explicitNonceLength: 0, tls13: true };
}

/** The traffic secret after a KeyUpdate (RFC 8446 §7.2). */
export function deriveNextTrafficSecret(
  backend: CryptoBackend,
  hash: HashName,
  trafficSecret: Uint8Array,
  prefix: LabelPrefix = 'tls13',
): Uint8Array {
  return hkdfExpandLabel(backend, hash, trafficSecret, 'traffic upd', EMPTY, trafficSecret.length, prefix);
}

/** The body of a TLS 1.3 Finished message (RFC 8446 §4.4.4) made with a handshake traffic secret. */
export function deriveTls13Finished(
  backend: CryptoBackend,
  hash: HashName,
  handshakeTrafficSecret: Uint8Array,
  transcriptHash: Uint8Array,
  prefix: LabelPrefix = 'tls13',
): Uint8Array {
  const length = handshakeTrafficSecret.length;
  const key = hkdfExpandLabel(backend, hash, handshakeTrafficSecret, 'finished', EMPTY, length, prefix);
  return backend.hmac(hash, key, transcriptHash);
}

/** DTLS 1.3's key for record numbers (RFC 9147 §4.2.3). null where the suite cannot be opened. */
export function deriveSequenceNumberKey(
  backend: CryptoBackend,
  suite: CipherSuite,
  trafficSecret: Uint8Array,
): Uint8Array | null {
  if (aeadOf(suite) === null || suite.prfHash === null) return null;
  return hkdfExpandLabel(backend, suite.prfHash, trafficSecret, 'sn', EMPTY, suite.keyLength, 'dtls13');
}

/**
 * The mask that hides a DTLS 1.3 record's sequence number (RFC 9147 §4.2.3), 16 bytes of which the first one or two
 * count. `sample` is the first 16 bytes of the record's ciphertext. null where the suite cannot be opened.
 */
export function deriveSequenceNumberMask(
  backend: CryptoBackend,
  suite: CipherSuite,
  sequenceNumberKey: Uint8Array,
  sample: Uint8Array,
): Uint8Array | null {
  const cipher = aeadOf(suite);
  if (cipher === null || sample.length < 16) return null;
  if (cipher === 'chacha20-poly1305') {
    // The first four bytes count blocks, little-endian, the other twelve are the nonce.
    const counter = new DataView(sample.buffer, sample.byteOffset).getUint32(0, true);
    return chacha20Block(sequenceNumberKey, counter, sample.subarray(4, 16)).subarray(0, 16);
  }
  const block = blockCipherOf(cipher);
  return block === null ? null : backend.ecbEncrypt(block, sequenceNumberKey, sample.subarray(0, 16));
}

const EMPTY = new Uint8Array(0);

function aeadOf(suite: CipherSuite): AeadName | null {
  if (suite.kind !== 'aead' || suite.keyExchange !== 'tls13') return null;
  switch (suite.cipher) {
    case 'aes-128-gcm':
    case 'aes-256-gcm':
    case 'aes-128-ccm':
    case 'aes-128-ccm-8':
    case 'chacha20-poly1305':
    case 'sm4-gcm':
    case 'sm4-ccm':
      return suite.cipher;
    default:
      return null;
  }
}

function blockCipherOf(cipher: AeadName): BlockCipherName | null {
  if (cipher.startsWith('aes-128')) return 'aes-128';
  if (cipher.startsWith('aes-256')) return 'aes-256';
  return cipher.startsWith('sm4') ? 'sm4' : null;
}
