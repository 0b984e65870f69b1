/** A buffer of our own that grows and is used again and again, so that hot paths allocate nothing. */
export class WorkBuffer {
  bytes = new Uint8Array(1 << 16);

  /** The buffer with room for `size` bytes; its first `keep` bytes stay what they are. */
  atLeast(size: number, keep: number): Uint8Array {
    if (size > this.bytes.length) {
      const larger = new Uint8Array(2 ** Math.ceil(Math.log2(size)));
      larger.set(this.bytes.subarray(0, keep), 0);
      this.bytes = larger;
    }
    return this.bytes;
  }
}
