/** Bytes of the captures again, after they were read once: the port to files, spools or memory. */
export interface CaptureStore {
  /**
   * Copies `length` bytes of file `file` (its place in the set) at `offset` (of the decompressed file) to
   * target[at …]. false where they cannot be had: the file changed, shrank or is gone.
   */
  read(file: number, offset: number, length: number, target: Uint8Array, at: number): boolean;
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
