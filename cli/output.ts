import { isUtf8 } from 'node:buffer';
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { TerminalText } from './terminal-text.ts';

/** The system does not take what is written: a full disk, a closed descriptor. */
export class OutputError extends Error {
  constructor(code: string) {
    super(
      code === 'ENOSPC'
        ? 'The output cannot be written: the disk is full.'
        : `The output cannot be written: the system answered ${code === '' ? 'with an error' : code}.`,
    );
  }
}

/**
 * Standard output in large pieces. Knows that a pipe can be full (EAGAIN) and that its reader can have gone (EPIPE,
 * `| head`): then writing is over and `closed` says so. A terminal gets nothing that it would obey. Bytes may be put behind `length` where `reserve` made room.
 */
export class Output {
  closed = false;
  bytes: Uint8Array = Buffer.allocUnsafe(PIECE);
  length = 0;
  private readonly fd: number;
  private readonly terminal: TerminalText | null;

  constructor(fd = 1) {
    this.fd = fd;
    this.terminal = isatty(fd) ? new TerminalText() : null;
  }

  line(text: string): void {
    this.beginLine(text);
    this.put(LINE_FEED);
  }

  /** Text of a line that goes on. */
  beginLine(text: string): void {
    if (this.closed) return;
    // A UTF-16 unit is at most three bytes of UTF-8.
    this.reserve(3 * text.length);
    this.length += ENCODER.encodeInto(text, this.bytes.subarray(this.length)).written;
  }

  put(byte: number): void {
    this.reserve(1);
    this.bytes[this.length] = byte;
    this.length += 1;
  }

  /** Makes room for so many bytes behind `length`. */
  reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    this.flush();
    if (bytes > this.bytes.length) this.bytes = Buffer.allocUnsafe(bytes);
  }

  /** bytes[from, to), without a copy where they are many. */
  write(bytes: Uint8Array, from: number, to: number): void {
    if (to - from > PIECE / 4) {
      this.flush();
      this.writeAll(bytes, from, to);
      return;
    }
    this.reserve(to - from);
    this.bytes.set(bytes.subarray(from, to), this.length);
    this.length += to - from;
  }

  isUtf8(bytes: Uint8Array): boolean {
    return isUtf8(bytes);
  }

  flush(): void {
    const { bytes, length } = this;
    this.length = 0;
    this.writeAll(bytes, 0, length);
  }

  private writeAll(raw: Uint8Array, begin: number, end: number): void {
    const bytes = this.terminal === null ? raw : this.terminal.clean(raw.subarray(begin, end));
    const length = this.terminal === null ? end : bytes.length;
    let written = this.terminal === null ? begin : 0;
    while (!this.closed && written < length) {
      try {
        written += writeSync(this.fd, bytes, written, length - written);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : '';
        if (code === 'EAGAIN') {
          // The pipe is full: wait a little, without spinning.
          Atomics.wait(WAIT, 0, 0, 2);
          continue;
        }
        if (code !== 'EPIPE') throw new OutputError(typeof code === 'string' ? code : '');
        this.closed = true;
      }
    }
  }
}

const PIECE = 1 << 18;
const LINE_FEED = 10;
const ENCODER = new TextEncoder();
const WAIT = new Int32Array(new SharedArrayBuffer(4));
