import { encodeBase64 } from '../bytes/base64.ts';

/** PEM text of DER bytes (RFC 7468): lines of 64 characters, a final newline. `label` is "CERTIFICATE" and the like. */
export function encodePem(label: string, der: Uint8Array): string {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
