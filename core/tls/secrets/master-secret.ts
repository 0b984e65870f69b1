import { concatBytes, equalBytes } from '../../bytes/reader.ts';
import type { CryptoBackend } from '../../crypto/backend.ts';
import { describeSource } from '../../keys/key-material.ts';
import type { KeyRing, RingKey } from '../../keys/key-ring.ts';
import { revealed } from '../../keys/secret.ts';
import type { Handshake, SecretSource } from '../handshake.ts';
import { decodeClientKeyExchange } from '../messages/key-exchange.ts';
import type { ResumptionCache } from '../resumption.ts';
import { SSL_3_0, tlsVersionBehind } from '../tables/versions.ts';
import { deriveExtendedMasterSecret, deriveMasterSecret, deriveTranscriptHash } from './prf.ts';

/** A master secret that may be the right one: only a record or Finished that authenticates proves it. */
export interface MasterCandidate {
  readonly masterSecret: Uint8Array;
  readonly source: SecretSource;
}

/** What finding a master secret needs beside the handshake itself. */
export interface SecretFinder {
  readonly backend: CryptoBackend;
  readonly keys: KeyRing;
  readonly resumption: ResumptionCache;
  /** SHA-256 of the SubjectPublicKeyInfo of a DER certificate, lower-case hexadecimal; null where it cannot be read. */
  fingerprintOf(certificate: Uint8Array): string | null;
  /** c^d mod n of a ClientKeyExchange; may answer from a batch that ran before. */
  rsaDecrypt(key: RingKey, encrypted: Uint8Array): Uint8Array | null;
}

/**
 * Every master secret that the loaded keys give for a handshake of TLS 1.2 or before, the most trustworthy first.
 * `transcript` holds the handshake messages from the ClientHello to the ClientKeyExchange, with headers; null where
 * some are missing. Notes on the handshake what was tried and what failed.
 */
export function findMasterSecrets(
  finder: SecretFinder,
  handshake: Handshake,
  transcript: Uint8Array | null,
): MasterCandidate[] {
  const candidates: MasterCandidate[] = [];
  const add = (masterSecret: Uint8Array, source: SecretSource): void => {
    if (!candidates.some((known) => equalBytes(known.masterSecret, masterSecret)))
      candidates.push({ masterSecret, source });
  };
  fromKeyLogs(finder, handshake, add);
  fromResumption(finder, handshake, add);
  if (handshake.clientKeyExchange !== null)
    for (const premaster of findPremasters(finder, handshake)) {
      const master = masterOf(finder, handshake, premaster.secret, transcript);
      if (master !== null) add(master, premaster.source);
    }
  return candidates;
}

type Add = (masterSecret: Uint8Array, source: SecretSource) => void;

function fromKeyLogs(finder: SecretFinder, handshake: Handshake, add: Add): void {
  const { clientRandom, serverSessionId } = handshake;
  for (const { log, source } of finder.keys.keyLogs()) {
    const name = source.name;
    if (clientRandom !== null)
      for (const found of log.secretsFor('CLIENT_RANDOM', clientRandom))
        add(found.secret, { kind: 'keylog', name, line: found.line, label: 'CLIENT_RANDOM' });
    if (serverSessionId.length > 0)
      for (const found of log.masterForSessionId(serverSessionId))
        add(found.secret, { kind: 'keylog', name, line: found.line, label: 'RSA Session-ID' });
  }
}

function fromResumption(finder: SecretFinder, handshake: Handshake, add: Add): void {
  if (handshake.resumed === null || handshake.resumed === 'psk') return;
  const attempts: ['session-id' | 'ticket', Uint8Array | null][] = [
    ['ticket', handshake.offeredTicket],
    ['session-id', handshake.serverSessionId],
  ];
  for (const [by, id] of attempts) {
    if (id === null || id.length === 0) continue;
    const found = finder.resumption.secretOf(by, id);
    if (found !== null)
      add(found.masterSecret, { kind: 'resumed', from: found.conversation, by, source: found.source });
  }
}

export interface Premaster {
  readonly secret: Uint8Array;
  readonly source: SecretSource;
}

