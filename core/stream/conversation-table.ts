import type { PacketScratch } from '../net/packet.ts';
import {
  PACKET_DATAGRAM,
  PACKET_SCTP,
  PACKET_SEGMENT,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
} from '../net/packet.ts';
import { Float64Column, Uint16Column, Uint32Column, Uint8Column } from '../store/columns.ts';
import { finishHash, mixWord } from '../store/murmur-hash.ts';

export const TRANSPORT_TCP = 1;
export const TRANSPORT_UDP = 2;
export const TRANSPORT_SCTP = 3;

/** How a direction's initial sequence number is known: not at all, … */
export const ISN_UNKNOWN = 0;
/** … as one less than the first number seen or acknowledged in a stream whose SYN was not captured, … */
export const ISN_GUESSED = 1;
/** … from the other side's SYN+ACK, … */
export const ISN_ACKNOWLEDGED = 2;
/** … or from the SYN itself. */
export const ISN_SEEN = 3;

/** Bits of #handshake behind the two directions' ISN_ codes. */
const BARE_SYN = 0x10;
const SYN_ACK = 0x40;

/** A SYN's own data (RFC 7413) may be acknowledged with it; the first segments may be captured out of order. */
const NEAR = 0x10000;
const BOTH_ENDED = 3;
/** Nothing is sent again from so far back. */
const MOST_BEHIND = 2 ** 26;
/** How often a SYN is sent before its sender gives up; twice that where every packet was captured twice. */
const MAX_SYNS = 16;
const FIRST_SLOTS = 1024;
/** A table at most half full never probes this far unless the addresses were made to collide. */
const MAX_PROBES = 1024;

/**
 * The conversations of a capture: pairs of address and port under one transport, whichever side sends; VLANs make no
 * difference. Numbered from 0 in order of first frame. Endpoint 0 is the one that sent that frame.
 * A SYN that does not belong to the connection known under its addresses and ports begins a new conversation, and so do
 * bytes that stand outside of one which both sides have ended: the SYN of the next one was not captured.
 * Columns named "per direction" have two rows a conversation: 2 * conversation + endpoint. 0 stands for no frame.
 */
export class ConversationTable {
  /** TRANSPORT_ codes, and 4 or 6. */
  readonly transport = new Uint8Column();
  readonly ipVersion = new Uint8Column();
  /** Eight words a conversation: the address of endpoint 0, then of endpoint 1, as in PacketScratch. */
  readonly addresses = new Uint32Column();
  /** Per direction. */
  readonly ports = new Uint16Column();
  readonly firstFrame = new Uint32Column();
  readonly lastFrame = new Uint32Column();
  /** Per direction: frames, and payload bytes of the transport as they were on the wire. */
  readonly frames = new Uint32Column();
  readonly bytes = new Float64Column();
  /** Per direction: the first frame with that flag. */
  readonly synFrame = new Uint32Column();
  readonly finFrame = new Uint32Column();
  readonly rstFrame = new Uint32Column();
  /** Per direction: initial sequence number, good as isnKnowledge says. */
  readonly isn = new Uint32Column();

  /** Which endpoint of the conversation sent the packet looked up last. */
  direction: 0 | 1 = 0;
  /** Whether that packet began the conversation, and the one whose addresses and ports it took over; -1 for none. */
  created = false;
  replaced = -1;

  readonly #seed: number;
  readonly #handshake = new Uint8Column();
  /** Bit per direction: a FIN was seen. Per direction: its sequence number. */
  readonly #ended = new Uint8Column();
  readonly #ends = new Uint32Column();
  readonly #hashes = new Uint32Column();
  #slots = new Uint32Array(FIRST_SLOTS);
  #filled = 0;
  #found = -1;

  /** A host may give a random seed, against which no addresses can be made to collide. */
  constructor(seed = 0) {
    this.#seed = seed | 0;
  }

  get length(): number {
    return this.transport.length;
  }

