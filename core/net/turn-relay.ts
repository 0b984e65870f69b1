import { u16be, u32be } from '../bytes/reader.ts';
import type { PacketScratch } from './packet.ts';

/** One end: four words of the address, then the port. */
type End = Uint32Array;

interface Allocation {
  /** Where the server relays from and to; null where its answer was not seen. */
  relayed: End | null;
  relayedVersion: 4 | 6;
  readonly peers: Map<number, { readonly end: End; readonly version: 4 | 6 }>;
}

/**
 * TURN as the tunnel that it is (RFC 8656 §11, §12): a datagram inside ChannelData or a Send or Data indication becomes one
 * between the client's relayed address and the peer. Allocations and channels are learned as they are made.
 */
export class TurnRelays {
  /** By the client's and the server's end. */
  private readonly allocations = new Map<string, Allocation>();

  /**
   * Turns a packet that carries a datagram into that datagram, in place; false where it stays what it is. Where the capture
   * does not hold how the channel was made, the ends stay those of client and server.
   */
  unwrap(packet: PacketScratch): boolean {
    const { payload, payloadStart, payloadEnd } = packet;
    if (payloadEnd - payloadStart < CHANNEL_HEADER || packet.pieces > 0) return false;
    const first = payload[payloadStart]!;
    if (first >= 0x40 && first <= 0x4f) return this.unwrapChannel(packet);
    if (first > 1 || !isStun(payload, payloadStart, payloadEnd)) return false;
    return this.takeStun(packet);
  }

  private unwrapChannel(packet: PacketScratch): boolean {
    const { payload, payloadStart } = packet;
    const data = turnData(payload, payloadStart, packet.payloadEnd, packet.payloadMissing);
    if (data === null) return false;
    const channel = u16be(payload, payloadStart);
    const sent = this.allocations.get(keyOf(packet, 0));
    const allocation = sent ?? this.allocations.get(keyOf(packet, 1));
    const peer = allocation?.peers.get(channel);
    if (allocation === undefined || peer === undefined) {
      // Four bytes alone are weak: without the request that bound the channel what is inside has to be media or its keys.
      if (!looksRelayed(payload, data.from)) return false;
    } else readdress(packet, allocation, peer, sent !== undefined);
    narrow(packet, data);
    return true;
  }

  private takeStun(packet: PacketScratch): boolean {
    const { payload, payloadStart, payloadEnd } = packet;
    switch (u16be(payload, payloadStart)) {
      case ALLOCATE_SUCCESS: {
        const relayed = addressIn(payload, payloadStart, payloadEnd, XOR_RELAYED_ADDRESS);
        const allocation = relayed === null ? null : this.allocationOf(packet, 1);
        if (allocation === null || relayed === null) return false;
        allocation.relayed = relayed.end;
        allocation.relayedVersion = relayed.version;
        return false;
      }
      case CHANNEL_BIND: {
        const channel = attributeOf(payload, payloadStart, payloadEnd, CHANNEL_NUMBER);
        const peer = addressIn(payload, payloadStart, payloadEnd, XOR_PEER_ADDRESS);
        const allocation = channel === null || peer === null ? null : this.allocationOf(packet, 0);
        if (allocation !== null && channel !== null && peer !== null && channel.to - channel.from >= 2)
          allocation.peers.set(u16be(payload, channel.from), peer);
        return false;
      }
      case SEND_INDICATION:
      case DATA_INDICATION:
        return this.unwrapIndication(packet);
      default:
        return false;
    }
  }

  private unwrapIndication(packet: PacketScratch): boolean {
    const { payload, payloadStart, payloadEnd } = packet;
    const peer = addressIn(payload, payloadStart, payloadEnd, XOR_PEER_ADDRESS);
    const data = turnData(payload, payloadStart, payloadEnd, packet.payloadMissing);
    if (peer === null || data === null) return false;
    const sent = u16be(payload, payloadStart) === SEND_INDICATION;
    const allocation = this.allocations.get(keyOf(packet, sent ? 0 : 1)) ?? NO_ALLOCATION;
    readdress(packet, allocation, peer, sent);
    narrow(packet, data);
    return true;
  }

  /** The allocation whose client is the packet's source (0) or destination (1); null where there are too many. */
  private allocationOf(packet: PacketScratch, client: 0 | 1): Allocation | null {
    const key = keyOf(packet, client);
    const known = this.allocations.get(key);
    if (known !== undefined) return known;
    if (this.allocations.size >= MOST_ALLOCATIONS) return null;
    const made: Allocation = { relayed: null, relayedVersion: 4, peers: new Map() };
    this.allocations.set(key, made);
    return made;
  }
}

/** What ChannelData or an indication carries in bytes[from, to); null where it carries nothing. `missing`: cut behind it. */
export function turnData(
  bytes: Uint8Array,
  from: number,
  to: number,
  missing: number,
): { readonly from: number; readonly to: number; readonly missing: number } | null {
  if (to - from < CHANNEL_HEADER) return null;
  const first = bytes[from]!;
  if (first >= 0x40 && first <= 0x4f) {
    const length = u16be(bytes, from + 2);
    const rest = to + missing - from - CHANNEL_HEADER;
    // Padding is allowed over UDP too (RFC 8656 §12.5).
    if (length === 0 || length > rest || rest - length > 3) return null;
    return clipped(from + CHANNEL_HEADER, length, to);
  }
  if (first > 1 || !isStun(bytes, from, to)) return null;
  const type = u16be(bytes, from);
  if (type !== SEND_INDICATION && type !== DATA_INDICATION) return null;
  const data = attributeOf(bytes, from, to, DATA);
  return data === null || data.length === 0 ? null : clipped(data.from, data.length, to);
}

