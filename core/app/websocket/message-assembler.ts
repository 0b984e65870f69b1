/**
 * Puts the messages of one direction of a WebSocket together: unmasks, joins fragments, inflates (RFC 6455 §5.3, §5.4;
 * RFC 7692).
 */
import type { Inflater, InflatePort } from '../events.ts';
import type { FrameHeader } from './frame-header.ts';

export const ASSEMBLED = 0;
/** A fragment: more of the message is to come. */
export const ASSEMBLING = 1;
/** Compressed, and it could not be inflated. */
export const ASSEMBLY_FAILED = 2;

/** A message (compressed or inflated) may be this long; what is behind is left out. */
export const MESSAGE_LIMIT = 1 << 20;

export class MessageAssembler {
  /** The message's bytes after ASSEMBLED, good until the next frame. */
  bytes: Uint8Array = NOTHING;
  from = 0;
  to = 0;
  opcode = 0;
  /** Not bytes that stand so in the stream. */
  derived = false;
  /** Longer than MESSAGE_LIMIT: the rest is left out. */
  cut = false;
  /** True between a message's first fragment and its last. */
  inside = false;
  readonly #port: InflatePort | null;
  #inflater: Inflater | null = null;
  #compressed = false;
  #parts: Uint8Array = NOTHING;
  #length = 0;

  constructor(port: InflatePort | null) {
    this.#port = port;
  }

  /** One frame of data (not of control), its payload bytes[from, to), which may end early where the stream does. */
  push(header: FrameHeader, bytes: Uint8Array, from: number, to: number): number {
    if (header.opcode !== 0 || !this.inside) {
      this.opcode = header.opcode;
      this.#compressed = header.compressed;
      this.#length = 0;
      if (this.#parts.length > KEPT) this.#parts = NOTHING;
      this.cut = false;
    }
    const whole = header.final && !(this.inside && header.opcode === 0);
    this.inside = !header.final;
    if (whole && header.mask < 0) {
      this.bytes = bytes;
      this.from = from;
      this.to = to;
      this.derived = false;
    } else {
      this.#append(bytes, from, to, header.mask);
      if (this.inside) return ASSEMBLING;
      this.bytes = this.#parts;
      this.from = 0;
      this.to = this.#length;
      this.derived = true;
    }
    return this.#compressed ? this.#inflate() : ASSEMBLED;
  }

  /** Bytes were lost: what was begun is given up. */
  reset(): void {
    this.inside = false;
    this.#length = 0;
    this.#parts = NOTHING;
    this.#inflater?.reset();
  }

  #inflate(): number {
    if (this.#port === null || this.cut) return ASSEMBLY_FAILED;
    // 15 bits cover every window that the two may have agreed on.
    this.#inflater ??= this.#port.createInflater(15);
    const inflated = this.#inflater.push(this.bytes.subarray(this.from, this.to), MESSAGE_LIMIT);
    if (inflated === null) return ASSEMBLY_FAILED;
    this.bytes = inflated;
    this.from = 0;
    this.to = inflated.length;
    this.derived = true;
    return ASSEMBLED;
  }

  #append(bytes: Uint8Array, from: number, to: number, mask: number): void {
    const count = Math.min(to - from, MESSAGE_LIMIT - this.#length);
    if (count < to - from) this.cut = true;
    if (this.#length + count > this.#parts.length) {
      const grown = new Uint8Array(Math.max(1024, this.#parts.length * 2, this.#length + count));
      grown.set(this.#parts.subarray(0, this.#length));
      this.#parts = grown;
    }
    const parts = this.#parts;
    const at = this.#length;
    if (mask < 0) for (let i = 0; i < count; i++) parts[at + i] = bytes[from + i]!;
    else for (let i = 0; i < count; i++) parts[at + i] = bytes[from + i]! ^ bytes[mask + (i & 3)]!;
    this.#length += count;
  }
}

/** A buffer up to this long is kept for the next message. */
const KEPT = 1 << 14;
const NOTHING = new Uint8Array(0);
