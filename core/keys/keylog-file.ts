/**
 * NSS key logs as they are found in the field: growing while they are read, in any encoding that begins with ASCII,
 * with lines of other programs between. Nothing here prints a secret.
 */
import type { KeyLogLabel, LabelCode } from './keylog-labels.ts';
import { codeOfLabel, KEY_LOG_LABELS, labelOfCode, RSA_CODE, SESSION_ID_CODE } from './keylog-labels.ts';
import { KeyLogLine, LINE_BAD, LINE_BLANK, LINE_COMMENT, LINE_OTHER, LINE_SECRET } from './keylog-line.ts';
import { KeyLogTable } from './keylog-table.ts';

export interface KeyLogSecret {
  readonly secret: Uint8Array;
  /** Line of the file, from 1. */
  readonly line: number;
}

export interface KeyLogCounts {
  readonly lines: number;
  /** Lines with a secret that are kept. */
  readonly secrets: number;
  readonly clientRandoms: number;
  /** Repetitions of a line that is there already. */
  readonly duplicates: number;
  readonly comments: number;
  readonly blank: number;
  /** Lines of other programs, and labels that are not of TLS. */
  readonly other: number;
  readonly bad: number;
  /** Lines not kept because the log is too large. */
  readonly dropped: number;
  /** Lines marked as used. */
  readonly used: number;
}

export interface KeyLogFault {
  readonly line: number;
  /** A part of a sentence: "a secret with half a byte". */
  readonly reason: string;
}

