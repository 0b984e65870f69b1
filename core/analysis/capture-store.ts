/** Bytes of the captures again, after they were read once: the port to files, spools or memory. */
export interface CaptureStore {
  /**
   * Copies `length` bytes of file `file` (its place in the set) at `offset` (of the decompressed file) to
   * target[at …]. false where they cannot be had: the file changed, shrank or is gone.
   */
  read(file: number, offset: number, length: number, target: Uint8Array, at: number): boolean;
  /** What of a file is at hand in memory that the opener's threads can see; null, or not there at all: nothing is. */
  windowOf?(file: number): CaptureWindow | null;
  /** Whether what is still to be read of the files can bring keys along. */
  secretsMayCome?(): boolean;
}

/** A run of a file's bytes at hand. They stay as they are until it was released as often as it was held. */
export interface CaptureWindow {
  readonly bytes: Uint8Array;
  /** Offset in the file of the first byte, and how many are there. */
  readonly offset: number;
  readonly length: number;
  /** True where the set has no other file. */
  readonly alone: boolean;
  hold(): void;
  release(): void;
}

/** A capture that is in memory as a whole: for tests and small inputs. */
export class MemoryCaptureStore implements CaptureStore {
  private readonly files: readonly Uint8Array[];

  constructor(files: readonly Uint8Array[]) {
    this.files = files;
  }

  read(file: number, offset: number, length: number, target: Uint8Array, at: number): boolean {
    const bytes = this.files[file];
    if (bytes === undefined || offset + length > bytes.length) return false;
    target.set(bytes.subarray(offset, offset + length), at);
    return true;
  }
}
