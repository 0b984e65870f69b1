import { encodeHex } from '../bytes/hex.ts';
import { encodeUtf8 } from '../bytes/text.ts';
import { revealed } from '../keys/secret.ts';
import type { SessionSecret } from './exported.ts';

/** Session secrets as an NSS key log (RFC 9850), one line each, every line once, in the order given. */
export function writeKeyLog(secrets: readonly SessionSecret[]): Uint8Array<ArrayBuffer> {
  const lines = new Set<string>();
  for (const { label, clientRandom, secret } of secrets)
    lines.add(`${label} ${encodeHex(clientRandom)} ${encodeHex(revealed(secret))}\n`);
  return encodeUtf8([...lines].join(''));
}
