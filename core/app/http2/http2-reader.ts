import type { MessageReader } from '../message-reader.ts';
import type { Readers } from '../readers.ts';
import { matches } from '../start-line.ts';
import { describePayload } from './describe-payload.ts';
import {
  createHttp2FrameHeader,
  decodeHttp2FrameHeader,
  FRAME_HEADER_LENGTH,
  isFirstSettings,
  isFrameChain,
} from './frame-header.ts';
import {
  FLAG_END_HEADERS,
  FLAG_PADDED,
  FLAG_PRIORITY,
  FRAME_CONTINUATION,
  FRAME_DATA,
  FRAME_HEADERS,
  FRAME_MAGIC,
  FRAME_PUSH_PROMISE,
} from './frame-names.ts';
import type { HeaderField } from './header-table.ts';
import { HpackDecoder } from './hpack-decoder.ts';

/** Header blocks, and frames other than DATA, that are longer are passed over. */
const BLOCK_LIMIT = 1 << 18;

/** HTTP/2 frames of one direction (RFC 9113), and the header fields in them by name. */
export class Http2Reader implements MessageReader {
  readonly survivesEnd = true;
  readonly #readers: Readers;
  readonly #hpack = new HpackDecoder();
  readonly #header = createHttp2FrameHeader();
  #begun = false;
  /** Where the next frame begins is not known. */
  #framingLost = false;
  /** Bytes of DATA, and behind them of padding or of what is passed over, that are still to come. */
  #body = 0;
  #passing = 0;
  /** A header block that goes on in CONTINUATION, and of which stream; null where none does. */
  #block: Uint8Array | null = null;
  #blockStream = 0;

  constructor(readers: Readers) {
    this.#readers = readers;
  }

  step(bytes: Uint8Array, at: number, end: number): number {
    const { window } = this.#readers;
    if (!this.#begun) {
      const { length } = PREFACE;
      if (bytes[at] === PREFACE[0]) {
        if (end - at < length) return window.stall('bytes', length, at);
        if (matches(bytes, at, PREFACE)) return this.#preface(bytes, at, at + length);
      }
      if (end - at < FRAME_HEADER_LENGTH) return window.stall('bytes', FRAME_HEADER_LENGTH, at);
      this.#begun = true;
      if (!isFirstSettings(bytes, at, end)) this.#beginLate(bytes, at, end);
    }
    if (this.#framingLost && !this.#foundAgain(bytes, at, end)) {
      window.announceData(bytes, at, end);
      return end;
    }
    if (this.#body > 0) return this.#data(bytes, at, end);
    if (this.#passing > 0) {
      const take = Math.min(this.#passing, end - at);
      this.#passing -= take;
      return at + take;
    }
    return this.#frame(bytes, at, end);
  }

  flush(bytes: Uint8Array, length: number): number {
    this.#readers.window.announceData(bytes, 0, length);
    return length;
  }

  afterLoss(): void {
    this.#begun = true;
    this.#framingLost = true;
    this.#body = this.#passing = 0;
    this.#block = null;
    this.#hpack.forget('loss');
  }

  #preface(bytes: Uint8Array, at: number, to: number): number {
    this.#begun = true;
    this.#announce(bytes, at, to, FRAME_MAGIC, 0, 0, to - at, NO_FIELDS);
    return to;
  }

  /** The capture began in the middle of the connection. */
  #beginLate(bytes: Uint8Array, at: number, end: number): void {
    this.#hpack.forget('start');
    this.#framingLost = !isFrameChain(bytes, at, end, true);
  }

  /** After loss a frame is looked for where a chunk begins only: a record or segment mostly begins with one. */
  #foundAgain(bytes: Uint8Array, at: number, end: number): boolean {
    if (!this.#readers.window.beginsChunk(at) || !isFrameChain(bytes, at, end, true)) return false;
    this.#framingLost = false;
    return true;
  }

