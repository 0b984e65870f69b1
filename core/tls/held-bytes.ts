/**
 * Bytes of one direction that wait for more: the begin of a record, or a stretch in which record headers are searched.
 * They are copied here out of the capture's window, with their places in the file. Grows with what really came, so a
 * header that promises much costs nothing.
 */
export class HeldBytes {
  /** Held are bytes[start, end). */
  bytes = new Uint8Array(2048);
  start = 0;
  end = 0;
  /** Position in the stream of bytes[start]. */
  position = 0;
  /** Spans [firstSpan, spanEnd): one for each chunk that came, so that a span's begin is a segment's begin. */
  firstSpan = 0;
  spanEnd = 0;
  spanPositions = new Float64Array(8);
  spanLengths = new Uint32Array(8);
  spanOffsets = new Float64Array(8);
  spanFrames = new Uint32Array(8);
  /** Holes, as zeros in `bytes`: positions in the stream and lengths. */
  holeCount = 0;
  holePositions = new Float64Array(2);
  holeLengths = new Uint32Array(2);
  /** Its place among what its pool has lent. */
  place = -1;

  get length(): number {
    return this.end - this.start;
  }

  /** The lowest frame that brought some of it; Infinity where nothing is held. */
  get oldestFrame(): number {
    let oldest = Infinity;
    for (let span = this.firstSpan; span < this.spanEnd; span++)
      oldest = Math.min(oldest, this.spanFrames[span]!);
    return oldest;
  }

  clear(position: number): void {
    this.start = 0;
    this.end = 0;
    this.firstSpan = 0;
    this.spanEnd = 0;
    this.holeCount = 0;
    this.position = position;
  }

  append(bytes: Uint8Array, from: number, to: number, offset: number, frame: number): void {
    const length = to - from;
    if (length <= 0) return;
    this.reserve(length);
    this.addSpan(this.position + this.end - this.start, length, offset, frame);
    // A short copy by hand is cheaper than a view for `set`.
    if (length <= 32) for (let at = from; at < to; at++) this.bytes[this.end++] = bytes[at]!;
    else {
      this.bytes.set(bytes.subarray(from, to), this.end);
      this.end += length;
    }
  }

  appendHole(length: number): void {
    this.reserve(length);
    if (this.holeCount === this.holePositions.length) {
      this.holePositions = grownFloats(this.holePositions);
      this.holeLengths = grownWords(this.holeLengths);
    }
    this.holePositions[this.holeCount] = this.position + this.end - this.start;
    this.holeLengths[this.holeCount++] = length;
    this.bytes.fill(0, this.end, this.end + length);
    this.end += length;
  }

  /**
   * Drops the first `length` bytes. The first span may then begin before `position`; it is not cut, so that its begin
   * still tells where a segment began. Holes are only ever in what is dropped.
   */
  drop(length: number): void {
    this.start += length;
    this.position += length;
    this.holeCount = 0;
    if (this.start === this.end) {
      this.clear(this.position);
      return;
    }
    while (
      this.firstSpan < this.spanEnd &&
      this.spanPositions[this.firstSpan]! + this.spanLengths[this.firstSpan]! <= this.position
    )
      this.firstSpan++;
  }

  private reserve(length: number): void {
    if (this.end + length <= this.bytes.length) return;
    const held = this.end - this.start;
    // Moved to the front only once the dropped part is the larger: each byte is moved a bounded number of times.
    let target = this.bytes;
    if (this.start < held || held + length > this.bytes.length) {
      let size = this.bytes.length * 2;
      while (size < held + length) size *= 2;
      target = new Uint8Array(size);
    }
    target.set(this.bytes.subarray(this.start, this.end));
    this.bytes = target;
    this.start = 0;
    this.end = held;
  }

  private addSpan(position: number, length: number, offset: number, frame: number): void {
    if (this.extendsLastSpan(position, offset, frame)) {
      this.spanLengths[this.spanEnd - 1]! += length;
      return;
    }
    if (this.spanEnd === this.spanPositions.length) this.makeRoomForSpan();
    const at = this.spanEnd++;
    this.spanPositions[at] = position;
    this.spanLengths[at] = length;
    this.spanOffsets[at] = offset;
    this.spanFrames[at] = frame;
  }

  /** The rest of a segment of which a part is held already. */
  private extendsLastSpan(position: number, offset: number, frame: number): boolean {
    const last = this.spanEnd - 1;
    if (last < this.firstSpan) return false;
    const length = this.spanLengths[last]!;
    return (
      this.spanFrames[last] === frame &&
      this.spanOffsets[last]! + length === offset &&
      this.spanPositions[last]! + length === position
    );
  }

  private makeRoomForSpan(): void {
    const { firstSpan, spanEnd } = this;
    if (firstSpan > spanEnd / 2) {
      this.spanPositions.copyWithin(0, firstSpan, spanEnd);
      this.spanLengths.copyWithin(0, firstSpan, spanEnd);
      this.spanOffsets.copyWithin(0, firstSpan, spanEnd);
      this.spanFrames.copyWithin(0, firstSpan, spanEnd);
      this.firstSpan = 0;
      this.spanEnd = spanEnd - firstSpan;
      return;
    }
    this.spanPositions = grownFloats(this.spanPositions);
    this.spanLengths = grownWords(this.spanLengths);
    this.spanOffsets = grownFloats(this.spanOffsets);
    this.spanFrames = grownWords(this.spanFrames);
  }
}

/** Lends HeldBytes to framers that need them just now: most of a capture's directions never do. */
export class HeldBytesPool {
  private readonly free: HeldBytes[] = [];
  private readonly lent: HeldBytes[] = [];

  /** The lowest frame that brought bytes which wait in any framer; Infinity where none do. */
  get oldestHeldFrame(): number {
    let oldest = Infinity;
    for (const held of this.lent) oldest = Math.min(oldest, held.oldestFrame);
    return oldest;
  }

  take(position: number): HeldBytes {
    const held = this.free.pop() ?? new HeldBytes();
    held.clear(position);
    held.place = this.lent.push(held) - 1;
    return held;
  }

  give(held: HeldBytes): void {
    const { lent } = this;
    const last = lent.pop();
    // The last one takes its place.
    if (last !== undefined && last !== held) {
      lent[held.place] = last;
      last.place = held.place;
    }
    if (this.free.length < MAX_FREE && held.bytes.length <= MAX_KEPT) this.free.push(held);
  }
}

const MAX_FREE = 64;
const MAX_KEPT = 0x10000;

function grownFloats(array: Float64Array): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(array.length * 2);
  grown.set(array);
  return grown;
}

function grownWords(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(array.length * 2);
  grown.set(array);
  return grown;
}
