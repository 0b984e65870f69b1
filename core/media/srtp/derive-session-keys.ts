import type { BlockCipherName, CryptoBackend } from '../../crypto/backend.ts';
import type { SrtpProfile } from './profiles.ts';

/** The keys of one direction for SRTP or SRTCP (RFC 3711 §4.3). Secrets. */
export interface SessionKeys {
  readonly encryption: Uint8Array;
  readonly authentication: Uint8Array;
  readonly salt: Uint8Array;
}

/** Labels of §4.3.1 and §4.3.2: encryption, authentication, salt. */
const RTP_LABELS = [0, 1, 2] as const;
const RTCP_LABELS = [3, 4, 5] as const;

/**
 * Session keys from a master key and its salt. `round` is index DIV key derivation rate, 0 where keys are derived once.
 * The PRF is AES-CM with the master key's length (RFC 6188 §3), for GCM too (RFC 7714 §11).
 */
export function deriveSessionKeys(
  backend: CryptoBackend,
  profile: SrtpProfile,
  masterKey: Uint8Array,
  masterSalt: Uint8Array,
  control: boolean,
  round: number,
): SessionKeys {
  const [encryption, authentication, salt] = control ? RTCP_LABELS : RTP_LABELS;
  const derive = (label: number, length: number): Uint8Array =>
    aesCounterStream(backend, masterKey, derivationVector(masterSalt, label, round), length).slice(0, length);
  return {
    encryption: derive(encryption, profile.keyLength),
    authentication: profile.cipher === 'aes-gcm' ? NONE : derive(authentication, HMAC_KEY),
    salt: derive(salt, profile.saltLength),
  };
}

/**
 * AES in counter mode (§4.1.1): key stream of at least `length` bytes for the 16-byte vector `iv`, whose last two bytes
 * count blocks.
 */
export function aesCounterStream(
  backend: CryptoBackend,
  key: Uint8Array,
  iv: Uint8Array,
  length: number,
): Uint8Array {
  const blocks = Math.ceil(length / 16);
  const counters = new Uint8Array(16 * blocks);
  for (let block = 0; block < blocks; block += 1) {
    const at = 16 * block;
    counters.set(iv, at);
    counters[at + 14] = block >>> 8;
    counters[at + 15] = block & 0xff;
  }
  return backend.ecbEncrypt(cipherOf(key.length), key, counters);
}

/**
 * x · 2^16 with x = (label, then 48 bits of round) XOR salt, right-aligned (§4.3.1). SRTCP's index is shorter, but the
 * label stands at the same place (§4.3.2 as implementations read it).
 */
function derivationVector(salt: Uint8Array, label: number, round: number): Uint8Array {
  const vector = new Uint8Array(16);
  vector.set(salt.subarray(0, 14));
  vector[7] = vector[7]! ^ label;
  let rest = round;
  for (let i = 0; i < 6; i += 1) {
    vector[13 - i] = vector[13 - i]! ^ (rest & 0xff);
    rest = Math.floor(rest / 256);
  }
  return vector;
}

function cipherOf(keyLength: number): BlockCipherName {
  return keyLength === 32 ? 'aes-256' : keyLength === 24 ? 'aes-192' : 'aes-128';
}

const NONE = new Uint8Array(0);
/** HMAC-SHA1's key, n_a of §5.2. */
const HMAC_KEY = 20;
