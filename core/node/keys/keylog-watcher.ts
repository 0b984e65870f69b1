import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** What became of a key log file since it was looked at last. */
export interface KeyLogGrowth {
  /** The number under which it is watched. */
  readonly key: number;
  readonly bytes: Uint8Array;
  /** True where these are all its bytes, because it was begun anew; else they go on where it ended. */
  readonly anew: boolean;
}

/**
 * Looks at key log files once a second: programs write them while a capture runs. By size and not by the system's
 * notices, which do not come for network drives and for files that are replaced.
 */
export class KeyLogWatcher {
  private readonly files = new Map<number, Watched>();
  private readonly grown: (growth: KeyLogGrowth) => void;
  private readonly interval: number;
  private timer: NodeJS.Timeout | null = null;

  constructor(grown: (growth: KeyLogGrowth) => void, interval = 1000) {
    this.grown = grown;
    this.interval = interval;
  }

  /** `read`: how many bytes of it are known. */
  watch(key: number, path: string, read: number): void {
    this.files.set(key, { path, read, end: readRange(path, read - MEMORY, MEMORY, read) });
    if (this.timer !== null) return;
    this.timer = setInterval(() => this.look(), this.interval);
    // Nobody waits for a key log to grow.
    this.timer.unref();
  }

  unwatch(key: number): void {
    this.files.delete(key);
    if (this.files.size === 0) this.close();
  }

  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.files.clear();
  }

  /** Looks now. A file that is gone is waited for. */
  look(): void {
    for (const [key, file] of this.files) {
      const size = sizeOf(file.path);
      if (size < 0 || size === file.read) continue;
      const end = readRange(file.path, file.read - MEMORY, MEMORY, file.read);
      const anew = size < file.read || end === null || Buffer.compare(end, file.end ?? end) !== 0;
      const from = anew ? 0 : file.read;
      const bytes = readRange(file.path, from, MOST_AT_ONCE, size);
      if (bytes === null) continue;
      file.read = from + bytes.length;
      file.end = readRange(file.path, file.read - MEMORY, MEMORY, file.read);
      this.grown({ key, bytes, anew });
    }
  }
}

interface Watched {
  readonly path: string;
  read: number;
  /** The last bytes that were read: where they stand there no longer, the file is another. */
  end: Uint8Array | null;
}

const MOST_AT_ONCE = 64 * 1024 * 1024;
const MEMORY = 64;

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return -1;
  }
}

/** At most `length` bytes from `from` (at least 0) on, but none behind `end`. */
function readRange(path: string, from: number, length: number, end: number): Uint8Array | null {
  try {
    const file = openSync(path, 'r');
    try {
      const start = Math.max(0, from);
      const bytes = new Uint8Array(Math.min(length, end - start));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, start));
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}