export class KeyLog {
  readonly #table = new KeyLogTable();
  readonly #line = new KeyLogLine();
  readonly #faults: KeyLogFault[] = [];
  readonly #counts = {
    lines: 0,
    secrets: 0,
    clientRandoms: 0,
    duplicates: 0,
    comments: 0,
    blank: 0,
    other: 0,
    bad: 0,
    dropped: 0,
    used: 0,
  };
  /** The beginning of a line whose end has not come. */
  #pending = new Uint8Array(512);
  #pendingLength = 0;
  #overlong = false;
  /** The last line ended in CR: an LF that follows belongs to it. */
  #afterCarriageReturn = false;
  /** What `finish` counted the pending line as, and how long it was then; taken back when the line goes on. */
  #provisional: { readonly counter: Counter; readonly length: number } | null = null;

  /** A whole key log at once. */
  static of(bytes: Uint8Array): KeyLog {
    const log = new KeyLog();
    log.append(bytes);
    log.finish();
    return log;
  }

  /** Takes the next bytes of the file, in any split. A line without its end waits for the rest. */
  append(bytes: Uint8Array): void {
    let at = 0;
    let lf = bytes.indexOf(LF);
    let cr = bytes.indexOf(CR);
    while (at < bytes.length) {
      if (lf >= 0 && lf < at) lf = bytes.indexOf(LF, at);
      if (cr >= 0 && cr < at) cr = bytes.indexOf(CR, at);
      const end = lf < 0 ? cr : cr < 0 ? lf : Math.min(lf, cr);
      if (end < 0) {
        this.#keep(bytes, at, bytes.length);
        return;
      }
      if (this.#pendingLength === 0 && !this.#overlong) this.#takeLine(bytes, at, end, end === cr);
      else {
        this.#keep(bytes, at, end);
        this.#takeLine(this.#pending, 0, this.#pendingLength, end === cr);
      }
      at = end + 1;
    }
  }

  /** The file ends here for now: a last line without its end counts. Appending may go on afterwards. */
  finish(): void {
    if (this.#overlong || onlyZeros(this.#pending, 0, this.#pendingLength)) return;
    const unchanged = this.#provisional?.length === this.#pendingLength;
    if (unchanged) return;
    const line = this.#nextLine();
    this.#counts.lines = line;
    const counter = this.#countLine(this.#pending, 0, this.#pendingLength, line);
    this.#provisional = { counter, length: this.#pendingLength };
  }

  /** Secrets of a label for a client random (32 bytes), latest first. */
  secretsFor(label: KeyLogLabel, clientRandom: Uint8Array): readonly KeyLogSecret[] {
    const code = codeOfLabel(label);
    return code < 0 || code === RSA_CODE || code === SESSION_ID_CODE ? [] : this.#find(code, clientRandom);
  }

  /** Pre-master secrets of "RSA" lines, by the first eight bytes of the encrypted pre-master secret on the wire. */
  premastersFor(encryptedPremaster: Uint8Array): readonly KeyLogSecret[] {
    return encryptedPremaster.length < 8 ? [] : this.#find(RSA_CODE, encryptedPremaster.subarray(0, 8));
  }

  /** Master secrets of "RSA Session-ID" lines, latest first. */
  masterForSessionId(sessionId: Uint8Array): readonly KeyLogSecret[] {
    return sessionId.length === 0 ? [] : this.#find(SESSION_ID_CODE, sessionId);
  }

  /** Labels that stand there for a client random, each once. */
  labelsFor(clientRandom: Uint8Array): readonly string[] {
    const labels = new Set<string>();
    let row = this.#table.newestRow(clientRandom);
    for (let steps = 0; row >= 0 && steps < MAX_STEPS; steps++) {
      const code = this.#table.labelOf(row);
      if (isByClientRandom(code)) labels.add(labelOfCode(code));
      row = this.#table.olderRow(row, clientRandom);
    }
    return [...labels].reverse();
  }

  /** Every client random once, in the order of the file; views. */
  *clientRandoms(): IterableIterator<Uint8Array> {
    for (let row = 0; row < this.#table.count; row++)
      if (this.#table.opensKey(row) && isByClientRandom(this.#table.labelOf(row)))
        yield this.#table.keyOf(row);
  }

  /** Every secret of a label, in the order of the file: for connections whose ClientHello is not in the capture. */
  *everySecret(label: KeyLogLabel): IterableIterator<KeyLogSecret & { readonly key: Uint8Array }> {
    const code = codeOfLabel(label);
    for (let row = 0; row < this.#table.count; row++)
      if (this.#table.labelOf(row) === code)
        yield {
          key: this.#table.keyOf(row),
          secret: this.#table.secretOf(row),
          line: this.#table.lineOf(row),
        };
  }

  /** Notes that the secret of a line opened something. */
  markUsed(line: number): void {
    if (this.#table.markLine(line)) this.#counts.used++;
  }

  isUsed(line: number): boolean {
    const row = this.#table.rowOfLine(line);
    return row >= 0 && this.#table.isMarked(row);
  }

  clearUsage(): void {
    this.#table.clearMarks();
    this.#counts.used = 0;
  }

  get counts(): KeyLogCounts {
    return this.#counts;
  }

  /** The first hundred bad lines. */
  get faults(): readonly KeyLogFault[] {
    return this.#faults;
  }

  toJSON(): KeyLogCounts {
    return this.#counts;
  }

  #find(code: LabelCode, key: Uint8Array): KeyLogSecret[] {
    const found: KeyLogSecret[] = [];
    let row = this.#table.newestRow(key);
    for (let steps = 0; row >= 0 && steps < MAX_STEPS && found.length < MAX_FOUND; steps++) {
      if (this.#table.labelOf(row) === code)
        found.push({ secret: this.#table.secretOf(row), line: this.#table.lineOf(row) });
      row = this.#table.olderRow(row, key);
    }
    return found;
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#pendingLength + (to - from);
    if (this.#overlong || length > MAX_LINE) {
      this.#overlong = true;
      return;
    }
    if (length > this.#pending.length) {
      const wider = new Uint8Array(Math.min(MAX_LINE, length * 2));
      wider.set(this.#pending.subarray(0, this.#pendingLength));
      this.#pending = wider;
    }
    this.#pending.set(bytes.subarray(from, to), this.#pendingLength);
    this.#pendingLength = length;
  }

  #takeLine(bytes: Uint8Array, from: number, to: number, byCarriageReturn: boolean): void {
    const belongsToLast =
      this.#afterCarriageReturn && !byCarriageReturn && !this.#overlong && onlyZeros(bytes, from, to);
    this.#afterCarriageReturn = byCarriageReturn;
    const counted = this.#provisional?.length === this.#pendingLength && !this.#overlong;
    if (!belongsToLast && !counted) {
      const line = this.#nextLine();
      this.#counts.lines = line;
      if (this.#overlong) this.#countBad(line, 'a line that is too long');
      else this.#countLine(bytes, from, to, line);
    }
    this.#provisional = null;
    this.#pendingLength = 0;
    this.#overlong = false;
  }

  /** The number of the line at hand; undoes what `finish` counted of its beginning. */
  #nextLine(): number {
    const was = this.#provisional?.counter;
    if (was === undefined) return this.#counts.lines + 1;
    const line = this.#counts.lines;
    // A secret that was complete stays: both readings are tried.
    if (was !== 'secrets' && was !== 'duplicates') this.#counts[was]--;
    if (was === 'bad' && this.#faults.at(-1)?.line === line) this.#faults.pop();
    return line;
  }

  #countLine(bytes: Uint8Array, from: number, to: number, line: number): Counter {
    let outcome = this.#line.read(bytes, from, to);
    if ((outcome === LINE_OTHER || outcome === LINE_BAD) && bytes.subarray(from, to).includes(0)) {
      // UTF-16 of either order, or UTF-16 and ASCII mixed: without its zeros it is the ASCII that a key log holds.
      const narrow = bytes.subarray(from, to).filter((byte) => byte !== 0);
      outcome = this.#line.read(narrow, 0, narrow.length);
    }
    if (outcome === LINE_SECRET) return this.#addSecret(line);
    if (outcome === LINE_BAD) return this.#countBad(line, this.#line.fault);
    const counter = outcome === LINE_BLANK ? 'blank' : outcome === LINE_COMMENT ? 'comments' : 'other';
    this.#counts[counter]++;
    return counter;
  }

  #addSecret(line: number): Counter {
    const { code, key, keyLength, secret, secretLength } = this.#line;
    const outcome = this.#table.add(code, key, keyLength, secret, secretLength, line);
    const counter = outcome === 'full' ? 'dropped' : outcome === 'duplicate' ? 'duplicates' : 'secrets';
    this.#counts[counter]++;
    if (outcome === 'new-key' && isByClientRandom(code)) this.#counts.clientRandoms++;
    return counter;
  }

  #countBad(line: number, reason: string): Counter {
    this.#counts.bad++;
    if (this.#faults.length < MAX_FAULTS) this.#faults.push({ line, reason });
    return 'bad';
  }
}

type Counter = 'secrets' | 'duplicates' | 'dropped' | 'comments' | 'blank' | 'other' | 'bad';

const LF = 0x0a;
const CR = 0x0d;
/** An ECH_CONFIG of 65,535 bytes in UTF-16, with room. */
const MAX_LINE = 270_000;
const MAX_FAULTS = 100;
/** Bounds of one look-up: rows walked, secrets returned. */
const MAX_STEPS = 10_000;
const MAX_FOUND = 256;

function isByClientRandom(code: LabelCode): boolean {
  return KEY_LOG_LABELS[code & 0xff]?.index === 'client-random';
}

/** What stands between CR and LF in UTF-16. */
function onlyZeros(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false;
  return true;
}
