import type { LayerCursor } from './layer.ts';
import { MOST_PIECES } from './packet-scratch.ts';
import { PACKET_FRAGMENT } from './packet.ts';
import { u16be } from '../bytes/reader.ts';

/** A datagram that is put together, or was. `pieces` are in order, do not overlap, and tell where its bytes lie. */
export interface Reassembly {
  readonly id: number;
  buffer: Uint8Array;
  readonly pieces: Piece[];
  /** Length of the datagram, -1 while its last fragment is unknown. */
  total: number;
  /** Bytes covered by pieces. */
  covered: number;
  /** Where the first byte lies that no capture holds (a fragment cut by the snap length); infinite where none. */
  cutAt: number;
  complete: boolean;
  /** ipProtocol of the fragment at offset 0: that of the others need not be the same in IPv6. */
  protocol: number;
  lastFrame: number;
  lastSeconds: number;
}

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly fileOffset: number;
  readonly frame: number;
}

/**
 * Puts IP fragments together, in any order and overlapping (what came first stands). Memory is bounded by datagrams,
 * bytes, frames and time; a datagram that was completed is kept for a while, so that copies of its fragments are known.
 */
export class IpFragments {
  readonly #datagrams = new Map<string, Reassembly>();
  #bytes = 0;
  #nextId = 1;

  /**
   * The cursor stands on the payload of a fragment whose addresses and protocol are in the packet. True where it
   * completes its datagram: the cursor then stands on the datagram's own first byte. False: the packet is a fragment.
   */
  add(cursor: LayerCursor, identification: number, offset: number, isLast: boolean): boolean {
    const packet = cursor.packet;
    const length = cursor.wireEnd - cursor.at;
    packet.kind = PACKET_FRAGMENT;
    readPorts(cursor, offset);
    packet.payloadMissing = cursor.wireEnd - cursor.end;
    // All but the last are whole units of eight bytes (RFC 791 §3.2), and no datagram exceeds 65,535 bytes.
    if (length <= 0 || offset + length > LARGEST_DATAGRAM) return false;
    this.#forgetOld(cursor);
    const key = keyOf(cursor, identification);
    let datagram = this.#datagrams.get(key);
    if (datagram !== undefined && this.#isAnother(datagram, cursor, offset, isLast)) {
      this.#forget(key, datagram);
      datagram = undefined;
    }
    if (datagram === undefined) {
      datagram = this.#begin(cursor);
      this.#datagrams.set(key, datagram);
    }
    datagram.lastFrame = cursor.frameNumber;
    datagram.lastSeconds = cursor.seconds;
    packet.datagramId = datagram.id;
    if (datagram.complete) return false;
    if (offset === 0) datagram.protocol = packet.ipProtocol;
    if (isLast) datagram.total = offset + length;
    this.#insert(datagram, cursor, offset, offset + length);
    if (datagram.total < 0 || datagram.covered < datagram.total) return false;
    datagram.complete = true;
    standOn(cursor, datagram);
    return true;
  }

