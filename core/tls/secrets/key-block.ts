/** From master secret to the keys of both directions, for SSL 3.0 to TLS 1.2 and DTLS 1.0 and 1.2. */
import { concatBytes } from '../../bytes/reader.ts';
import type { CryptoBackend, HashName } from '../../crypto/backend.ts';
import type { RecordProtection } from '../open/batch.ts';
import type { CipherSuite } from '../tables/cipher-suites.ts';
import { SSL_3_0, TLS_1_0, tlsVersionBehind } from '../tables/versions.ts';
import { derivePrf, deriveSsl3Block } from './prf.ts';

export interface KeyBlock {
  readonly client: RecordProtection;
  readonly server: RecordProtection;
  /**
   * The IV of each direction's first record: CBC suites of SSL 3.0 and TLS 1.0, where later records chain on (RFC 2246
   * §6.2.3.2). Empty for all others.
   */
  readonly clientIv: Uint8Array;
  readonly serverIv: Uint8Array;
}

export interface KeyBlockOptions {
  /** encrypt_then_mac was agreed (RFC 7366); counts for CBC suites only. */
  readonly encryptThenMac?: boolean;
  /** truncated_hmac was agreed (RFC 6066 §7). */
  readonly truncatedHmac?: boolean;
}

/**
 * The key block, cut and dressed (RFC 5246 §6.3, RFC 6101 §6.2.2). Randoms are 32 bytes each. null where the suite's
 * records cannot be opened (unknown ciphers, TLS 1.3 suites, signals).
 */
export function deriveKeyBlock(
  backend: CryptoBackend,
  version: number,
  suite: CipherSuite,
  masterSecret: Uint8Array,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
  options: KeyBlockOptions = {},
): KeyBlock | null {
  if (suite.prfHash === null || suite.keyExchange === 'tls13') return null;
  if (suite.kind === 'unknown' || suite.kind === 'signal') return null;
  const tlsVersion = tlsVersionBehind(version);
  const ivLength = ivLengthOf(suite, tlsVersion);
  const keyLength = suite.exportKeyLength > 0 ? suite.exportKeyLength : suite.keyLength;
  // An exportable suite's IVs do not come from the key block (RFC 2246 §6.3.1).
  const ivLengthInBlock = suite.exportKeyLength > 0 ? 0 : ivLength;
  const length = 2 * (suite.macLength + keyLength + ivLengthInBlock);
  const block = expand(backend, tlsVersion, suite.prfHash, masterSecret, clientRandom, serverRandom, length);

  let at = 0;
  const cut = (bytes: number): Uint8Array => block.slice(at, (at += bytes));
  const clientMac = cut(suite.macLength);
  const serverMac = cut(suite.macLength);
  let clientKey = cut(keyLength);
  let serverKey = cut(keyLength);
  let clientIv = cut(ivLengthInBlock);
  let serverIv = cut(ivLengthInBlock);
  if (suite.exportKeyLength > 0) {
    const finish = exportFinisher(backend, tlsVersion, suite.prfHash, clientRandom, serverRandom);
    clientKey = finish.key(clientKey, 'client', suite.keyLength);
    serverKey = finish.key(serverKey, 'server', suite.keyLength);
    [clientIv, serverIv] = finish.ivs(ivLength);
  }
  const client = protectionOf(suite, tlsVersion, clientKey, clientMac, clientIv, options);
  const server = protectionOf(suite, tlsVersion, serverKey, serverMac, serverIv, options);
  if (client === null || server === null) return null;
  const chained = suite.kind === 'cbc' && tlsVersion <= TLS_1_0;
  return {
    client,
    server,
    clientIv: chained ? clientIv : EMPTY,
    serverIv: chained ? serverIv : EMPTY,
  };
}

const EMPTY = new Uint8Array(0);

/** Bytes of IV that each direction takes out of the key block. */
function ivLengthOf(suite: CipherSuite, tlsVersion: number): number {
  if (suite.kind === 'cbc') return tlsVersion <= TLS_1_0 ? suite.blockLength : 0;
  if (suite.kind !== 'aead') return 0;
  // Salt of RFC 5288 §3 and RFC 6655 §3, whole nonce of RFC 7905 §2.
  return suite.cipher === 'chacha20-poly1305' ? 12 : 4;
}

