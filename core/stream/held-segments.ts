import type { PacketScratch } from '../net/packet.ts';
import { takePieces } from './payload-pieces.ts';

/** Bytes of one frame that cannot be delivered yet, copied. */
export interface HeldSegment {
  position: number;
  readonly bytes: Uint8Array;
  /** File offset of the first byte. */
  readonly offset: number;
  readonly frame: number;
}

/** What an entry costs beside its bytes: the object and its array. */
const ENTRY_COST = 256;
/** Entries that were taken out are swept together with the array's head once there are this many. */
const SWEEP = 1024;

/** Segments that wait behind a hole: in order of position, never overlapping; of two for one byte the first wins. */
export class HeldSegments {
  /** Set by insertPayload: bytes added, whether bytes held already differ from the new ones, and who brought the last of them. */
  added = 0;
  differs = false;
  heldBy = 0;

  #cost = 0;
  #list: HeldSegment[] = [];
  #head = 0;

  /** Bytes held, bookkeeping included. */
  get cost(): number {
    return this.#cost;
  }

  get first(): HeldSegment | undefined {
    return this.#list[this.#head];
  }

  get oldestFrame(): number {
    let oldest = Infinity;
    for (let i = this.#head; i < this.#list.length; i++) oldest = Math.min(oldest, this.#list[i]!.frame);
    return oldest;
  }

  dropFirst(): void {
    const first = this.first;
    if (first === undefined) return;
    this.#cost -= first.bytes.length + ENTRY_COST;
    this.#head++;
    if (this.#head === this.#list.length) {
      this.#list = [];
      this.#head = 0;
    } else if (this.#head >= SWEEP && this.#head * 2 > this.#list.length) {
      this.#list.splice(0, this.#head);
      this.#head = 0;
    }
  }

  clear(): void {
    this.#list = [];
    this.#head = 0;
    this.#cost = 0;
  }

  /** Counts all positions from `origin` instead of from 0. */
  rebase(origin: number): void {
    for (let i = this.#head; i < this.#list.length; i++) this.#list[i]!.position -= origin;
  }

  /** Holds the payload's bytes of positions [from, to); its first byte has `position`. */
  insertPayload(packet: PacketScratch, position: number, from: number, to: number, frame: number): void {
    this.added = 0;
    this.differs = false;
    this.heldBy = 0;
    if (packet.pieces > 0) this.#insertPieces(packet, position, from, to);
    else {
      const { payload, payloadStart, payloadOffset } = packet;
      const at = payloadStart + (from - position);
      this.#insert(
        from,
        payload,
        at,
        payloadStart + (to - position),
        payloadOffset + (from - position),
        frame,
      );
    }
  }

  #insertPieces(packet: PacketScratch, position: number, from: number, to: number): void {
    takePieces(packet, position, from, to, (...piece) => this.#insert(...piece));
  }

  #insert(
    position: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    frame: number,
  ): void {
    const end = position + (to - from);
    let at = position;
    let index = this.#indexBehind(position);
    while (at < end) {
      const held = this.#list[index];
      const until = held === undefined ? end : Math.min(end, held.position);
      if (until > at) {
        const start = from + (at - position);
        const piece = bytes.slice(start, start + (until - at));
        const entry = { position: at, bytes: piece, offset: offset + (at - position), frame };
        if (held === undefined) this.#list.push(entry);
        else this.#list.splice(index, 0, entry);
        this.#cost += piece.length + ENTRY_COST;
        this.added += piece.length;
        at = until;
      } else if (held !== undefined) {
        const heldEnd = Math.min(end, held.position + held.bytes.length);
        if (!this.differs) this.differs = !equalBytes(held, at, heldEnd, bytes, from - position);
        this.heldBy = held.frame;
        at = heldEnd;
      }
      index++;
    }
  }

  /** Index of the first entry that ends behind `position`. */
  #indexBehind(position: number): number {
    const list = this.#list;
    let low = this.#head;
    let high = list.length;
    const last = list[high - 1];
    if (last === undefined || last.position + last.bytes.length <= position) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const held = list[middle]!;
      if (held.position + held.bytes.length > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Whether positions [from, to) hold the same bytes; `shift` takes a position to its place in `bytes`. */
function equalBytes(held: HeldSegment, from: number, to: number, bytes: Uint8Array, shift: number): boolean {
  for (let at = from; at < to; at++) {
    if (held.bytes[at - held.position] !== bytes[at + shift]) return false;
  }
  return true;
}
