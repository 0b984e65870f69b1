import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Bytes that cannot be read again where they came from (a pipe, a compressed file): in memory up to a bound, then in a
 * temporary file that only this user can read, removed at the end. It holds what the wire held: whoever appends blanks
 * secrets first.
 */
export class Spool {
  private readonly chunks: Uint8Array[] = [];
  private readonly starts: number[] = [];
  private size = 0;
  private inMemory = 0;
  private fd = -1;
  private folder = '';
  private readonly memoryBound: number;

  constructor(memoryBound = 64 * 1024 * 1024) {
    this.memoryBound = memoryBound;
  }

  get length(): number {
    return this.size;
  }

  /** Appends a copy. */
  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.fd < 0 && this.size + bytes.length <= this.memoryBound) {
      this.chunks.push(bytes.slice());
      this.starts.push(this.size);
      this.inMemory += bytes.length;
    } else {
      if (this.fd < 0) this.openFile();
      let written = 0;
      while (written < bytes.length)
        written += writeSync(
          this.fd,
          bytes,
          written,
          bytes.length - written,
          this.size - this.inMemory + written,
        );
    }
    this.size += bytes.length;
  }

  read(offset: number, length: number, target: Uint8Array, at: number): boolean {
    if (offset < 0 || length < 0 || offset + length > this.size) return false;
    let left = length;
    let from = offset;
    let to = at;
    while (left > 0 && from < this.inMemory) {
      const index = this.chunkAt(from);
      const chunk = this.chunks[index];
      const start = this.starts[index];
      if (chunk === undefined || start === undefined) return false;
      const take = Math.min(left, chunk.length - (from - start));
      target.set(chunk.subarray(from - start, from - start + take), to);
      from += take;
      to += take;
      left -= take;
    }
    while (left > 0) {
      const got = readSync(this.fd, target, to, left, from - this.inMemory);
      if (got <= 0) return false;
      from += got;
      to += got;
      left -= got;
    }
    return true;
  }

  close(): void {
    if (this.fd >= 0) closeSync(this.fd);
    if (this.folder !== '') rmSync(this.folder, { recursive: true, force: true });
    this.fd = -1;
    this.folder = '';
    this.chunks.length = 0;
    this.starts.length = 0;
    this.size = 0;
    this.inMemory = 0;
  }

  private openFile(): void {
    this.folder = mkdtempSync(join(tmpdir(), 'sipher-'));
    this.fd = openSync(join(this.folder, 'spool'), 'wx+', 0o600);
  }

  private chunkAt(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