function expand(
  backend: CryptoBackend,
  tlsVersion: number,
  prfHash: HashName,
  masterSecret: Uint8Array,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
  length: number,
): Uint8Array {
  if (tlsVersion === SSL_3_0)
    return deriveSsl3Block(backend, masterSecret, serverRandom, clientRandom, length);
  const seed = concatBytes([serverRandom, clientRandom]);
  return derivePrf(backend, tlsVersion, prfHash, masterSecret, 'key expansion', seed, length);
}

function protectionOf(
  suite: CipherSuite,
  tlsVersion: number,
  key: Uint8Array,
  macKey: Uint8Array,
  iv: Uint8Array,
  options: KeyBlockOptions,
): RecordProtection | null {
  const ssl3 = tlsVersion === SSL_3_0;
  const truncated = options.truncatedHmac === true && !ssl3;
  const macLength = truncated ? Math.min(10, suite.macLength) : suite.macLength;
  // TLS_NULL_WITH_NULL_NULL has no MAC at all: length 0, whatever hash is named.
  const mac = suite.mac ?? 'sha1';
  const cipher = suite.cipher;
  if (suite.kind === 'null') return { kind: 'stream', cipher: 'null', mac, macLength, ssl3, key, macKey };
  switch (cipher) {
    case null:
      return null;
    case 'rc4':
      return { kind: 'stream', cipher, mac, macLength, ssl3, key, macKey };
    case 'aes-128-gcm':
    case 'aes-256-gcm':
    case 'aes-128-ccm':
    case 'aes-256-ccm':
    case 'aes-128-ccm-8':
    case 'aes-256-ccm-8':
    case 'camellia-128-gcm':
    case 'camellia-256-gcm':
    case 'aria-128-gcm':
    case 'aria-256-gcm':
    case 'sm4-gcm':
    case 'sm4-ccm':
      return { kind: 'aead', cipher, key, iv, explicitNonceLength: 8, tls13: false };
    case 'chacha20-poly1305':
      return { kind: 'aead', cipher, key, iv, explicitNonceLength: 0, tls13: false };
    default:
      return {
        kind: 'cbc',
        cipher,
        blockLength: suite.blockLength === 8 ? 8 : 16,
        mac,
        macLength,
        explicitIv: tlsVersion > TLS_1_0,
        encryptThenMac: options.encryptThenMac === true && !ssl3,
        ssl3,
        key,
        macKey,
      };
  }
}

interface ExportFinisher {
  readonly key: (material: Uint8Array, side: 'client' | 'server', length: number) => Uint8Array;
  readonly ivs: (length: number) => [Uint8Array, Uint8Array];
}

/** The last step of exportable suites: long keys out of short material (RFC 2246 §6.3.1, RFC 6101 §6.2.2.1). */
function exportFinisher(
  backend: CryptoBackend,
  tlsVersion: number,
  prfHash: HashName,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
): ExportFinisher {
  const clientFirst = concatBytes([clientRandom, serverRandom]);
  const serverFirst = concatBytes([serverRandom, clientRandom]);
  if (tlsVersion === SSL_3_0)
    return {
      key: (material, side, length) =>
        backend
          .hash('md5', concatBytes([material, side === 'client' ? clientFirst : serverFirst]))
          .slice(0, length),
      ivs: (length) => [
        backend.hash('md5', clientFirst).slice(0, length),
        backend.hash('md5', serverFirst).slice(0, length),
      ],
    };
  return {
    key: (material, side, length) =>
      derivePrf(backend, tlsVersion, prfHash, material, `${side} write key`, clientFirst, length),
    ivs: (length) => {
      const block = derivePrf(backend, tlsVersion, prfHash, EMPTY, 'IV block', clientFirst, 2 * length);
      return [block.slice(0, length), block.slice(length)];
    },
  };
}
