/**
 * What a cipher suite is, read from its registered name: the name is a grammar
 * (`TLS_<key exchange>_WITH_<cipher>_<MAC or PRF hash>`, TLS 1.3: `TLS_<AEAD>_<hash>`).
 */
import type { AeadName, BlockCipherName, HashName } from '../../crypto/backend.ts';
import { CIPHER_SUITE_NAMES } from './cipher-suite-names.ts';

export type KeyExchange =
  | 'null'
  | 'rsa'
  /** RSA with a temporary key of 512 or 1024 bits where the certificate's key is longer (RFC 2246 §7.4.3). */
  | 'rsa-export'
  | 'dh-rsa'
  | 'dh-dss'
  | 'dhe-rsa'
  | 'dhe-dss'
  | 'dh-anon'
  | 'ecdh-rsa'
  | 'ecdh-ecdsa'
  | 'ecdhe-rsa'
  | 'ecdhe-ecdsa'
  | 'ecdh-anon'
  | 'psk'
  | 'dhe-psk'
  | 'rsa-psk'
  | 'ecdhe-psk'
  | 'srp'
  | 'srp-rsa'
  | 'srp-dss'
  | 'krb5'
  | 'eccpwd'
  | 'ecjpake'
  | 'fortezza'
  | 'gost'
  /** GB/T 38636 (TLCP): SM2 and identity-based variants. */
  | 'tlcp'
  /** TLS 1.3: agreed apart from the suite. */
  | 'tls13'
  | 'unknown';

export type SuiteKind =
  | 'cbc'
  | 'stream'
  | 'aead'
  /** Not encrypted at all: a MAC, or nothing. */
  | 'null'
  /** Not a cipher: a signal in the list (GREASE, the renegotiation and fallback SCSVs). */
  | 'signal'
  /** Known by name at most; no record of it can be opened. */
  | 'unknown';

export interface CipherSuite {
  readonly id: number;
  readonly name: string;
  readonly keyExchange: KeyExchange;
  readonly kind: SuiteKind;
  /** The name of the cipher as the suite's name has it, for people: "AES_256_CBC"; empty where unknown. */
  readonly cipherName: string;
  /** The backend's name of it; null where there is none (kinds null, signal, unknown). */
  readonly cipher: BlockCipherName | AeadName | 'rc4' | null;
  /** Bytes of the cipher's key. */
  readonly keyLength: number;
  /** Bytes of the key block that an exportable suite makes its key from (RFC 2246 §6.3.1), else 0. */
  readonly exportKeyLength: number;
  /** Block length of a CBC cipher, else 0. */
  readonly blockLength: 0 | 8 | 16;
  /** The HMAC of CBC, stream and null suites; null for AEAD. */
  readonly mac: HashName | null;
  readonly macLength: number;
  /** Bytes of the AEAD's tag, else 0. */
  readonly tagLength: number;
  /** Hash of the TLS 1.2 PRF or of TLS 1.3's key schedule; null where we do not have it (SM3, Streebog). */
  readonly prfHash: HashName | null;
  /**
   * True where no long-term key opens recorded traffic: ephemeral or anonymous (EC)DH, TLS 1.3. `rsa-export` is not among
   * them, since only the handshake tells: with a ServerKeyExchange its RSA key is a temporary one.
   */
  readonly forwardSecret: boolean;
  /** True where Wireshark 4.0 takes the suite for its CIPHER state bit. */
  readonly knownToWireshark: boolean;
}

/** The suite with this id. Ids outside the registry get kind `unknown` and a name that shows the number. */
export function cipherSuiteOf(id: number): CipherSuite {
  const known = cache.get(id);
  if (known !== undefined) return known;
  const suite = makeSuite(id, nameOfSuite(id));
  cache.set(id, suite);
  return suite;
}

/** The suite with this registered name (case ignored), or null. */
export function cipherSuiteNamed(name: string): CipherSuite | null {
  const wanted = name.toUpperCase();
  const found = NAMES.find(([, known]) => known.toUpperCase() === wanted);
  return found === undefined ? null : cipherSuiteOf(Number(found[0]));
}

/** Every id of the table, ascending. GREASE values are not among them. */
export function knownCipherSuiteIds(): number[] {
  return NAMES.map(([id]) => Number(id)).sort((a, b) => a - b);
}

