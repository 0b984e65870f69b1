/**
 * Where bytes lie, without the bytes: `length` bytes from `offset` on in a source. What a source number names (the
 * capture, a reassembled datagram, a record's plaintext, an inflated message) is its holder's affair.
 */
export interface Span {
  readonly source: number;
  readonly offset: number;
  readonly length: number;
}

/** The source number of the (decompressed) capture file itself. */
export const SOURCE_CAPTURE = 0;
