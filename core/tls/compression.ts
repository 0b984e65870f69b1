/** Compression methods of TLS (RFC 3749 §2, RFC 3943). */
export const COMPRESSION_NULL = 0;
export const COMPRESSION_DEFLATE = 1;

/** Raw DEFLATE with a window that goes on from call to call; see InflatePort of core/app/events.ts. */
export interface RawInflater {
  /** The bytes without their last 00 00 ff ff. null where they are damaged or make more than `limit` bytes. */
  push(bytes: Uint8Array, limit: number): Uint8Array | null;
}

/**
 * Undoes the compression of one direction in one epoch (RFC 3749 §2.1): the records are pieces of one zlib stream (RFC
 * 1950), each flushed at its end, so each needs all that came before it.
 */
export class RecordInflater {
  readonly #inflater: RawInflater;
  #begun = false;
  #broken = false;

  constructor(inflater: RawInflater) {
    this.#inflater = inflater;
  }

  /** A record is missing: what follows refers to it. */
  lose(): void {
    this.#broken = true;
  }

  get broken(): boolean {
    return this.#broken;
  }

  /** The content of one record, in order; good until the next call. null where it cannot be had. */
  push(bytes: Uint8Array): Uint8Array | null {
    if (this.#broken) return null;
    if (bytes.length === 0) return bytes;
    let from = 0;
    if (!this.#begun) {
      this.#begun = true;
      if (!hasZlibHeader(bytes)) return this.#fail();
      from = ZLIB_HEADER;
    }
    let to = bytes.length;
    if (to - from >= FLUSH.length && FLUSH.every((byte, at) => bytes[to - FLUSH.length + at] === byte))
      to -= FLUSH.length;
    return this.#inflater.push(bytes.subarray(from, to), MOST_PLAINTEXT) ?? this.#fail();
  }

  #fail(): null {
    this.#broken = true;
    return null;
  }
}

/** Method 8 (DEFLATE), no dictionary, and a header checksum that fits (RFC 1950 §2.2). */
function hasZlibHeader(bytes: Uint8Array): boolean {
  const method = bytes[0] ?? 0;
  const flags = bytes[1] ?? 0;
  return (method & 0x0f) === 8 && (flags & 0x20) === 0 && ((method << 8) | flags) % 31 === 0;
}

const ZLIB_HEADER = 2;
/** An empty stored block: what Z_SYNC_FLUSH ends with. */
const FLUSH = [0x00, 0x00, 0xff, 0xff];
/** TLSPlaintext's largest fragment (RFC 5246 §6.2.2). */
const MOST_PLAINTEXT = 0x4000;