  #frame(bytes: Uint8Array, at: number, end: number): number {
    const { window } = this.#readers;
    const header = this.#header;
    if (end - at < FRAME_HEADER_LENGTH) return window.stall('bytes', FRAME_HEADER_LENGTH, at);
    decodeHttp2FrameHeader(header, bytes, at);
    const { length, type, flags, stream } = header;
    const payload = at + FRAME_HEADER_LENGTH;
    if (this.#block !== null && (type !== FRAME_CONTINUATION || stream !== this.#blockStream)) {
      // RFC 9113 §4.3: nothing may come between the parts of a block.
      this.#block = null;
      this.#hpack.forget('fault');
    }
    if (type === FRAME_DATA) {
      const padded = (flags & FLAG_PADDED) !== 0 && length > 0;
      if (padded && payload === end) return window.stall('bytes', FRAME_HEADER_LENGTH + 1, at);
      const behind = padded ? payload + 1 : payload;
      this.#passing = padded ? Math.min(bytes[payload]!, length - 1) : 0;
      this.#body = length - this.#passing - (behind - payload);
      this.#announce(bytes, at, behind, type, flags, stream, length, NO_FIELDS);
      return behind;
    }
    if (length > BLOCK_LIMIT) {
      if (type === FRAME_HEADERS || type === FRAME_PUSH_PROMISE || type === FRAME_CONTINUATION) {
        this.#block = null;
        this.#hpack.forget('fault');
      }
      this.#passing = length;
      this.#announce(bytes, at, payload, type, flags, stream, length, TOO_LONG);
      return payload;
    }
    const to = payload + length;
    if (to > end) return window.stall('bytes', to - at, at);
    const fields = this.#fieldsOf(bytes, payload, to);
    this.#announce(bytes, at, to, type, flags, stream, length, fields);
    return to;
  }

  /** The frame at hand, whose payload is bytes[from, to). */
  #fieldsOf(bytes: Uint8Array, from: number, to: number): readonly HeaderField[] {
    const { type, flags, stream } = this.#header;
    if (type === FRAME_CONTINUATION) {
      if (this.#block === null) return NO_BEGINNING;
      return this.#blockPart(bytes, from, to, []);
    }
    if (type !== FRAME_HEADERS && type !== FRAME_PUSH_PROMISE)
      return describePayload(type, flags, bytes, from, to);
    const fields: HeaderField[] = [];
    if ((flags & FLAG_PADDED) !== 0 && from < to) {
      const padding = bytes[from]!;
      from += 1;
      to = Math.max(from, to - padding);
    }
    const lead = type === FRAME_PUSH_PROMISE ? 4 : (flags & FLAG_PRIORITY) !== 0 ? 5 : 0;
    if (lead > 0) fields.push(...describePayload(type, flags, bytes, from, Math.min(from + lead, to)));
    this.#blockStream = stream;
    this.#block = NO_BYTES;
    return this.#blockPart(bytes, Math.min(from + lead, to), to, fields);
  }

  /** A part of a block; with its last part the block is read. */
  #blockPart(bytes: Uint8Array, from: number, to: number, fields: HeaderField[]): readonly HeaderField[] {
    const before = this.#block ?? NO_BYTES;
    const last = (this.#header.flags & FLAG_END_HEADERS) !== 0;
    if (before.length + to - from > BLOCK_LIMIT) {
      this.#block = null;
      this.#hpack.forget('fault');
      return TOO_LONG;
    }
    if (last && before.length === 0) {
      this.#block = null;
      return this.#readBlock(bytes, from, to, fields);
    }
    const joined = new Uint8Array(before.length + to - from);
    joined.set(before);
    joined.set(bytes.subarray(from, to), before.length);
    this.#block = last ? null : joined;
    return last ? this.#readBlock(joined, 0, joined.length, fields) : fields;
  }

  #readBlock(bytes: Uint8Array, from: number, to: number, fields: HeaderField[]): readonly HeaderField[] {
    const block = this.#hpack.decode(bytes, from, to);
    for (const field of block.fields) fields.push(field);
    if (block.omitted > 0) fields.push({ name: `(${block.omitted} more fields are not shown)`, value: '' });
    if (block.fault !== null)
      fields.push({ name: `(the rest of the header block cannot be read, ${block.fault})`, value: '' });
    return fields;
  }

  #data(bytes: Uint8Array, at: number, end: number): number {
    const to = at + Math.min(this.#body, end - at);
    const { flags, stream, length } = this.#header;
    this.#body -= to - at;
    this.#announce(bytes, at, to, FRAME_DATA, flags, stream, length, null);
    return to;
  }

  /** `fields` null: bytes[from, to) are a part of the body of a DATA frame that was announced before. */
  #announce(
    bytes: Uint8Array,
    from: number,
    to: number,
    type: number,
    flags: number,
    stream: number,
    length: number,
    fields: readonly HeaderField[] | null,
  ): void {
    const { window } = this.#readers;
    window.state.other.http2 = { type, flags, stream, length, fields };
    window.announceOther('http2', bytes, from, to, false);
  }
}

const PREFACE = new TextEncoder().encode('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const NO_BYTES = new Uint8Array(0);
const NO_FIELDS: readonly HeaderField[] = [];
const TOO_LONG: readonly HeaderField[] = [{ name: '(too long, not read)', value: '' }];
const NO_BEGINNING: readonly HeaderField[] = [
  { name: '(the beginning of this header block is not in the capture)', value: '' },
];