  #begin(cursor: LayerCursor): Reassembly {
    return {
      id: this.#nextId++,
      buffer: new Uint8Array(0),
      pieces: [],
      total: -1,
      covered: 0,
      cutAt: Infinity,
      complete: false,
      protocol: cursor.packet.ipProtocol,
      lastFrame: cursor.frameNumber,
      lastSeconds: cursor.seconds,
    };
  }

  /**
   * Identifications are used again. A fragment belongs to another datagram than the one known where it goes beyond its
   * end, or says other bytes than it for the same place (checked on what both hold whole).
   */
  #isAnother(datagram: Reassembly, cursor: LayerCursor, offset: number, isLast: boolean): boolean {
    const end = offset + cursor.wireEnd - cursor.at;
    if (datagram.total >= 0 && (end > datagram.total || (isLast && end !== datagram.total))) return true;
    if (isLast && datagram.covered > 0 && end < (datagram.pieces.at(-1)?.to ?? 0)) return true;
    const known = datagram.pieces[indexBeyond(datagram.pieces, offset)];
    if (!datagram.complete && (known === undefined || known.from !== offset || known.to !== end))
      return false;
    const length = Math.min(cursor.end - cursor.at, datagram.cutAt - offset);
    for (let at = 0; at < length; at++) {
      if (datagram.buffer[offset + at] !== cursor.bytes[cursor.at + at]) return true;
    }
    return false;
  }

  /** Takes what of [from, to) is not covered yet; the cursor stands on the byte of `from`. */
  #insert(datagram: Reassembly, cursor: LayerCursor, from: number, to: number): void {
    const pieces = datagram.pieces;
    const added: Piece[] = [];
    let index = indexBeyond(pieces, from);
    let at = from;
    for (let piece = pieces[index]; piece !== undefined && piece.from < to; piece = pieces[++index]) {
      if (piece.from > at) {
        this.#copy(datagram, cursor, from, at, piece.from, added);
        pieces.splice(index, 0, ...added);
        index += added.length;
        added.length = 0;
      }
      at = piece.to;
    }
    if (at < to) this.#copy(datagram, cursor, from, at, to, added);
    pieces.splice(index, 0, ...added);
  }

  #copy(
    datagram: Reassembly,
    cursor: LayerCursor,
    origin: number,
    from: number,
    to: number,
    added: Piece[],
  ): void {
    if (datagram.pieces.length + added.length >= MOST_PIECES) return;
    this.#grow(datagram, to);
    const start = cursor.at + from - origin;
    const captured = Math.max(start, Math.min(cursor.end, start + to - from));
    datagram.buffer.set(cursor.bytes.subarray(start, captured), from);
    if (captured - start < to - from) datagram.cutAt = Math.min(datagram.cutAt, from + captured - start);
    datagram.covered += to - from;
    const within = cursor.reassembly;
    if (within === null) {
      added.push({ from, to, fileOffset: cursor.fileOffset + start, frame: cursor.frameNumber });
      return;
    }
    // A fragment inside a reassembled tunnel: its own bytes lie in several frames.
    for (const piece of within.pieces) {
      const first = Math.max(piece.from, start);
      const last = Math.min(piece.to, start + to - from);
      if (first >= last || datagram.pieces.length + added.length >= MOST_PIECES) continue;
      added.push({
        from: from + first - start,
        to: from + last - start,
        fileOffset: piece.fileOffset + first - piece.from,
        frame: piece.frame,
      });
    }
  }

  #grow(datagram: Reassembly, length: number): void {
    if (datagram.buffer.length >= length) return;
    const grown = new Uint8Array(
      Math.min(LARGEST_DATAGRAM, Math.max(length, datagram.buffer.length * 2, 2048)),
    );
    grown.set(datagram.buffer);
    this.#bytes += grown.length - datagram.buffer.length;
    datagram.buffer = grown;
  }

  #forgetOld(cursor: LayerCursor): void {
    for (const [key, datagram] of this.#datagrams) {
      const isOld =
        cursor.frameNumber - datagram.lastFrame > MOST_FRAMES ||
        cursor.seconds - datagram.lastSeconds > MOST_SECONDS;
      if (!isOld && this.#bytes <= MOST_BYTES && this.#datagrams.size < MOST_DATAGRAMS) return;
      this.#forget(key, datagram);
    }
  }

  #forget(key: string, datagram: Reassembly): void {
    this.#datagrams.delete(key);
    this.#bytes -= datagram.buffer.length;
  }
}

/** Index of the first piece that ends beyond `at`. */
function indexBeyond(pieces: readonly Piece[], at: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.to ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

const LARGEST_DATAGRAM = 65_535;
const MOST_DATAGRAMS = 4096;
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_FRAMES = 1_000_000;
/** RFC 8200 §4.5 gives up after 60 seconds, RFC 1122 §3.3.2 between 60 and 120. */
const MOST_SECONDS = 120;

function keyOf(cursor: LayerCursor, identification: number): string {
  const { addresses, ipVersion, ipProtocol } = cursor.packet;
  // RFC 791 §3.2 adds the protocol; in IPv6 the next header of fragments may differ (RFC 8200 §4.5).
  return ipVersion === 4
    ? `${addresses[0]},${addresses[4]},${identification},${ipProtocol}`
    : `${addresses.join()},${identification}`;
}

/** The first fragment shows the ports of TCP, UDP and SCTP. */
function readPorts(cursor: LayerCursor, offset: number): void {
  const packet = cursor.packet;
  const protocol = packet.ipProtocol;
  if (offset !== 0 || cursor.end - cursor.at < 4) return;
  if (protocol !== 6 && protocol !== 17 && protocol !== 132) return;
  packet.sourcePort = u16be(cursor.bytes, cursor.at);
  packet.destinationPort = u16be(cursor.bytes, cursor.at + 2);
}

function standOn(cursor: LayerCursor, datagram: Reassembly): void {
  cursor.bytes = datagram.buffer;
  cursor.at = 0;
  cursor.end = Math.min(datagram.total, datagram.cutAt);
  cursor.wireEnd = datagram.total;
  cursor.wireLimit = datagram.total;
  cursor.reassembly = datagram;
  cursor.packet.ipProtocol = datagram.protocol;
  // Whatever the transport below makes of it, it is no fragment any more.
  cursor.packet.kind = 0;
  cursor.packet.payloadMissing = 0;
  cursor.packet.sourcePort = 0;
  cursor.packet.destinationPort = 0;
}