function clipped(
  from: number,
  length: number,
  end: number,
): { readonly from: number; readonly to: number; readonly missing: number } {
  const to = Math.min(end, from + length);
  return { from, to, missing: from + length - to };
}

function narrow(
  packet: PacketScratch,
  data: { readonly from: number; readonly to: number; readonly missing: number },
): void {
  packet.payloadOffset += data.from - packet.payloadStart;
  packet.payloadStart = data.from;
  packet.payloadEnd = data.to;
  packet.payloadMissing = data.missing;
}

/** Puts the relayed address (the client's own where it is not known) and the peer into the packet's ends. */
function readdress(
  packet: PacketScratch,
  allocation: Allocation,
  peer: { readonly end: End; readonly version: 4 | 6 },
  sent: boolean,
): void {
  const { addresses } = packet;
  const { relayed, relayedVersion } = allocation;
  // A relay between IPv4 and IPv6 (RFC 8656 §7.2) has a relayed address of the peer's family.
  if (relayed === null ? packet.ipVersion !== peer.version : relayedVersion !== peer.version) return;
  const client = sent ? 0 : 4;
  const clientPort = relayed?.[4] ?? (sent ? packet.sourcePort : packet.destinationPort);
  if (relayed !== null) addresses.set(relayed.subarray(0, 4), client);
  addresses.set(peer.end.subarray(0, 4), 4 - client);
  const peerPort = peer.end[4]!;
  packet.sourcePort = sent ? clientPort : peerPort;
  packet.destinationPort = sent ? peerPort : clientPort;
  packet.ipVersion = peer.version;
}

function keyOf(packet: PacketScratch, client: 0 | 1): string {
  const { addresses } = packet;
  const at = 4 * client;
  const other = 4 - at;
  const ports =
    client === 0
      ? `${packet.sourcePort} ${packet.destinationPort}`
      : `${packet.destinationPort} ${packet.sourcePort}`;
  return `${addresses.subarray(at, at + 4).join(' ')} ${addresses.subarray(other, other + 4).join(' ')} ${ports}`;
}

/** RTP, RTCP, DTLS or STUN by the first byte (RFC 7983 §7), as peers send them through a channel. */
export function looksRelayed(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at] ?? 255;
  if (first <= 3) return bytes.length - at >= 8 && u32be(bytes, at + 4) === COOKIE;
  return (first >= 20 && first <= 26 && bytes[at + 1] === 0xfe) || (first >= 128 && first <= 191);
}

function isStun(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from >= STUN_HEADER && u32be(bytes, from + 4) === COOKIE;
}

interface Attribute {
  readonly from: number;
  /** Where it ends, or the capture cuts it. */
  readonly to: number;
  readonly length: number;
}

function attributeOf(bytes: Uint8Array, from: number, to: number, type: number): Attribute | null {
  for (let at = from + STUN_HEADER; at + 4 <= to;) {
    const length = u16be(bytes, at + 2);
    if (u16be(bytes, at) === type) return { from: at + 4, to: Math.min(to, at + 4 + length), length };
    at += 4 + ((length + 3) & ~3);
  }
  return null;
}

/** An address that is masked with the cookie and the transaction's id (RFC 8489 §14.2). */
function addressIn(
  bytes: Uint8Array,
  from: number,
  to: number,
  type: number,
): { readonly end: End; readonly version: 4 | 6 } | null {
  const found = attributeOf(bytes, from, to, type);
  if (found === null || found.to - found.from < found.length) return null;
  const at = found.from;
  const words = bytes[at + 1] === 2 ? 4 : 1;
  if (found.length < 4 + 4 * words) return null;
  const end = new Uint32Array(5);
  for (let word = 0; word < words; word += 1)
    end[word] = u32be(bytes, at + 4 + 4 * word) ^ u32be(bytes, from + 4 + 4 * word);
  end[4] = u16be(bytes, at + 2) ^ (COOKIE >>> 16);
  return { end, version: words === 4 ? 6 : 4 };
}

const COOKIE = 0x2112_a442;
const STUN_HEADER = 20;
const CHANNEL_HEADER = 4;
const CHANNEL_BIND = 0x0009;
const SEND_INDICATION = 0x0016;
const DATA_INDICATION = 0x0017;
const ALLOCATE_SUCCESS = 0x0103;
const CHANNEL_NUMBER = 0x000c;
const XOR_PEER_ADDRESS = 0x0012;
const DATA = 0x0013;
const XOR_RELAYED_ADDRESS = 0x0016;
const MOST_ALLOCATIONS = 20_000;
const NO_ALLOCATION: Allocation = { relayed: null, relayedVersion: 4, peers: new Map() };