/** The sixteen values 0x0a0a, 0x1a1a … 0xfafa that stand for nothing (RFC 8701 §2). */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 0xff);
}

const NAMES: readonly (readonly [string, string])[] = Object.entries(CIPHER_SUITE_NAMES);
const NAME_OF_ID: ReadonlyMap<number, string> = new Map(NAMES.map(([id, name]) => [Number(id), name]));
// At most 65,536 entries: ids are 16 bits wide on the wire.
const cache = new Map<number, CipherSuite>();

function nameOfSuite(id: number): string {
  if (isGrease(id)) return `GREASE (0x${hex16(id)})`;
  return NAME_OF_ID.get(id) ?? `Unknown (0x${hex16(id)})`;
}

function hex16(value: number): string {
  return value.toString(16).padStart(4, '0');
}

const BARE = {
  cipherName: '',
  cipher: null,
  keyLength: 0,
  exportKeyLength: 0,
  blockLength: 0,
  mac: null,
  macLength: 0,
  tagLength: 0,
  prfHash: null,
  forwardSecret: false,
  knownToWireshark: false,
} as const;

function makeSuite(id: number, name: string): CipherSuite {
  if (isGrease(id) || name.endsWith('_SCSV'))
    return { ...BARE, id, name, keyExchange: 'unknown', kind: 'signal' };
  const keyExchange = keyExchangeOf(name);
  const protection = protectionOf(name);
  const forwardSecret = FORWARD_SECRET.has(keyExchange);
  // The draft of 2013 has another nonce and another tag layout than RFC 7905.
  const found: Protection =
    protection === null || name.endsWith('_DRAFT') ? { ...BARE, kind: 'unknown' } : protection;
  const suite: CipherSuite = { ...BARE, ...found, id, name, keyExchange, forwardSecret };
  return { ...suite, knownToWireshark: isKnownToWireshark(suite) };
}

const FORWARD_SECRET: ReadonlySet<KeyExchange> = new Set<KeyExchange>([
  'dhe-rsa',
  'dhe-dss',
  'dh-anon',
  'ecdhe-rsa',
  'ecdhe-ecdsa',
  'ecdh-anon',
  'dhe-psk',
  'ecdhe-psk',
  'srp',
  'srp-rsa',
  'srp-dss',
  'eccpwd',
  'ecjpake',
  'tls13',
]);

/** What stands between `TLS_` (or `SSL_`) and `_WITH_`; a list so that the longest match stands first. */
const KEY_EXCHANGES: readonly (readonly [string, KeyExchange])[] = [
  ['NULL', 'null'],
  ['RSA_EXPORT1024', 'rsa-export'],
  ['RSA_EXPORT', 'rsa-export'],
  ['RSA_FIPS', 'rsa'],
  ['RSA_PSK', 'rsa-psk'],
  ['RSA', 'rsa'],
  ['DH_DSS_EXPORT', 'dh-dss'],
  ['DH_RSA_EXPORT', 'dh-rsa'],
  ['DHE_DSS_EXPORT1024', 'dhe-dss'],
  ['DHE_DSS_EXPORT', 'dhe-dss'],
  ['DHE_RSA_EXPORT', 'dhe-rsa'],
  ['DH_anon_EXPORT', 'dh-anon'],
  ['DH_DSS', 'dh-dss'],
  ['DH_RSA', 'dh-rsa'],
  ['DHE_DSS', 'dhe-dss'],
  ['DHE_RSA', 'dhe-rsa'],
  ['DHE_PSK', 'dhe-psk'],
  ['PSK_DHE', 'dhe-psk'],
  ['DH_anon', 'dh-anon'],
  ['ECDHE_ECDSA', 'ecdhe-ecdsa'],
  ['ECDHE_RSA', 'ecdhe-rsa'],
  ['ECDHE_PSK', 'ecdhe-psk'],
  ['ECDH_ECDSA', 'ecdh-ecdsa'],
  ['ECDH_RSA', 'ecdh-rsa'],
  ['ECDH_anon', 'ecdh-anon'],
  ['PSK', 'psk'],
  ['SRP_SHA_RSA', 'srp-rsa'],
  ['SRP_SHA_DSS', 'srp-dss'],
  ['SRP_SHA', 'srp'],
  ['KRB5_EXPORT', 'krb5'],
  ['KRB5', 'krb5'],
  ['ECCPWD', 'eccpwd'],
  ['ECJPAKE', 'ecjpake'],
  ['FORTEZZA_KEA', 'fortezza'],
  ['GOSTR341094', 'gost'],
  ['GOSTR341001', 'gost'],
  ['GOSTR341112_256', 'gost'],
];

