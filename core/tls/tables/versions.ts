/** Protocol versions as they stand on the wire, and how they are called. */
export const SSL_2_0 = 0x0002;
export const SSL_3_0 = 0x0300;
export const TLS_1_0 = 0x0301;
export const TLS_1_1 = 0x0302;
export const TLS_1_2 = 0x0303;
export const TLS_1_3 = 0x0304;
export const DTLS_1_0 = 0xfeff;
export const DTLS_1_2 = 0xfefd;
export const DTLS_1_3 = 0xfefc;
/** DTLS of OpenSSL before 0.9.8f, still spoken by some VPN products. */
export const DTLS_1_0_OPENSSL = 0x0100;
/** GB/T 38636 (TLCP), the GM TLS of RFC-less Chinese products. */
export const TLCP = 0x0101;

/** "TLS 1.2", "DTLS 1.0", "TLS 1.3 (draft 28)"; a number that is no version is shown as one. */
export function describeVersion(version: number): string {
  const name = NAMES.get(version);
  if (name !== undefined) return name;
  // Drafts of TLS 1.3 counted from 0x7f00 (draft-ietf-tls-tls13-16 §4.2.1); Facebook's variants from 0xfb00.
  const draft = version & 0xff;
  if (version >>> 8 === 0x7f && draft > 0) return `TLS 1.3 (draft ${draft})`;
  if (version >>> 8 === 0xfb && draft > 0) return `TLS 1.3 (Facebook draft ${draft})`;
  if (isGreaseVersion(version)) return `GREASE (0x${version.toString(16).padStart(4, '0')})`;
  return `unknown (0x${version.toString(16).padStart(4, '0')})`;
}

/** True for TLS 1.3 and DTLS 1.3 and the numbered drafts of TLS 1.3. */
export function isTls13(version: number): boolean {
  return version === TLS_1_3 || version === DTLS_1_3 || version >>> 8 === 0x7f || version >>> 8 === 0xfb;
}

/** True for every version of DTLS. */
export function isDtls(version: number): boolean {
  return version >>> 8 === 0xfe || version === DTLS_1_0_OPENSSL;
}

/** The TLS version whose key derivation and record protection a version shares: DTLS 1.0 is TLS 1.1 (RFC 4347 §3). */
export function tlsVersionBehind(version: number): number {
  if (isTls13(version)) return TLS_1_3;
  if (version === DTLS_1_2) return TLS_1_2;
  if (isDtls(version)) return TLS_1_1;
  return version === TLCP ? TLS_1_1 : version;
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [SSL_2_0, 'SSL 2.0'],
  [SSL_3_0, 'SSL 3.0'],
  [TLS_1_0, 'TLS 1.0'],
  [TLS_1_1, 'TLS 1.1'],
  [TLS_1_2, 'TLS 1.2'],
  [TLS_1_3, 'TLS 1.3'],
  [DTLS_1_0, 'DTLS 1.0'],
  [DTLS_1_2, 'DTLS 1.2'],
  [DTLS_1_3, 'DTLS 1.3'],
  [DTLS_1_0_OPENSSL, 'DTLS 1.0 (OpenSSL before 0.9.8f)'],
  [TLCP, 'TLCP 1.1'],
]);

function isGreaseVersion(version: number): boolean {
  return (version & 0x0f0f) === 0x0a0a && version >>> 8 === (version & 0xff);
}