  get byteLength(): number {
    let bytes = this.#slots.byteLength + this.transport.byteLength + this.ipVersion.byteLength;
    bytes += this.addresses.byteLength + this.ports.byteLength + this.firstFrame.byteLength;
    bytes += this.lastFrame.byteLength + this.frames.byteLength + this.bytes.byteLength;
    bytes += this.synFrame.byteLength + this.finFrame.byteLength + this.rstFrame.byteLength;
    bytes += this.isn.byteLength + this.#handshake.byteLength + this.#hashes.byteLength;
    return bytes + this.#ended.byteLength + this.#ends.byteLength;
  }

  /** ISN_ code of one direction. */
  isnKnowledge(conversation: number, direction: 0 | 1): number {
    return (this.#handshake.read(conversation) >>> (2 * direction)) & 3;
  }

  /** The endpoint that opened the TCP connection, by SYN or SYN+ACK; -1 where neither was captured. */
  openerOf(conversation: number): 0 | 1 | -1 {
    const handshake = this.#handshake.read(conversation);
    if ((handshake & (BARE_SYN | (SYN_ACK << 1))) !== 0) return 0;
    return (handshake & ((BARE_SYN << 1) | SYN_ACK)) !== 0 ? 1 : -1;
  }

  /**
   * The conversation of the packet of `frame`, begun if need be, with the frame counted in it; -1 where the packet is no
   * segment, datagram or SCTP packet. Sets `direction`, `created` and `replaced`.
   */
  lookup(packet: PacketScratch, frame: number): number {
    const transport = transportOf(packet.kind);
    if (transport === 0) return -1;
    const hash = this.#hashOf(packet, transport);
    const slot = this.#find(packet, transport, hash);
    let conversation = this.#found;
    const opening = transport === TRANSPORT_TCP && (packet.tcpFlags & TCP_SYN) !== 0;
    this.created =
      conversation < 0 ||
      (opening ? !this.#continues(conversation, packet) : this.#isBeyondEnds(conversation, packet));
    this.replaced = this.created ? conversation : -1;
    if (this.created) conversation = this.#create(packet, transport, hash, slot, frame);
    if (transport === TRANSPORT_TCP) this.#noteFlags(conversation, packet, frame);
    const row = 2 * conversation + this.direction;
    this.frames.add(row, 1);
    this.bytes.add(row, packet.payloadEnd - packet.payloadStart + packet.payloadMissing);
    this.lastFrame.write(conversation, frame);
    return conversation;
  }

  /**
   * The slot where the packet's conversation stands or is to stand. Sets #found to the conversation (-1 for none) and
   * `direction`.
   */
  #find(packet: PacketScratch, transport: number, hash: number): number {
    const mask = this.#slots.length - 1;
    const home = hash & mask;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const slot = (home + probe) & mask;
      const conversation = this.#slots[slot]! - 1;
      if (conversation < 0) {
        this.#found = -1;
        return slot;
      }
      if (this.#hashes.read(conversation) !== hash) continue;
      if (this.transport.read(conversation) !== transport) continue;
      if (this.ipVersion.read(conversation) !== packet.ipVersion) continue;
      const forward = this.#matches(conversation, packet, 0);
      if (!forward && !this.#matches(conversation, packet, 1)) continue;
      this.direction = forward ? 0 : 1;
      this.#found = conversation;
      return slot;
    }
    // Addresses made to collide: the conversation in the way loses its place in the table, its rows stay.
    this.#found = -1;
    return home;
  }

  #matches(conversation: number, packet: PacketScratch, sender: 0 | 1): boolean {
    const ports = 2 * conversation;
    if (this.ports.read(ports + sender) !== packet.sourcePort) return false;
    if (this.ports.read(ports + 1 - sender) !== packet.destinationPort) return false;
    const row = 8 * conversation;
    const swap = 4 * sender;
    const step = packet.ipVersion === 6 ? 1 : 4;
    for (let i = 0; i < 8; i += step) {
      if (this.addresses.read(row + i) !== packet.addresses[i ^ swap]) return false;
    }
    return true;
  }

  #create(packet: PacketScratch, transport: number, hash: number, slot: number, frame: number): number {
    const conversation = this.transport.push(transport);
    this.ipVersion.push(packet.ipVersion);
    const words = packet.ipVersion === 6 ? 4 : 1;
    for (let i = 0; i < 8; i++) this.addresses.push(i % 4 < words ? packet.addresses[i]! : 0);
    this.ports.push(packet.sourcePort);
    this.ports.push(packet.destinationPort);
    this.firstFrame.push(frame);
    this.lastFrame.push(frame);
    this.#handshake.push(0);
    this.#ended.push(0);
    this.#hashes.push(hash);
    const rows = 2 * conversation + 2;
    this.frames.resize(rows);
    this.bytes.resize(rows);
    this.synFrame.resize(rows);
    this.finFrame.resize(rows);
    this.rstFrame.resize(rows);
    this.isn.resize(rows);
    this.#ends.resize(rows);
    this.direction = 0;
    if (this.#slots[slot] === 0) this.#filled++;
    this.#slots[slot] = conversation + 1;
    if (this.#filled * 2 > this.#slots.length) this.#rehash();
    return conversation;
  }

  /** A segment without payload before any with one: a beginning that is guessed is not behind where it stands. */
  noteEmpty(conversation: number, packet: PacketScratch): void {
    const { direction } = this;
    if (this.isnKnowledge(conversation, direction) !== ISN_GUESSED) return;
    const isn = (packet.sequence - 1) >>> 0;
    const lower = (this.isn.read(2 * conversation + direction) - isn) >>> 0;
    if (lower < NEAR) this.isn.write(2 * conversation + direction, isn);
  }

  /** Whether a packet with SYN set belongs to the connection known, rather than beginning another on its ports. */
  #continues(conversation: number, packet: PacketScratch): boolean {
    const { direction } = this;
    const other = direction === 0 ? 1 : 0;
    const own = this.isnKnowledge(conversation, direction);
    const theirs = this.isnKnowledge(conversation, other);
    const isn = this.isn.read(2 * conversation + direction);
    if (own !== ISN_UNKNOWN && isn === packet.sequence) return true;
    if (own === ISN_GUESSED && (isn - packet.sequence) >>> 0 < NEAR) return true;
    if ((packet.tcpFlags & TCP_ACK) === 0) {
      // A SYN's data acknowledged before the SYN itself was captured; or both sides opening at once (RFC 9293 §3.5).
      if (own === ISN_ACKNOWLEDGED) return (isn - packet.sequence) >>> 0 === payloadLength(packet);
      return own === ISN_UNKNOWN && theirs === ISN_SEEN && this.#isUnanswered(conversation, other);
    }
    if (theirs === ISN_UNKNOWN) return false;
    const beyond = (packet.acknowledgement - 1 - this.isn.read(2 * conversation + other)) | 0;
    return beyond < NEAR && beyond >= (theirs === ISN_GUESSED ? -NEAR : 0);
  }

  /** Whether a segment brings bytes from behind the FINs of both sides, or from further back than anything is sent again. */
  #isBeyondEnds(conversation: number, packet: PacketScratch): boolean {
    if (this.#ended.read(conversation) !== BOTH_ENDED || payloadLength(packet) === 0) return false;
    const behind = (packet.sequence - this.#ends.read(2 * conversation + this.direction)) | 0;
    return (behind > 0 || behind < -MOST_BEHIND) && (packet.tcpFlags & TCP_RST) === 0;
  }

  /** Whether all that the endpoint sent are SYNs without ACK, as far as counts tell. */
  #isUnanswered(conversation: number, sender: 0 | 1): boolean {
    const bare = (this.#handshake.read(conversation) & (BARE_SYN << sender)) !== 0;
    const answered = (this.#handshake.read(conversation) & (SYN_ACK << sender)) !== 0;
    return bare && !answered && this.frames.read(2 * conversation + sender) <= MAX_SYNS;
  }

  #noteFlags(conversation: number, packet: PacketScratch, frame: number): void {
    const flags = packet.tcpFlags;
    const { direction } = this;
    const row = 2 * conversation + direction;
    const handshake = this.#handshake.read(conversation);
    const known = (handshake >>> (2 * direction)) & 3;
    if ((flags & TCP_SYN) !== 0) this.#noteSyn(conversation, packet, frame);
    else if (known === ISN_SEEN && ((handshake >>> (2 - 2 * direction)) & 3) < ISN_ACKNOWLEDGED) {
      this.#noteFirst(conversation, packet);
    } else if (known === ISN_UNKNOWN && (flags & TCP_RST) === 0) {
      this.#know(conversation, direction, packet.sequence - 1, ISN_GUESSED);
      const other = direction === 0 ? 1 : 0;
      if ((flags & TCP_ACK) !== 0 && this.isnKnowledge(conversation, other) === ISN_UNKNOWN)
        this.#know(conversation, other, packet.acknowledgement - 1, ISN_GUESSED);
    }
    if ((flags & TCP_FIN) !== 0 && this.finFrame.read(row) === 0) {
      this.finFrame.write(row, frame);
      this.#ends.write(row, packet.sequence + payloadLength(packet));
      this.#ended.write(conversation, this.#ended.read(conversation) | (1 << direction));
    }
    if ((flags & TCP_RST) !== 0 && this.rstFrame.read(row) === 0) this.rstFrame.write(row, frame);
  }

  #noteSyn(conversation: number, packet: PacketScratch, frame: number): void {
    const { direction } = this;
    const row = 2 * conversation + direction;
    this.#know(conversation, direction, packet.sequence, ISN_SEEN);
    if (this.synFrame.read(row) === 0) this.synFrame.write(row, frame);
    const answers = (packet.tcpFlags & TCP_ACK) !== 0;
    const bit = (answers ? SYN_ACK : BARE_SYN) << direction;
    this.#handshake.write(conversation, this.#handshake.read(conversation) | bit);
    const other = direction === 0 ? 1 : 0;
    if (answers && this.isnKnowledge(conversation, other) < ISN_ACKNOWLEDGED) {
      this.#know(conversation, other, packet.acknowledgement - 1, ISN_ACKNOWLEDGED);
    }
  }

  /** The opener's first segment acknowledges the other side's SYN, whose own frame may come late or not at all. */
  #noteFirst(conversation: number, packet: PacketScratch): void {
    const { direction } = this;
    if ((packet.tcpFlags & TCP_ACK) === 0 || (packet.tcpFlags & TCP_RST) !== 0) return;
    const opens = (this.#handshake.read(conversation) & (BARE_SYN << direction)) !== 0;
    const isn = this.isn.read(2 * conversation + direction);
    if (!opens || packet.sequence !== (isn + 1) >>> 0) return;
    this.#know(conversation, direction === 0 ? 1 : 0, packet.acknowledgement - 1, ISN_ACKNOWLEDGED);
  }

  #know(conversation: number, direction: 0 | 1, isn: number, knowledge: number): void {
    this.isn.write(2 * conversation + direction, isn);
    const shift = 2 * direction;
    const others = this.#handshake.read(conversation) & ~(3 << shift);
    this.#handshake.write(conversation, others | (knowledge << shift));
  }

