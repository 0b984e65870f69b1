import { parseHex } from '../bytes/hex.ts';
import type { PskMaterial } from './key-material.ts';
import { Secret } from './secret.ts';

/** Why a text is no pre-shared key: one sentence, in which nothing of the text is repeated. */
export interface PskFault {
  readonly kind: 'malformed';
  readonly sentence: string;
}

/** Longest key accepted, in bytes (RFC 4279 §5.3 asks for 64 at least). */
const MAX_PSK_LENGTH = 512;

/** Parses "[IDENTITY=]HEX". The identity may itself hold "=": the last one ends it. An empty identity is one. */
export function parsePsk(text: string, name = '--psk'): PskMaterial | PskFault {
  const equals = text.lastIndexOf('=');
  const identity = equals < 0 ? null : text.slice(0, equals);
  const digits = text.slice(equals + 1).trim();
  const key = parseHex(digits);
  if (key === null)
    return fault('The pre-shared key is not hexadecimal: write it as IDENTITY=HEX, two digits a byte.');
  if (key.length === 0) return fault('The pre-shared key is empty: write it as IDENTITY=HEX.');
  if (key.length > MAX_PSK_LENGTH)
    return fault(`The pre-shared key has ${key.length} bytes; at most ${MAX_PSK_LENGTH} are possible.`);
  return { kind: 'psk', identity, key: new Secret(key), source: { name, line: null } };
}

function fault(sentence: string): PskFault {
  return { kind: 'malformed', sentence };
}
