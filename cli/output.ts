import { writeSync } from 'node:fs';

/**
 * Standard output in large pieces. Knows that a pipe can be full (EAGAIN) and that its reader can have gone (EPIPE,
 * `| head`): then writing is over and `closed` says so.
 */
export class Output {
  closed = false;
  private readonly fd: number;
  private parts: string[] = [];
  private size = 0;

  constructor(fd = 1) {
    this.fd = fd;
  }

  line(text: string): void {
    if (this.closed) return;
    this.parts.push(text, '\n');
    this.size += text.length + 1;
    if (this.size >= PIECE) this.flush();
  }

  flush(): void {
    if (this.closed || this.parts.length === 0) return;
    const bytes = Buffer.from(this.parts.join(''), 'utf8');
    this.parts = [];
    this.size = 0;
    let written = 0;
    while (written < bytes.length) {
      try {
        written += writeSync(this.fd, bytes, written, bytes.length - written);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : '';
        if (code === 'EAGAIN') {
          // The pipe is full: wait a little, without spinning.
          Atomics.wait(WAIT, 0, 0, 2);
          continue;
        }
        if (code !== 'EPIPE') throw error;
        this.closed = true;
        return;
      }
    }
  }
}

const PIECE = 1 << 18;
const WAIT = new Int32Array(new SharedArrayBuffer(4));