function keyExchangeOf(name: string): KeyExchange {
  if (/^(ECDHE|ECC|IBSDH|IBC|RSA)_SM/.test(name)) return 'tlcp';
  // GOST's two TLS 1.3 generations end in _L and _S (RFC 9367).
  if (/_MGM_[LS]$/.test(name)) return 'tls13';
  const separator = name.indexOf('_WITH_');
  if (separator < 0) return name.startsWith('TLS_') ? 'tls13' : 'unknown';
  const text = name.slice(4, separator);
  return KEY_EXCHANGES.find(([spelling]) => spelling === text)?.[1] ?? 'unknown';
}

type Protection = Omit<CipherSuite, 'id' | 'name' | 'keyExchange' | 'forwardSecret' | 'knownToWireshark'>;

/** How records are protected, or null where no backend of ours could do it. */
function protectionOf(name: string): Protection | null {
  const separator = name.indexOf('_WITH_');
  if (separator < 0 && !name.startsWith('TLS_')) return null;
  const text = separator < 0 ? name.slice(4) : name.slice(separator + 6);
  // Integrity without secrecy for TLS 1.3 (RFC 9150 §3): the hash is named twice.
  const integrity = /^(SHA256|SHA384)_\1$/.exec(text);
  if (integrity !== null) return nullCipher(hashNamed(integrity[1] ?? ''), hashNamed(integrity[1] ?? ''));
  const hash = /_(MD5|SHA|SHA256|SHA384)$/.exec(text);
  const cipherName = hash === null ? text : text.slice(0, hash.index);
  const named = hash === null ? null : hashNamed(hash[1] ?? '');
  const aead = AEADS.find(([spelling]) => spelling === cipherName);
  if (aead !== undefined)
    return aeadCipher(cipherName, aead, /_SM3$/.test(text) ? null : (named ?? 'sha256'));
  if (text === 'NULL_NULL') return nullCipher(null, 'sha256');
  if (named === null) return null;
  // Suites named after SHA-384 use it in the PRF of TLS 1.2, all others SHA-256 (RFC 5246 §5, RFC 5289 §3.1).
  const prfHash = named === 'sha384' ? 'sha384' : 'sha256';
  if (cipherName === 'NULL') return nullCipher(named, prfHash);
  const mac = { mac: named, macLength: HASH_LENGTHS[named], tagLength: 0, prfHash, cipherName } as const;
  const stream = STREAMS.find(([spelling]) => spelling === cipherName);
  if (stream !== undefined) {
    const [, keyLength, exportKeyLength] = stream;
    return { ...mac, kind: 'stream', cipher: 'rc4', keyLength, exportKeyLength, blockLength: 0 };
  }
  const block = BLOCKS.find(([spelling]) => spelling === cipherName);
  if (block === undefined) return null;
  const [, cipher, keyLength, blockLength, exportKeyLength] = block;
  return { ...mac, kind: 'cbc', cipher, keyLength, blockLength, exportKeyLength };
}

const HASH_LENGTHS = { md5: 16, sha1: 20, sha256: 32, sha384: 48, sha512: 64 } as const satisfies Record<
  HashName,
  number
>;

function hashNamed(text: string): HashName {
  switch (text) {
    case 'MD5':
      return 'md5';
    case 'SHA':
      return 'sha1';
    case 'SHA384':
      return 'sha384';
    default:
      return 'sha256';
  }
}

function nullCipher(mac: HashName | null, prfHash: HashName): Protection {
  const macLength = mac === null ? 0 : HASH_LENGTHS[mac];
  return { ...BARE, kind: 'null', cipherName: 'NULL', mac, macLength, prfHash };
}