  /** The same for both directions: the endpoints' hashes are added. */
  #hashOf(packet: PacketScratch, transport: number): number {
    const source = this.#hashEndpoint(packet, 0, packet.sourcePort);
    const destination = this.#hashEndpoint(packet, 4, packet.destinationPort);
    return finishHash(mixWord(this.#seed, (source + destination) ^ transport));
  }

  #hashEndpoint(packet: PacketScratch, at: number, port: number): number {
    let state = mixWord(this.#seed, packet.addresses[at]!);
    if (packet.ipVersion === 6) {
      for (let i = 1; i < 4; i++) state = mixWord(state, packet.addresses[at + i]!);
    }
    return finishHash(mixWord(state, port));
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (const entry of this.#slots) {
      if (entry === 0) continue;
      let slot = this.#hashes.read(entry - 1) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry;
    }
    this.#slots = slots;
  }
}

function transportOf(kind: number): number {
  if (kind === PACKET_SEGMENT) return TRANSPORT_TCP;
  if (kind === PACKET_DATAGRAM) return TRANSPORT_UDP;
  return kind === PACKET_SCTP ? TRANSPORT_SCTP : 0;
}

function payloadLength(packet: PacketScratch): number {
  return packet.payloadEnd - packet.payloadStart + packet.payloadMissing;
}
