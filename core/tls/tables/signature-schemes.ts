/**
 * IANA registry "TLS SignatureScheme" as of 2026-11. TLS 1.2 reads the same two bytes as hash and signature algorithm
 * (RFC 5246 §7.4.1.4.1); pairs that TLS 1.3 does not register are named from those parts.
 */
export const SIGNATURE_SCHEMES = {
  0x0201: 'rsa_pkcs1_sha1',
  0x0203: 'ecdsa_sha1',
  0x0401: 'rsa_pkcs1_sha256',
  0x0403: 'ecdsa_secp256r1_sha256',
  0x0420: 'rsa_pkcs1_sha256_legacy',
  0x0501: 'rsa_pkcs1_sha384',
  0x0503: 'ecdsa_secp384r1_sha384',
  0x0520: 'rsa_pkcs1_sha384_legacy',
  0x0601: 'rsa_pkcs1_sha512',
  0x0603: 'ecdsa_secp521r1_sha512',
  0x0620: 'rsa_pkcs1_sha512_legacy',
  0x0704: 'eccsi_sha256',
  0x0705: 'iso_ibs1',
  0x0706: 'iso_ibs2',
  0x0707: 'iso_chinese_ibs',
  0x0708: 'sm2sig_sm3',
  0x0709: 'gostr34102012_256a',
  0x070a: 'gostr34102012_256b',
  0x070b: 'gostr34102012_256c',
  0x070c: 'gostr34102012_256d',
  0x070d: 'gostr34102012_512a',
  0x070e: 'gostr34102012_512b',
  0x070f: 'gostr34102012_512c',
  0x0804: 'rsa_pss_rsae_sha256',
  0x0805: 'rsa_pss_rsae_sha384',
  0x0806: 'rsa_pss_rsae_sha512',
  0x0807: 'ed25519',
  0x0808: 'ed448',
  0x0809: 'rsa_pss_pss_sha256',
  0x080a: 'rsa_pss_pss_sha384',
  0x080b: 'rsa_pss_pss_sha512',
  0x081a: 'ecdsa_brainpoolP256r1tls13_sha256',
  0x081b: 'ecdsa_brainpoolP384r1tls13_sha384',
  0x081c: 'ecdsa_brainpoolP512r1tls13_sha512',
  0x0904: 'mldsa44',
  0x0905: 'mldsa65',
  0x0906: 'mldsa87',
} as const satisfies Readonly<Record<number, string>>;

/** IANA registry "TLS HashAlgorithm". */
export const HASH_ALGORITHMS = {
  0: 'none',
  1: 'md5',
  2: 'sha1',
  3: 'sha224',
  4: 'sha256',
  5: 'sha384',
  6: 'sha512',
} as const satisfies Readonly<Record<number, string>>;

/** IANA registry "TLS SignatureAlgorithm". */
export const SIGNATURE_ALGORITHMS = {
  0: 'anonymous',
  1: 'rsa',
  2: 'dsa',
  3: 'ecdsa',
} as const satisfies Readonly<Record<number, string>>;

/** The registered name; "md5 rsa" for pairs of TLS 1.2 outside the registry; "GREASE (0x…)" or "unknown (0x…)". */
export function describeSignatureScheme(scheme: number): string {
  const name = NAME_OF_SCHEME.get(scheme);
  if (name !== undefined) return name;
  const hash = NAME_OF_HASH.get(scheme >>> 8);
  const signature = NAME_OF_SIGNATURE.get(scheme & 0xff);
  if (hash !== undefined && signature !== undefined) return `${hash} ${signature}`;
  const grease = (scheme & 0x0f0f) === 0x0a0a && scheme >>> 8 === (scheme & 0xff);
  return `${grease ? 'GREASE' : 'unknown'} (0x${scheme.toString(16).padStart(4, '0')})`;
}

const NAME_OF_SCHEME = byNumber(SIGNATURE_SCHEMES);
const NAME_OF_HASH = byNumber(HASH_ALGORITHMS);
const NAME_OF_SIGNATURE = byNumber(SIGNATURE_ALGORITHMS);

function byNumber(table: Readonly<Record<number, string>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(table).map(([number, name]) => [Number(number), name]));
}
