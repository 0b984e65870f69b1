/** What a file is that somebody took for a key file: its parts, or what it is instead. */
import { parseBase64 } from '../bytes/base64.ts';
import { parseHex } from '../bytes/hex.ts';
import { asciiBytes, startsWith } from '../bytes/text.ts';
import { decodeFileText } from './file-text.ts';
import type { ForeignFile } from './identify-foreign.ts';
import { identifyForeignBytes, identifyForeignText } from './identify-foreign.ts';
import type { DerKind } from './identify-der.ts';
import { identifyDer } from './identify-der.ts';
import { looksLikeKeyLog } from './keylog-recognition.ts';
import type { PemBlock } from './pem.ts';
import { parsePem } from './pem.ts';

/** `line` is where the part begins, from 1; null in files that are no text. */
export type KeyFilePart =
  | {
      readonly kind: DerKind;
      readonly der: Uint8Array;
      readonly line: number | null;
      /** Length that the structure declares where the file ends before it; else null. */
      readonly cutAt: number | null;
    }
  | {
      /** RFC 1421 encryption of a whole PEM block, as OpenSSL wrote it before PKCS#8. */
      readonly kind: 'encrypted-pem';
      readonly label: string;
      /** "DES-EDE3-CBC" and the like. */
      readonly cipher: string;
      readonly iv: Uint8Array;
      readonly data: Uint8Array;
      readonly line: number;
    }
  | { readonly kind: 'openssh-private-key'; readonly data: Uint8Array; readonly line: number | null }
  | { readonly kind: 'java-keystore'; readonly data: Uint8Array; readonly line: null }
  | { readonly kind: 'keylog'; readonly data: Uint8Array; readonly line: null }
  | {
      /** A PEM block that cannot be read: `reason` is a part of a sentence. */
      readonly kind: 'damaged';
      readonly label: string;
      readonly reason: string;
      readonly line: number;
    }
  | { readonly kind: 'of-no-use'; readonly label: string; readonly line: number };

export interface KeyFileIdentity {
  /** How the parts stand in the file. */
  readonly dress: 'pem' | 'der' | 'base64' | 'keylog' | 'binary' | 'none';
  readonly parts: readonly KeyFilePart[];
  /** What the file is where it has no parts. */
  readonly foreign: ForeignFile | null;
}

/** Identifies a file by its bytes alone. Never throws. */
export function identifyKeyFile(bytes: Uint8Array): KeyFileIdentity {
  const foreignBytes = identifyForeignBytes(bytes);
  if (foreignBytes !== null) return nothing(foreignBytes);
  const binary = identifyBinary(bytes);
  if (binary !== null) return binary;
  const keyLog = looksLikeKeyLog(bytes);
  const text = decodeFileText(bytes.length > MAX_TEXT ? bytes.subarray(0, MAX_TEXT) : bytes);
  if (text === null) {
    if (keyLog) return { dress: 'keylog', parts: [keyLogPart(bytes)], foreign: null };
    return nothing(identifyForeignText(''));
  }
  const parts: KeyFilePart[] = text.includes('BEGIN') ? parsePem(text).map(partOfBlock) : [];
  if (keyLog) parts.push(keyLogPart(bytes));
  if (parts.length > 0)
    return { dress: keyLog && parts.length === 1 ? 'keylog' : 'pem', parts, foreign: null };
  return identifyBareBase64(text) ?? nothing(identifyForeignText(text));
}

/** PEM and the like are never longer; key logs are read on their own. */
const MAX_TEXT = 16 * 1024 * 1024;
const OPENSSH_MAGIC = asciiBytes('openssh-key-v1\0');

function nothing(foreign: ForeignFile): KeyFileIdentity {
  return { dress: 'none', parts: [], foreign };
}

function keyLogPart(data: Uint8Array): KeyFilePart {
  return { kind: 'keylog', data, line: null };
}

function identifyBinary(bytes: Uint8Array): KeyFileIdentity | null {
  if (startsWith(bytes, OPENSSH_MAGIC))
    return {
      dress: 'binary',
      parts: [{ kind: 'openssh-private-key', data: bytes, line: null }],
      foreign: null,
    };
  const magic = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (magic === 0xfeedfeed || magic === 0xcececece)
    return { dress: 'binary', parts: [{ kind: 'java-keystore', data: bytes, line: null }], foreign: null };
  const part = bytes[0] === 0x30 ? partOfDer(bytes, null) : null;
  return part === null ? null : { dress: 'der', parts: [part], foreign: null };
}

function partOfDer(der: Uint8Array, line: number | null): KeyFilePart | null {
  const identity = identifyDer(der);
  if (identity === null) return null;
  return { kind: identity.kind, der, line, cutAt: identity.cutShort ? identity.declared : null };
}

function partOfBlock({ label, line, headers, der, fault }: PemBlock): KeyFilePart {
  const matters = /KEY|CERTIFICATE|PKCS|CMS/.test(label) && !label.startsWith('PGP');
  if (!matters) return { kind: 'of-no-use', label, line };
  if (fault !== null) return { kind: 'damaged', label, reason: fault, line };
  if (startsWith(der, OPENSSH_MAGIC)) return { kind: 'openssh-private-key', data: der, line };
  if (/ENCRYPTED/i.test(headers.get('proc-type') ?? '')) return encryptedPart(label, line, headers, der);
  const part = partOfDer(der, line);
  if (part !== null) return part;
  if (label === 'TSS2 PRIVATE KEY') return { kind: 'of-no-use', label, line };
  return { kind: 'damaged', label, reason: 'its content is no such structure', line };
}

/** "DEK-Info: DES-EDE3-CBC,0123456789ABCDEF" (RFC 1421 §4.6.1.3, RFC 1423). */
function encryptedPart(
  label: string,
  line: number,
  headers: ReadonlyMap<string, string>,
  data: Uint8Array,
): KeyFilePart {
  const [cipher = '', digits = ''] = (headers.get('dek-info') ?? '').split(',');
  const iv = parseHex(digits.trim());
  if (cipher === '' || iv === null || iv.length < 8)
    return { kind: 'damaged', label, reason: 'its DEK-Info line is missing or damaged', line };
  return { kind: 'encrypted-pem', label, cipher: cipher.trim().toUpperCase(), iv, data, line };
}

/** A DER structure in base64 without its BEGIN and END lines. */
function identifyBareBase64(text: string): KeyFileIdentity | null {
  if (text.length < 40 || text.length > 1_000_000 || !/^\s*M/.test(text)) return null;
  const der = parseBase64(text.trim());
  if (der === null) return null;
  const part = partOfDer(der, 1);
  return part === null ? null : { dress: 'base64', parts: [part], foreign: null };
}
