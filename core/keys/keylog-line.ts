/** One line of an NSS key log: what it is, and its bytes. */
import type { LabelCode } from './keylog-labels.ts';
import { codeOfLabel, KEY_LOG_LABELS, RSA_CODE, SESSION_ID_CODE } from './keylog-labels.ts';

export const LINE_BLANK = 0;
export const LINE_COMMENT = 1;
/** Another program's line, or a label that TLS does not know. */
export const LINE_OTHER = 2;
export const LINE_SECRET = 3;
/** A known label with something wrong behind it: `fault` says what. */
export const LINE_BAD = 4;

/** Reads lines into scratch fields, which the next call overwrites. */
export class KeyLogLine {
  code: LabelCode = 0;
  readonly key = new Uint8Array(64);
  keyLength = 0;
  readonly secret = new Uint8Array(65_536);
  secretLength = 0;
  fault = '';
  #at = 0;

  /** Reads bytes[from, to), which holds no line end. Returns a LINE_ code. */
  read(bytes: Uint8Array, from: number, to: number): number {
    this.#at = skipBlanks(bytes, from, to);
    if (this.#at >= to) return LINE_BLANK;
    const first = bytes[this.#at] ?? 0;
    if (first === 0x23 || first === 0x3b) return LINE_COMMENT;
    // A time or a program's name may stand before the label: look a few words far.
    for (let word = 0; word < MAX_WORDS_BEFORE && this.#at < to; word++) {
      const end = endOfWord(bytes, this.#at, to);
      const code = codeAt(bytes, this.#at, end);
      this.#at = skipBlanks(bytes, end, to);
      if (code >= 0) return this.#readSecret(code, bytes, to);
    }
    return LINE_OTHER;
  }

  #readSecret(code: LabelCode, bytes: Uint8Array, to: number): number {
    this.code = code;
    if (code === RSA_CODE) return this.#readRsa(bytes, to);
    if (!this.#readKey(bytes, to, 32, 32, 'client random')) return LINE_BAD;
    this.#at = skipBlanks(bytes, this.#at, to);
    return this.#readValue(bytes, to);
  }

  /** "RSA <16 digits> <96 digits>" or "RSA Session-ID:<digits> Master-Key:<digits>". */
  #readRsa(bytes: Uint8Array, to: number): number {
    const session = afterPrefix(bytes, this.#at, to, 'SESSION-ID:');
    if (session < 0) {
      const end = endOfWord(bytes, this.#at, to);
      // "RSA" is a common word: without sixteen digits behind it the line is somebody else's.
      if (end - this.#at !== 16 || !allHex(bytes, this.#at, end)) return LINE_OTHER;
      this.#readKey(bytes, to, 8, 8, 'encrypted pre-master secret');
      this.#at = skipBlanks(bytes, this.#at, to);
      return this.#readValue(bytes, to);
    }
    this.code = SESSION_ID_CODE;
    this.#at = skipBlanks(bytes, session, to);
    if (!this.#readKey(bytes, to, 1, 32, 'session id')) return LINE_BAD;
    this.#at = skipBlanks(bytes, this.#at, to);
    const master = afterPrefix(bytes, this.#at, to, 'MASTER-KEY:');
    if (master < 0) return this.#bad('no "Master-Key:" behind the session id');
    this.#at = skipBlanks(bytes, master, to);
    return this.#readValue(bytes, to);
  }

  #readKey(bytes: Uint8Array, to: number, least: number, most: number, what: string): boolean {
    const end = endOfWord(bytes, this.#at, to);
    const length = this.#decode(bytes, end, this.key, what);
    if (length < 0) return false;
    this.keyLength = length;
    if (length >= least && length <= most) return true;
    this.#bad(length === 0 ? `no ${what}` : `a ${what} of ${length} bytes instead of ${most}`);
    return false;
  }

  #readValue(bytes: Uint8Array, to: number): number {
    const row = KEY_LOG_LABELS[this.code & 0xff];
    const length = this.#decode(bytes, endOfWord(bytes, this.#at, to), this.secret, 'secret');
    if (length < 0) return LINE_BAD;
    this.secretLength = length;
    if (length === 0) return this.#bad('no secret');
    if (row === undefined || length < row.least || length > row.most)
      return this.#bad(`a secret of ${length} bytes, which ${row?.label ?? ''} cannot have`);
    return LINE_SECRET;
  }

  /** Digits up to `end` into `into`; their length in bytes, or -1 with `fault` set. */
  #decode(bytes: Uint8Array, end: number, into: Uint8Array, what: string): number {
    const digits = end - this.#at;
    if (digits > into.length * 2) return this.#refuse(`a ${what} that is too long`);
    let at = this.#at;
    for (let i = 0; i < digits >> 1; i++, at += 2) {
      const high = DIGITS[bytes[at] ?? 0] ?? 0xff;
      const low = DIGITS[bytes[at + 1] ?? 0] ?? 0xff;
      if ((high | low) > 15) return this.#refuse(`a ${what} that is not hexadecimal`);
      into[i] = (high << 4) | low;
    }
    if ((digits & 1) !== 0) return this.#refuse(`a ${what} with half a byte`);
    this.#at = end;
    return digits >> 1;
  }

  #refuse(fault: string): -1 {
    this.fault = fault;
    return -1;
  }

  #bad(fault: string): number {
    this.fault = fault;
    return LINE_BAD;
  }
}

const MAX_WORDS_BEFORE = 8;
const LONGEST_LABEL = 40;

const DIGITS = digitTable();

function digitTable(): Uint8Array {
  const digits = new Uint8Array(256).fill(0xff);
  '0123456789abcdef'.split('').forEach((digit, value) => {
    digits[digit.charCodeAt(0)] = value;
    digits[digit.toUpperCase().charCodeAt(0)] = value;
  });
  return digits;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** Byte order marks stand wherever files were joined: they count as blanks. */
function skipBlanks(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const byte = bytes[at] ?? 0;
    if (byte === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
    else if (isBlank(byte) || byte >= 0xfe) at++;
    else break;
  }
  return Math.min(at, to);
}

function endOfWord(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && !isBlank(bytes[at] ?? 0)) at++;
  return at;
}

function allHex(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if ((DIGITS[bytes[at] ?? 0] ?? 0xff) > 15) return false;
  return true;
}

/** The code of the label in bytes[from, to), in either case; -1 where it is none. */
function codeAt(bytes: Uint8Array, from: number, to: number): LabelCode {
  if (to - from > LONGEST_LABEL || to - from < 3) return -1;
  let text = '';
  for (let at = from; at < to; at++) text += String.fromCharCode(upperCase(bytes[at] ?? 0));
  return codeOfLabel(text);
}

/** Offset behind `prefix` (upper-case ASCII) where it stands at `from` in either case; else -1. */
function afterPrefix(bytes: Uint8Array, from: number, to: number, prefix: string): number {
  if (prefix.length > to - from) return -1;
  for (let i = 0; i < prefix.length; i++)
    if (upperCase(bytes[from + i] ?? 0) !== prefix.charCodeAt(i)) return -1;
  return from + prefix.length;
}

function upperCase(byte: number): number {
  return byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte;
}
