/**
 * From premaster secret to master secret to Finished, for SSL 3.0 (RFC 6101), TLS 1.0 and 1.1 (RFC 2246, 4346) and
 * TLS 1.2 (RFC 5246). Versions are wire values; DTLS versions are taken as the TLS versions that they were made from.
 * All secrets and randoms are raw bytes.
 */
import { concatBytes } from '../../bytes/reader.ts';
import type { CryptoBackend, HashName } from '../../crypto/backend.ts';
import { SSL_3_0, TLS_1_2, tlsVersionBehind } from '../tables/versions.ts';

/**
 * The pseudorandom function of a version (RFC 5246 §5, RFC 2246 §5): `length` bytes from secret, label and seed.
 * `prfHash` is the suite's and counts from TLS 1.2 on. SSL 3.0 has no PRF; it gets TLS 1.0's.
 */
export function derivePrf(
  backend: CryptoBackend,
  version: number,
  prfHash: HashName,
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  const labelled = concatBytes([asciiBytes(label), seed]);
  if (tlsVersionBehind(version) >= TLS_1_2) return expandByHash(backend, prfHash, secret, labelled, length);
  // Two halves that share the middle byte where the length is odd (RFC 2246 §5).
  const half = Math.ceil(secret.length / 2);
  const output = expandByHash(backend, 'md5', secret.subarray(0, half), labelled, length);
  const other = expandByHash(backend, 'sha1', secret.subarray(secret.length - half), labelled, length);
  for (let i = 0; i < length; i++) output[i] = output[i]! ^ other[i]!;
  return output;
}

/** The 48-byte master secret (RFC 5246 §8.1, RFC 6101 §6.1). */
export function deriveMasterSecret(
  backend: CryptoBackend,
  version: number,
  prfHash: HashName,
  premasterSecret: Uint8Array,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
): Uint8Array {
  if (version === SSL_3_0)
    return deriveSsl3Block(backend, premasterSecret, clientRandom, serverRandom, MASTER_SECRET_LENGTH);
  const seed = concatBytes([clientRandom, serverRandom]);
  return derivePrf(backend, version, prfHash, premasterSecret, 'master secret', seed, MASTER_SECRET_LENGTH);
}

/** The 48-byte extended master secret; `sessionHash` is the transcript's up to the ClientKeyExchange (RFC 7627 §4). */
export function deriveExtendedMasterSecret(
  backend: CryptoBackend,
  version: number,
  prfHash: HashName,
  premasterSecret: Uint8Array,
  sessionHash: Uint8Array,
): Uint8Array {
  const label = 'extended master secret';
  return derivePrf(backend, version, prfHash, premasterSecret, label, sessionHash, MASTER_SECRET_LENGTH);
}

/**
 * Hash of handshake messages as the version's Finished and extended master secret want it (RFC 5246 §7.4.9):
 * MD5 and SHA-1 one after the other before TLS 1.2, then the suite's PRF hash. `messages` are whole handshake messages
 * with their headers (DTLS: with the 12-byte headers of the unfragmented message, RFC 6347 §4.2.6).
 */
export function deriveTranscriptHash(
  backend: CryptoBackend,
  version: number,
  prfHash: HashName,
  messages: Uint8Array,
): Uint8Array {
  if (tlsVersionBehind(version) >= TLS_1_2) return backend.hash(prfHash, messages);
  return concatBytes([backend.hash('md5', messages), backend.hash('sha1', messages)]);
}

/** The 12 bytes that a Finished message of TLS 1.0 to 1.2 carries (RFC 5246 §7.4.9). */
export function deriveFinishedVerifyData(
  backend: CryptoBackend,
  version: number,
  prfHash: HashName,
  masterSecret: Uint8Array,
  sender: 'client' | 'server',
  transcriptHash: Uint8Array,
): Uint8Array {
  const label = sender === 'client' ? 'client finished' : 'server finished';
  return derivePrf(backend, version, prfHash, masterSecret, label, transcriptHash, 12);
}

/** The 36 bytes of a Finished message of SSL 3.0 (RFC 6101 §5.6.9), over the handshake messages themselves. */
export function deriveSsl3Finished(
  backend: CryptoBackend,
  masterSecret: Uint8Array,
  sender: 'client' | 'server',
  messages: Uint8Array,
): Uint8Array {
  const senderBytes = asciiBytes(sender === 'client' ? 'CLNT' : 'SRVR');
  const parts = (['md5', 'sha1'] as const).map((hash) => {
    const padLength = hash === 'md5' ? 48 : 40;
    const pad1 = new Uint8Array(padLength).fill(0x36);
    const pad2 = new Uint8Array(padLength).fill(0x5c);
    const inner = backend.hash(hash, concatBytes([messages, senderBytes, masterSecret, pad1]));
    return backend.hash(hash, concatBytes([masterSecret, pad2, inner]));
  });
  return concatBytes(parts);
}

/**
 * SSL 3.0's expansion (RFC 6101 §6.1, §6.2.2): MD5(secret + SHA-1('A' + secret + first + second)) + the same with 'BB' …
 * The master secret takes client random before server random, the key block the other way round.
 */
export function deriveSsl3Block(
  backend: CryptoBackend,
  secret: Uint8Array,
  firstRandom: Uint8Array,
  secondRandom: Uint8Array,
  length: number,
): Uint8Array {
  const output = new Uint8Array(Math.ceil(length / 16) * 16);
  for (let round = 0; round * 16 < length; round++) {
    const salt = new Uint8Array(round + 1).fill(0x41 + round);
    const inner = backend.hash('sha1', concatBytes([salt, secret, firstRandom, secondRandom]));
    output.set(backend.hash('md5', concatBytes([secret, inner])), round * 16);
  }
  return output.subarray(0, length);
}

const MASTER_SECRET_LENGTH = 48;

/** P_hash (RFC 5246 §5). One buffer holds A(i) with the seed behind it, so that each round is two HMACs, no copies. */
function expandByHash(
  backend: CryptoBackend,
  hash: HashName,
  secret: Uint8Array,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  const output = new Uint8Array(length);
  let a = backend.hmac(hash, secret, seed);
  const chained = new Uint8Array(a.length + seed.length);
  chained.set(seed, a.length);
  for (let at = 0; at < length;) {
    chained.set(a, 0);
    const block = backend.hmac(hash, secret, chained);
    const wanted = Math.min(block.length, length - at);
    output.set(wanted === block.length ? block : block.subarray(0, wanted), at);
    at += wanted;
    if (at < length) a = backend.hmac(hash, secret, a);
  }
  return output;
}

function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
