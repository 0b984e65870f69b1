/** How the packets of one profile are protected. Lengths in bytes. */
export interface SrtpProfile {
  /** As a=crypto names it (RFC 4568 §6.2, RFC 6188, RFC 7714), or DTLS-SRTP's name without its prefix. */
  readonly name: string;
  readonly cipher: 'aes-cm' | 'aes-gcm' | 'null';
  readonly keyLength: 16 | 24 | 32;
  readonly saltLength: 12 | 14;
  /** Of SRTP and of SRTCP: the short tag of _32 is for SRTP only (RFC 4568 §6.2.2). */
  readonly tagLength: number;
  readonly controlTagLength: number;
}

/** The profile of a crypto suite; null for what is not known or, as AES-F8, not supported. */
export function profileOfSuite(suite: string): SrtpProfile | null {
  return BY_SUITE.get(suite.toUpperCase()) ?? null;
}

/** The profile of a number in use_srtp (IANA, DTLS-SRTP Protection Profiles, 2026); null where it is not supported. */
export function profileOfNumber(number: number): SrtpProfile | null {
  const suite = NUMBERS.get(number);
  return suite === undefined ? null : profileOfSuite(suite);
}

function cm(name: string, keyLength: 16 | 24 | 32, tagLength: 10 | 4): SrtpProfile {
  return { name, cipher: 'aes-cm', keyLength, saltLength: 14, tagLength, controlTagLength: 10 };
}

function gcm(name: string, keyLength: 16 | 32): SrtpProfile {
  return { name, cipher: 'aes-gcm', keyLength, saltLength: 12, tagLength: 16, controlTagLength: 16 };
}

function plain(name: string, tagLength: 10 | 4): SrtpProfile {
  return { name, cipher: 'null', keyLength: 16, saltLength: 14, tagLength, controlTagLength: 10 };
}

const PROFILES: readonly SrtpProfile[] = [
  cm('AES_CM_128_HMAC_SHA1_80', 16, 10),
  cm('AES_CM_128_HMAC_SHA1_32', 16, 4),
  cm('AES_192_CM_HMAC_SHA1_80', 24, 10),
  cm('AES_192_CM_HMAC_SHA1_32', 24, 4),
  cm('AES_256_CM_HMAC_SHA1_80', 32, 10),
  cm('AES_256_CM_HMAC_SHA1_32', 32, 4),
  gcm('AEAD_AES_128_GCM', 16),
  gcm('AEAD_AES_256_GCM', 32),
  plain('NULL_HMAC_SHA1_80', 10),
  plain('NULL_HMAC_SHA1_32', 4),
];
const BY_SUITE: ReadonlyMap<string, SrtpProfile> = new Map([
  ...PROFILES.map((profile): [string, SrtpProfile] => [profile.name, profile]),
  // Names in use from before RFC 6188.
  ['AES_CM_192_HMAC_SHA1_80', cm('AES_192_CM_HMAC_SHA1_80', 24, 10)],
  ['AES_CM_192_HMAC_SHA1_32', cm('AES_192_CM_HMAC_SHA1_32', 24, 4)],
  ['AES_CM_256_HMAC_SHA1_80', cm('AES_256_CM_HMAC_SHA1_80', 32, 10)],
  ['AES_CM_256_HMAC_SHA1_32', cm('AES_256_CM_HMAC_SHA1_32', 32, 4)],
]);
const NUMBERS: ReadonlyMap<number, string> = new Map([
  [1, 'AES_CM_128_HMAC_SHA1_80'],
  [2, 'AES_CM_128_HMAC_SHA1_32'],
  [5, 'NULL_HMAC_SHA1_80'],
  [6, 'NULL_HMAC_SHA1_32'],
  [7, 'AEAD_AES_128_GCM'],
  [8, 'AEAD_AES_256_GCM'],
]);
