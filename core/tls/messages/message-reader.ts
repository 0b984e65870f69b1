/** What is wrong with a message, and where. Offsets count from the first byte of the message's body. */
export interface MessageFault {
  readonly offset: number;
  /** One clear sentence, without contents. */
  readonly sentence: string;
}

/**
 * A bounded cursor over one message's body. Reads never leave the current limit: past it they give 0 (or fewer bytes),
 * and the first such read is kept in `fault`. So decoders need no error path of their own: they read on, keep what was
 * there, and every loop over `remaining` ends, because each read consumes all that is left where it falls short.
 */
export class MessageReader {
  readonly bytes: Uint8Array;
  position = 0;
  limit: number;
  fault: MessageFault | null = null;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.limit = bytes.length;
  }

  get remaining(): number {
    return this.limit - this.position;
  }

  u8(what: string): number {
    return this.unsigned(1, what);
  }

  u16(what: string): number {
    return this.unsigned(2, what);
  }

  u24(what: string): number {
    return this.unsigned(3, what);
  }

  u32(what: string): number {
    return this.unsigned(4, what);
  }

  /** A view of the next `length` bytes; of fewer where fewer are left. */
  view(length: number, what: string): Uint8Array {
    if (length > this.remaining) {
      this.fail(`${what} should have ${length} bytes, ${this.remaining} are left`);
      length = this.remaining;
    }
    const from = this.position;
    this.position += length;
    return this.bytes.subarray(from, this.position);
  }

  /** A view of all that is left up to the limit. */
  rest(): Uint8Array {
    const from = this.position;
    this.position = this.limit;
    return this.bytes.subarray(from, this.limit);
  }

  /** An opaque vector behind its length of `lengthBytes` bytes (RFC 8446 §3.4). */
  vector(lengthBytes: 1 | 2 | 3, what: string): Uint8Array {
    return this.view(this.unsigned(lengthBytes, `length of ${what}`), what);
  }

  /** Goes into a vector: the limit becomes its end. Returns the outer limit, for `leave`. */
  enter(lengthBytes: 1 | 2 | 3, what: string): number {
    const outer = this.limit;
    const length = this.unsigned(lengthBytes, `length of ${what}`);
    if (length > this.remaining) this.fail(`${what} should have ${length} bytes, ${this.remaining} are left`);
    else this.limit = this.position + length;
    return outer;
  }

  /** Leaves the vector that `enter` went into; what was not read of it is passed over. */
  leave(outer: number): void {
    this.position = this.limit;
    this.limit = outer;
  }

  /** The 16-bit numbers of a vector of them. An odd byte at its end is a fault. */
  u16List(lengthBytes: 1 | 2, what: string): number[] {
    const outer = this.enter(lengthBytes, what);
    const list: number[] = [];
    while (this.remaining > 0) list.push(this.u16(what));
    this.leave(outer);
    return list;
  }

  /** The bytes of a vector, as numbers. */
  u8List(what: string): number[] {
    const outer = this.enter(1, what);
    const list: number[] = [];
    while (this.remaining > 0) list.push(this.u8(what));
    this.leave(outer);
    return list;
  }

  /** Keeps the first fault; later ones are consequences. */
  fail(sentence: string): void {
    this.fault ??= { offset: this.position, sentence };
  }

  /** To be called at the end of a message: bytes that nothing explains are a fault. */
  expectEnd(): void {
    if (this.remaining > 0) this.fail(`${this.remaining} bytes stand behind the end of the message`);
  }

  private unsigned(length: 1 | 2 | 3 | 4, what: string): number {
    if (this.remaining < length) {
      this.fail(`${what} is cut off`);
      this.position = this.limit;
      return 0;
    }
    let value = 0;
    // Multiplied, not shifted: 32-bit values stay unsigned.
    for (let i = 0; i < length; i++) value = value * 256 + this.bytes[this.position++]!;
    return value;
  }
}

/** Where a view of a message's body begins in it. */
export function offsetIn(body: Uint8Array, view: Uint8Array): number {
  return view.byteOffset - body.byteOffset;
}