/** Pre-master secrets for the ClientKeyExchange that was seen (RFC 5246 §8.1, RFC 4279 §2 to 4). */
export function findPremasters(finder: SecretFinder, handshake: Handshake): Premaster[] {
  const exchange = handshake.clientKeyExchange;
  const suite = handshake.suite;
  if (exchange === null || suite === null) return [];
  const message = decodeClientKeyExchange(
    exchange.body,
    suite.keyExchange,
    tlsVersionBehind(handshake.version) === SSL_3_0,
  );
  const found: Premaster[] = [];
  for (const { log, source } of finder.keys.keyLogs())
    if (handshake.clientRandom !== null)
      for (const line of log.secretsFor('PMS_CLIENT_RANDOM', handshake.clientRandom))
        found.push({
          secret: line.secret,
          source: { kind: 'keylog', name: source.name, line: line.line, label: 'PMS_CLIENT_RANDOM' },
        });
  switch (suite.keyExchange) {
    case 'rsa':
    case 'rsa-export':
      if (message.encryptedPreMaster !== null)
        found.push(...rsaPremasters(finder, handshake, message.encryptedPreMaster));
      break;
    case 'rsa-psk':
      if (message.encryptedPreMaster !== null)
        for (const rsa of rsaPremasters(finder, handshake, message.encryptedPreMaster))
          for (const psk of finder.keys.psksFor(message.pskIdentity ?? EMPTY))
            found.push({ secret: pskPremaster(rsa.secret, revealed(psk.key)), source: rsa.source });
      break;
    case 'psk':
      for (const psk of finder.keys.psksFor(message.pskIdentity ?? EMPTY)) {
        const key = revealed(psk.key);
        found.push({
          secret: pskPremaster(new Uint8Array(key.length), key),
          source: { kind: 'psk', name: describeSource(psk.source), identity: psk.identity ?? '' },
        });
      }
      break;
    default:
  }
  return found;
}

function rsaPremasters(finder: SecretFinder, handshake: Handshake, encrypted: Uint8Array): Premaster[] {
  const found: Premaster[] = [];
  for (const { log, source } of finder.keys.keyLogs())
    for (const line of log.premastersFor(encrypted.subarray(0, 8)))
      found.push({
        secret: line.secret,
        source: { kind: 'keylog', name: source.name, line: line.line, label: 'RSA' },
      });
  const certificate = handshake.serverCertificates[0];
  const fingerprint = certificate === undefined ? null : finder.fingerprintOf(certificate);
  const named = fingerprint === null ? null : finder.keys.rsaKeyOf(fingerprint);
  // Without a readable Certificate every key is tried: padding and length propose, a record or Finished proves.
  const keys =
    fingerprint === null ? finder.keys.rsaKeys().slice(0, MOST_KEYS_TRIED) : named === null ? [] : [named];
  for (const key of keys) {
    if (fingerprint === null) handshake.keysTried += 1;
    const block = finder.rsaDecrypt(key, encrypted);
    const secret = block === null ? null : unpadPremaster(block);
    if (secret === null) continue;
    found.push({
      secret,
      source: {
        kind: 'rsa-key',
        name: key.source.name,
        sha256OfPublicKey: key.handle.sha256OfPublicKey,
        tried: fingerprint === null,
      },
    });
  }
  // The version the client put first goes first; another is let through, since Finished decides (RFC 5246 §7.4.7.1).
  const wanted = handshake.offeredVersion;
  return found.sort(
    (a, b) => Number(versionIn(b.secret) === wanted) - Number(versionIn(a.secret) === wanted),
  );
}

/** EME-PKCS1-v1_5: 00 02, at least eight non-zero bytes, 00, then the 48 bytes (RFC 8017 §7.2.2). null if it is not that. */
export function unpadPremaster(block: Uint8Array): Uint8Array | null {
  const start = block.length - PREMASTER_LENGTH;
  if (start < 11 || block[0] !== 0 || block[1] !== 2 || block[start - 1] !== 0) return null;
  for (let i = 2; i < start - 1; i += 1) if (block[i] === 0) return null;
  return block.slice(start);
}

function versionIn(premaster: Uint8Array): number {
  return ((premaster[0] ?? 0) << 8) | (premaster[1] ?? 0);
}

/** other_secret and PSK, each behind its 16-bit length (RFC 4279 §2). */
function pskPremaster(other: Uint8Array, psk: Uint8Array): Uint8Array {
  return concatBytes([u16Bytes(other.length), other, u16Bytes(psk.length), psk]);
}

function u16Bytes(value: number): Uint8Array {
  return new Uint8Array([value >>> 8, value & 0xff]);
}

function masterOf(
  finder: SecretFinder,
  handshake: Handshake,
  premaster: Uint8Array,
  transcript: Uint8Array | null,
): Uint8Array | null {
  const { suite, clientRandom, serverRandom, version } = handshake;
  if (suite === null || suite.prfHash === null || clientRandom === null || serverRandom === null) return null;
  if (!handshake.extendedMasterSecret)
    return deriveMasterSecret(
      finder.backend,
      tlsVersionBehind(version),
      suite.prfHash,
      premaster,
      clientRandom,
      serverRandom,
    );
  if (transcript === null) {
    handshake.keyFailure = 'transcript-incomplete';
    return null;
  }
  const sessionHash = deriveTranscriptHash(finder.backend, version, suite.prfHash, transcript);
  return deriveExtendedMasterSecret(finder.backend, version, suite.prfHash, premaster, sessionHash);
}

const PREMASTER_LENGTH = 48;
/** A bound on RSA operations for one handshake without a certificate. */
const MOST_KEYS_TRIED = 64;
const EMPTY = new Uint8Array(0);