/** Name in the suite, the backend's name, key bytes, tag bytes. */
type AeadRow = readonly [string, AeadName, 16 | 32, 8 | 16];

function aeadCipher(cipherName: string, row: AeadRow, prfHash: HashName | null): Protection {
  const [, cipher, keyLength, tagLength] = row;
  return { ...BARE, kind: 'aead', cipherName, cipher, keyLength, tagLength, prfHash };
}

const AEADS: readonly AeadRow[] = [
  ['AES_128_GCM', 'aes-128-gcm', 16, 16],
  ['AES_256_GCM', 'aes-256-gcm', 32, 16],
  ['AES_128_CCM', 'aes-128-ccm', 16, 16],
  ['AES_256_CCM', 'aes-256-ccm', 32, 16],
  ['AES_128_CCM_8', 'aes-128-ccm-8', 16, 8],
  ['AES_256_CCM_8', 'aes-256-ccm-8', 32, 8],
  ['CHACHA20_POLY1305', 'chacha20-poly1305', 32, 16],
  ['CAMELLIA_128_GCM', 'camellia-128-gcm', 16, 16],
  ['CAMELLIA_256_GCM', 'camellia-256-gcm', 32, 16],
  ['ARIA_128_GCM', 'aria-128-gcm', 16, 16],
  ['ARIA_256_GCM', 'aria-256-gcm', 32, 16],
  ['SM4_GCM_SM3', 'sm4-gcm', 16, 16],
  ['SM4_CCM_SM3', 'sm4-ccm', 16, 16],
];

/** Name in the suite, key bytes, bytes of key material where exportable. */
const STREAMS: readonly (readonly [string, number, number])[] = [
  ['RC4_128', 16, 0],
  ['RC4_40', 16, 5],
  ['RC4_56', 16, 7],
];

/** Name in the suite, the backend's name, key bytes, block bytes, bytes of key material where exportable. */
const BLOCKS: readonly (readonly [string, BlockCipherName, number, 8 | 16, number])[] = [
  ['AES_128_CBC', 'aes-128', 16, 16, 0],
  ['AES_256_CBC', 'aes-256', 32, 16, 0],
  ['3DES_EDE_CBC', '3des', 24, 8, 0],
  ['CAMELLIA_128_CBC', 'camellia-128', 16, 16, 0],
  ['CAMELLIA_256_CBC', 'camellia-256', 32, 16, 0],
  ['ARIA_128_CBC', 'aria-128', 16, 16, 0],
  ['ARIA_256_CBC', 'aria-256', 32, 16, 0],
  ['SEED_CBC', 'seed', 16, 16, 0],
  ['IDEA_CBC', 'idea', 16, 8, 0],
  ['DES_CBC', 'des', 8, 8, 0],
  ['DES40_CBC', 'des', 8, 8, 5],
  ['DES_CBC_40', 'des', 8, 8, 5],
  ['RC2_CBC_40', 'rc2-40', 16, 8, 5],
  ['RC2_CBC_56', 'rc2-40', 16, 8, 7],
];

/** Key exchanges for which Wireshark 4.0 has no suite in its table of ciphers. */
const UNKNOWN_TO_WIRESHARK: ReadonlySet<KeyExchange> = new Set<KeyExchange>([
  'null',
  'krb5',
  'eccpwd',
  'fortezza',
  'gost',
  'unknown',
]);

/** Single suites that are missing there: SM4-CCM, RFC 9150, RFC 8442 and Netscape's FIPS suites. */
const MISSING_IN_WIRESHARK: ReadonlySet<number> = new Set([
  0x00c7, 0xc0b4, 0xc0b5, 0xd001, 0xd002, 0xd003, 0xd005, 0xfefe, 0xfeff, 0xffe0, 0xffe1,
]);

/** What tshark 4.0.17 answered for a ServerHello of each suite. */
function isKnownToWireshark(suite: CipherSuite): boolean {
  if (suite.keyExchange === 'tlcp') return true;
  if (suite.kind === 'unknown' || UNKNOWN_TO_WIRESHARK.has(suite.keyExchange)) return false;
  return !suite.cipherName.startsWith('ARIA') && !MISSING_IN_WIRESHARK.has(suite.id);
}
