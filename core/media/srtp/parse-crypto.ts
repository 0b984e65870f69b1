import { parseBase64 } from '../../bytes/base64.ts';
import { Secret } from '../../keys/secret.ts';
import { profileOfSuite } from './profiles.ts';
import type { SrtpMasterKey } from './srtp-opener.ts';

/** One a=crypto line (RFC 4568 §4): what it names, and its master keys, which print as nothing. */
export interface CryptoLine {
  readonly tag: number;
  readonly suite: string;
  readonly keys: readonly SrtpMasterKey[];
  /** Why there are no keys; empty where there are. */
  readonly problem: string;
}

/**
 * The a=crypto lines of each m= section of a session description, in order; those before the first are each section's
 * that has none of its own. This is the only place that reads the keys: descriptions as parsed for people hold none.
 */
export function readCryptoLines(sdp: string): CryptoLine[][] {
  const session: CryptoLine[] = [];
  const sections: CryptoLine[][] = [];
  let section = session;
  for (const line of sdp.split('\n')) {
    if (line.startsWith('m=')) {
      if (sections.length >= MOST_SECTIONS) break;
      section = [];
      sections.push(section);
    } else if (line.startsWith('a=crypto:') && section.length < MOST_LINES) {
      section.push(parseCrypto(line.slice('a=crypto:'.length).trim()));
    }
  }
  return sections.map((own) => (own.length > 0 ? own : session));
}

/** The value of one a=crypto attribute: tag, suite, keys, parameters (§9.1). */
export function parseCrypto(value: string): CryptoLine {
  const [tagText = '', suite = '', keyText = '', ...parameters] = value.split(/\s+/);
  const tag = /^\d{1,9}$/.test(tagText) ? Number(tagText) : 0;
  const problem = (words: string): CryptoLine => ({ tag, suite, keys: [], problem: words });
  const profile = profileOfSuite(suite);
  if (profile === null) return problem(`the suite ${suite.slice(0, 60)} is not supported`);
  if (parameters.includes('UNAUTHENTICATED_SRTP'))
    return problem('its packets carry no tag that could prove a key');
  const keys: SrtpMasterKey[] = [];
  for (const part of keyText.split(';', MOST_KEYS)) {
    const parsed = parseKey(part, profile.keyLength, profile.saltLength);
    if (parsed === null) continue;
    keys.push({
      profile,
      ...parsed,
      derivationRate: derivationRateOf(parameters),
      encrypted: !parameters.includes('UNENCRYPTED_SRTP'),
    });
  }
  if (keys.length === 0) return problem('its key is not readable');
  return { tag, suite, keys, problem: '' };
}

/** "inline:" key and salt, then lifetime and MKI in either order or missing (§6.1). */
function parseKey(
  text: string,
  keyLength: number,
  saltLength: number,
): { readonly key: Secret; readonly salt: Secret; readonly mki: Uint8Array } | null {
  if (!text.toLowerCase().startsWith('inline:')) return null;
  const [encoded = '', ...rest] = text.slice('inline:'.length).split('|');
  const bytes = parseBase64(encoded);
  if (bytes === null || bytes.length < keyLength + saltLength) return null;
  const withMki = rest.find((part) => part.includes(':'));
  const mki = withMki === undefined ? NONE : parseMki(withMki);
  if (mki === null) return null;
  return {
    key: new Secret(bytes.slice(0, keyLength)),
    salt: new Secret(bytes.slice(keyLength, keyLength + saltLength)),
    mki,
  };
}

/** "value:length": the number in so many bytes, big-endian. */
function parseMki(text: string): Uint8Array | null {
  const match = /^(\d{1,40}):(\d{1,3})$/.exec(text);
  const length = Number(match?.[2] ?? 0);
  if (match === null || length < 1 || length > 128) return null;
  const mki = new Uint8Array(length);
  let rest = BigInt(match[1] ?? '0');
  for (let at = length - 1; at >= 0; at -= 1) {
    mki[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return mki;
}

/** KDR=n stands for 2^n packets (§6.3.1), n from 0 to 24. */
function derivationRateOf(parameters: readonly string[]): number {
  const match = /^KDR=(\d{1,2})$/.exec(parameters.find((part) => part.startsWith('KDR=')) ?? '');
  const power = match === null ? -1 : Number(match[1]);
  return power >= 0 && power <= 24 ? 2 ** power : 0;
}

const NONE = new Uint8Array(0);
const MOST_SECTIONS = 64;
const MOST_LINES = 16;
const MOST_KEYS = 8;
