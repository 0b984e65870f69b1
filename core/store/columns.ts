/**
 * Growable columns of numbers in segments of 65,536 rows on SharedArrayBuffers, so that another thread may read them
 * while this one writes. A row that was never written reads 0, and so does one behind the end.
 *
 * The five classes are written out one by one on purpose: a common base would see five kinds of typed array at the
 * same access and lose the speed that columns exist for.
 */
export const SEGMENT_ROWS = 0x10000;

/** Unsigned numbers of 8 bits; what is written is taken modulo 256. */
export class Uint8Column {
  readonly #segments: Uint8Array<SharedArrayBuffer>[] = [];
  #length = 0;

  /** `buffers` are segments of a column of this kind that another thread fills; none for a column of one's own. */
  constructor(buffers: readonly SharedArrayBuffer[] = [], length = 0) {
    for (const buffer of buffers) this.#segments.push(new Uint8Array(buffer));
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  get byteLength(): number {
    return this.#segments.length * SEGMENT_ROWS * Uint8Array.BYTES_PER_ELEMENT;
  }

  /** The segments' buffers, for another thread's column. */
  get buffers(): readonly SharedArrayBuffer[] {
    return this.#segments.map((segment) => segment.buffer);
  }

  read(row: number): number {
    const segment = this.#segments[row >>> 16];
    return segment === undefined ? 0 : segment[row & 0xffff]!;
  }

  /** Grows the column where the row stands behind its end. */
  write(row: number, value: number): void {
    if (row >= this.#length) this.resize(row + 1);
    this.#segments[row >>> 16]![row & 0xffff] = value;
  }

  /** Appends a row and returns its number. */
  push(value: number): number {
    const row = this.#length;
    const segment = this.#segments[row >>> 16];
    if (segment === undefined) this.resize(row + 1);
    else this.#length = row + 1;
    this.#segments[row >>> 16]![row & 0xffff] = value;
    return row;
  }

  /** Adds `value` to what the row holds. */
  add(row: number, value: number): void {
    if (row >= this.#length) this.resize(row + 1);
    const segment = this.#segments[row >>> 16]!;
    segment[row & 0xffff] = segment[row & 0xffff]! + value;
  }

  /** Rows that are cut off read 0 should they come again. */
  resize(length: number): void {
    if (length < this.#length) this.fillFrom(length, 0);
    const segments = this.#segments;
    while (segments.length * SEGMENT_ROWS < length) {
      segments.push(new Uint8Array(new SharedArrayBuffer(SEGMENT_ROWS * Uint8Array.BYTES_PER_ELEMENT)));
    }
    this.#length = length;
  }

  /** Writes `value` into every row from `row` to the end. */
  fillFrom(row: number, value: number): void {
    for (let at = row; at < this.#length;) {
      const end = Math.min(this.#length, (at >>> 16) * SEGMENT_ROWS + SEGMENT_ROWS);
      this.#segments[at >>> 16]!.fill(value, at & 0xffff, ((end - 1) & 0xffff) + 1);
      at = end;
    }
  }
}

/** Unsigned numbers of 16 bits. */
export class Uint16Column {
  readonly #segments: Uint16Array<SharedArrayBuffer>[] = [];
  #length = 0;

  /** `buffers` are segments of a column of this kind that another thread fills; none for a column of one's own. */
  constructor(buffers: readonly SharedArrayBuffer[] = [], length = 0) {
    for (const buffer of buffers) this.#segments.push(new Uint16Array(buffer));
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  get byteLength(): number {
    return this.#segments.length * SEGMENT_ROWS * Uint16Array.BYTES_PER_ELEMENT;
  }

  /** The segments' buffers, for another thread's column. */
  get buffers(): readonly SharedArrayBuffer[] {
    return this.#segments.map((segment) => segment.buffer);
  }

  read(row: number): number {
    const segment = this.#segments[row >>> 16];
    return segment === undefined ? 0 : segment[row & 0xffff]!;
  }

  /** Grows the column where the row stands behind its end. */
  write(row: number, value: number): void {
    if (row >= this.#length) this.resize(row + 1);
    this.#segments[row >>> 16]![row & 0xffff] = value;
  }

  /** Appends a row and returns its number. */
  push(value: number): number {
    const row = this.#length;
    const segment = this.#segments[row >>> 16];
    if (segment === undefined) this.resize(row + 1);
    else this.#length = row + 1;
    this.#segments[row >>> 16]![row & 0xffff] = value;
    return row;
  }

  /** Adds `value` to what the row holds. */
  add(row: number, value: number): void {
    if (row >= this.#length) this.resize(row + 1);
    const segment = this.#segments[row >>> 16]!;
    segment[row & 0xffff] = segment[row & 0xffff]! + value;
  }

  /** Rows that are cut off read 0 should they come again. */
  resize(length: number): void {
    if (length < this.#length) this.fillFrom(length, 0);
    const segments = this.#segments;
    while (segments.length * SEGMENT_ROWS < length) {
      segments.push(new Uint16Array(new SharedArrayBuffer(SEGMENT_ROWS * Uint16Array.BYTES_PER_ELEMENT)));
    }
    this.#length = length;
  }

  /** Writes `value` into every row from `row` to the end. */
  fillFrom(row: number, value: number): void {
    for (let at = row; at < this.#length;) {
      const end = Math.min(this.#length, (at >>> 16) * SEGMENT_ROWS + SEGMENT_ROWS);
      this.#segments[at >>> 16]!.fill(value, at & 0xffff, ((end - 1) & 0xffff) + 1);
      at = end;
    }
  }
}

/** Unsigned numbers of 32 bits. */
export class Uint32Column {
  readonly #segments: Uint32Array<SharedArrayBuffer>[] = [];
  #length = 0;

  /** `buffers` are segments of a column of this kind that another thread fills; none for a column of one's own. */
  constructor(buffers: readonly SharedArrayBuffer[] = [], length = 0) {
    for (const buffer of buffers) this.#segments.push(new Uint32Array(buffer));
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  get byteLength(): number {
    return this.#segments.length * SEGMENT_ROWS * Uint32Array.BYTES_PER_ELEMENT;
  }

  /** The segments' buffers, for another thread's column. */
  get buffers(): readonly SharedArrayBuffer[] {
    return this.#segments.map((segment) => segment.buffer);
  }

  read(row: number): number {
    const segment = this.#segments[row >>> 16];
    return segment === undefined ? 0 : segment[row & 0xffff]!;
  }

  /** Grows the column where the row stands behind its end. */
  write(row: number, value: number): void {
    if (row >= this.#length) this.resize(row + 1);
    this.#segments[row >>> 16]![row & 0xffff] = value;
  }

  /** Appends a row and returns its number. */
  push(value: number): number {
    const row = this.#length;
    const segment = this.#segments[row >>> 16];
    if (segment === undefined) this.resize(row + 1);
    else this.#length = row + 1;
    this.#segments[row >>> 16]![row & 0xffff] = value;
    return row;
  }

  /** Adds `value` to what the row holds. */
  add(row: number, value: number): void {
    if (row >= this.#length) this.resize(row + 1);
    const segment = this.#segments[row >>> 16]!;
    segment[row & 0xffff] = segment[row & 0xffff]! + value;
  }

  /** Rows that are cut off read 0 should they come again. */
  resize(length: number): void {
    if (length < this.#length) this.fillFrom(length, 0);
    const segments = this.#segments;
    while (segments.length * SEGMENT_ROWS < length) {
      segments.push(new Uint32Array(new SharedArrayBuffer(SEGMENT_ROWS * Uint32Array.BYTES_PER_ELEMENT)));
    }
    this.#length = length;
  }

  /** Writes `value` into every row from `row` to the end. */
  fillFrom(row: number, value: number): void {
    for (let at = row; at < this.#length;) {
      const end = Math.min(this.#length, (at >>> 16) * SEGMENT_ROWS + SEGMENT_ROWS);
      this.#segments[at >>> 16]!.fill(value, at & 0xffff, ((end - 1) & 0xffff) + 1);
      at = end;
    }
  }
}

/** Signed numbers of 32 bits. */
export class Int32Column {
  readonly #segments: Int32Array<SharedArrayBuffer>[] = [];
  #length = 0;

  /** `buffers` are segments of a column of this kind that another thread fills; none for a column of one's own. */
  constructor(buffers: readonly SharedArrayBuffer[] = [], length = 0) {
    for (const buffer of buffers) this.#segments.push(new Int32Array(buffer));
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  get byteLength(): number {
    return this.#segments.length * SEGMENT_ROWS * Int32Array.BYTES_PER_ELEMENT;
  }

  /** The segments' buffers, for another thread's column. */
  get buffers(): readonly SharedArrayBuffer[] {
    return this.#segments.map((segment) => segment.buffer);
  }

  read(row: number): number {
    const segment = this.#segments[row >>> 16];
    return segment === undefined ? 0 : segment[row & 0xffff]!;
  }

  /** Grows the column where the row stands behind its end. */
  write(row: number, value: number): void {
    if (row >= this.#length) this.resize(row + 1);
    this.#segments[row >>> 16]![row & 0xffff] = value;
  }

  /** Appends a row and returns its number. */
  push(value: number): number {
    const row = this.#length;
    const segment = this.#segments[row >>> 16];
    if (segment === undefined) this.resize(row + 1);
    else this.#length = row + 1;
    this.#segments[row >>> 16]![row & 0xffff] = value;
    return row;
  }

  /** Adds `value` to what the row holds. */
  add(row: number, value: number): void {
    if (row >= this.#length) this.resize(row + 1);
    const segment = this.#segments[row >>> 16]!;
    segment[row & 0xffff] = segment[row & 0xffff]! + value;
  }

  /** Rows that are cut off read 0 should they come again. */
  resize(length: number): void {
    if (length < this.#length) this.fillFrom(length, 0);
    const segments = this.#segments;
    while (segments.length * SEGMENT_ROWS < length) {
      segments.push(new Int32Array(new SharedArrayBuffer(SEGMENT_ROWS * Int32Array.BYTES_PER_ELEMENT)));
    }
    this.#length = length;
  }

  /** Writes `value` into every row from `row` to the end. */
  fillFrom(row: number, value: number): void {
    for (let at = row; at < this.#length;) {
      const end = Math.min(this.#length, (at >>> 16) * SEGMENT_ROWS + SEGMENT_ROWS);
      this.#segments[at >>> 16]!.fill(value, at & 0xffff, ((end - 1) & 0xffff) + 1);
      at = end;
    }
  }
}

/** Doubles: file offsets, byte counts, seconds. */
export class Float64Column {
  readonly #segments: Float64Array<SharedArrayBuffer>[] = [];
  #length = 0;

  /** `buffers` are segments of a column of this kind that another thread fills; none for a column of one's own. */
  constructor(buffers: readonly SharedArrayBuffer[] = [], length = 0) {
    for (const buffer of buffers) this.#segments.push(new Float64Array(buffer));
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  get byteLength(): number {
    return this.#segments.length * SEGMENT_ROWS * Float64Array.BYTES_PER_ELEMENT;
  }

  /** The segments' buffers, for another thread's column. */
  get buffers(): readonly SharedArrayBuffer[] {
    return this.#segments.map((segment) => segment.buffer);
  }

  read(row: number): number {
    const segment = this.#segments[row >>> 16];
    return segment === undefined ? 0 : segment[row & 0xffff]!;
  }

  /** Grows the column where the row stands behind its end. */
  write(row: number, value: number): void {
    if (row >= this.#length) this.resize(row + 1);
    this.#segments[row >>> 16]![row & 0xffff] = value;
  }

  /** Appends a row and returns its number. */
  push(value: number): number {
    const row = this.#length;
    const segment = this.#segments[row >>> 16];
    if (segment === undefined) this.resize(row + 1);
    else this.#length = row + 1;
    this.#segments[row >>> 16]![row & 0xffff] = value;
    return row;
  }

  /** Adds `value` to what the row holds. */
  add(row: number, value: number): void {
    if (row >= this.#length) this.resize(row + 1);
    const segment = this.#segments[row >>> 16]!;
    segment[row & 0xffff] = segment[row & 0xffff]! + value;
  }

  /** Rows that are cut off read 0 should they come again. */
  resize(length: number): void {
    if (length < this.#length) this.fillFrom(length, 0);
    const segments = this.#segments;
    while (segments.length * SEGMENT_ROWS < length) {
      segments.push(new Float64Array(new SharedArrayBuffer(SEGMENT_ROWS * Float64Array.BYTES_PER_ELEMENT)));
    }
    this.#length = length;
  }

  /** Writes `value` into every row from `row` to the end. */
  fillFrom(row: number, value: number): void {
    for (let at = row; at < this.#length;) {
      const end = Math.min(this.#length, (at >>> 16) * SEGMENT_ROWS + SEGMENT_ROWS);
      this.#segments[at >>> 16]!.fill(value, at & 0xffff, ((end - 1) & 0xffff) + 1);
      at = end;
    }
  }
}
