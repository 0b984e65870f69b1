/** The bytes of one stream's tunnel: pieces in order, of which a length of 0 stands for a loss. */
export interface Tunnel {
  readonly conversation: number;
  readonly pieces: TunnelPiece[];
}

export interface TunnelPiece {
  readonly direction: 0 | 1;
  readonly frame: number;
  /** The outer record. */
  readonly row: number;
  /** Where its bytes are kept. */
  readonly at: number;
  readonly length: number;
}

/** What outer records opened to where that is a tunnel, by stream: kept in memory up to a bound. */
export class TunnelBytes {
  /** More came than is kept. */
  full = false;
  bytes = new Uint8Array(0);

  private readonly byStream = new Map<number, Tunnel>();
  private length = 0;

  tunnels(): Tunnel[] {
    return [...this.byStream.values()];
  }

  /** Bytes in order, out of the outer record `row` that is complete in `frame`. */
  append(
    stream: number,
    conversation: number,
    direction: 0 | 1,
    bytes: Uint8Array,
    from: number,
    to: number,
    row: number,
    frame: number,
  ): void {
    let tunnel = this.byStream.get(stream);
    if (tunnel === undefined) {
      tunnel = { conversation, pieces: [] };
      this.byStream.set(stream, tunnel);
    }
    const length = to - from;
    if (this.length + length > MOST_BYTES) {
      this.full = true;
      return;
    }
    if (this.length + length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(65536, 2 * (this.length + length)));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(bytes.subarray(from, to), this.length);
    tunnel.pieces.push({ direction, frame, row, at: this.length, length });
    this.length += length;
  }

  /** Bytes are missing, nobody knows how many. */
  gap(stream: number, direction: 0 | 1): void {
    const tunnel = this.byStream.get(stream);
    const last = tunnel?.pieces.at(-1);
    if (last !== undefined) tunnel?.pieces.push({ ...last, direction, length: 0 });
  }

  /** A stream is read again from its beginning. */
  forget(stream: number): void {
    this.byStream.delete(stream);
  }

  clear(): void {
    this.byStream.clear();
    this.full = false;
    this.bytes = new Uint8Array(0);
    this.length = 0;
  }

  /** The lowest frame with something inside, Infinity where there is none. */
  get firstFrame(): number {
    let first = Infinity;
    for (const { pieces } of this.byStream.values()) first = Math.min(first, pieces[0]?.frame ?? Infinity);
    return first;
  }

  /** Copies kept bytes; false where they are not there. */
  read(offset: number, length: number, target: Uint8Array, at: number): boolean {
    if (offset + length > this.length) return false;
    target.set(this.bytes.subarray(offset, offset + length), at);
    return true;
  }

  /** Of every kept byte the piece that it came in. */
  index(): (at: number) => TunnelPiece | undefined {
    const pieces = this.tunnels().flatMap((tunnel) => tunnel.pieces);
    pieces.sort((a, b) => a.at - b.at);
    return (at) => pieceAt(pieces, Math.min(at, this.length - 1));
  }
}

/** The piece in which offset `at` lies. */
function pieceAt(pieces: readonly TunnelPiece[], at: number): TunnelPiece | undefined {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pieces[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return pieces[low - 1];
}

/** What tunnels carry is kept in memory up to this much. */
const MOST_BYTES = 64 * 1024 * 1024;
