import { u16be, u32be } from '../../bytes/reader.ts';
import { classifyStartLine, LINE_SIP_REQUEST, LINE_SIP_RESPONSE } from '../start-line.ts';

/** What begins every packet of the Homer Encapsulation Protocol, version 3: "HEP3". */
export const HEP_MAGIC: readonly number[] = [0x48, 0x45, 0x50, 0x33];

/**
 * What one HEP packet tells of the message that it carries. Reused: copy what is to be kept. Addresses are four
 * big-endian 32-bit words each, source then destination, as in core/net/packet.ts.
 */
export interface HepPacket {
  ipVersion: 4 | 6;
  /** 6 TCP, 17 UDP, 132 SCTP. */
  ipProtocol: number;
  readonly addresses: Uint32Array;
  sourcePort: number;
  destinationPort: number;
  /** 1 SIP, 5 RTCP, 34 RTP report and others (HEP3, "Protocol types"). */
  protocolType: number;
  /** bytes[from, to) of what was decoded: the message carried. Empty where it is compressed or absent. */
  bytes: Uint8Array;
  from: number;
  to: number;
  /** The message is there, compressed. */
  compressed: boolean;
}

export function createHepPacket(): HepPacket {
  return {
    ipVersion: 4,
    ipProtocol: 17,
    addresses: new Uint32Array(8),
    sourcePort: 0,
    destinationPort: 0,
    protocolType: 0,
    bytes: new Uint8Array(0),
    from: 0,
    to: 0,
    compressed: false,
  };
}

/**
 * Reads one HEP packet out of bytes[from, to): the magic, the total length, then chunks of vendor, type, length (its own
 * six bytes included) and value; or the fixed header of versions 1 and 2. False where it is none, or names no pair of
 * endpoints.
 */
export function decodeHep(bytes: Uint8Array, from: number, to: number, packet: HepPacket): boolean {
  if (!isHep(bytes, from, to)) return decodeOldHep(bytes, from, to, packet);
  const end = Math.min(to, from + u16be(bytes, from + 4));
  packet.bytes = bytes;
  packet.from = packet.to = end;
  packet.compressed = false;
  packet.addresses.fill(0);
  packet.ipProtocol = 17;
  packet.sourcePort = packet.destinationPort = packet.protocolType = 0;
  let endpoints = 0;
  for (let at = from + HEADER; at + CHUNK_HEADER <= end;) {
    const length = u16be(bytes, at + 4);
    const next = at + length;
    if (length < CHUNK_HEADER || next > end) break;
    if (u16be(bytes, at) === 0) endpoints |= readChunk(packet, u16be(bytes, at + 2), bytes, at + 6, next);
    at = next;
  }
  return endpoints === 3;
}

/** Whether a HEP packet of version 3 begins at bytes[from]. */
export function isHep(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from >= HEADER && HEP_MAGIC.every((byte, at) => bytes[from + at] === byte);
}

/**
 * Versions 1 and 2, in datagrams only: version, length of the header, address family, protocol, two ports, two addresses; in
 * version 2 a time and the capture agent's number. They have no magic, so SIP must follow where the family says; the length is
 * not asked, since agents of version 2 disagree on what it counts.
 */
function decodeOldHep(bytes: Uint8Array, from: number, to: number, packet: HepPacket): boolean {
  const version = bytes[from];
  if ((version !== 1 && version !== 2) || to - from < OLD_HEADER) return false;
  const family = bytes[from + 2];
  const words = family === 2 ? 1 : family === 10 ? 4 : 0;
  const length = 8 + 8 * words + (version === 1 ? 0 : 12);
  if (words === 0 || !beginsWithSip(bytes, from + length, to)) return false;
  packet.bytes = bytes;
  packet.from = from + length;
  packet.to = to;
  packet.compressed = false;
  packet.ipVersion = words === 1 ? 4 : 6;
  packet.ipProtocol = bytes[from + 3]!;
  packet.sourcePort = u16be(bytes, from + 4);
  packet.destinationPort = u16be(bytes, from + 6);
  packet.protocolType = 1;
  packet.addresses.fill(0);
  for (let word = 0; word < words; word += 1) {
    packet.addresses[word] = u32be(bytes, from + 8 + 4 * word);
    packet.addresses[4 + word] = u32be(bytes, from + 8 + 4 * (words + word));
  }
  return true;
}

function beginsWithSip(bytes: Uint8Array, from: number, to: number): boolean {
  let end = from;
  while (end < to && bytes[end] !== 10) end += 1;
  if (end > from && bytes[end - 1] === 13) end -= 1;
  const kind = classifyStartLine(bytes, from, end);
  return kind === LINE_SIP_REQUEST || kind === LINE_SIP_RESPONSE;
}

/** Reads one generic chunk; bit 0 where it named the source's address, bit 1 the destination's. */
function readChunk(packet: HepPacket, type: number, bytes: Uint8Array, from: number, to: number): number {
  const size = to - from;
  switch (type) {
    case 1:
      if (size >= 1) packet.ipVersion = bytes[from] === 10 ? 6 : 4;
      break;
    case 2:
      if (size >= 1) packet.ipProtocol = bytes[from]!;
      break;
    case 3:
    case 4:
    case 5:
    case 6: {
      const words = type < 5 ? 1 : 4;
      if (size < 4 * words) return 0;
      const destination = type % 2 === 0;
      for (let word = 0; word < words; word += 1)
        packet.addresses[(destination ? 4 : 0) + word] = u32be(bytes, from + 4 * word);
      return destination ? 2 : 1;
    }
    case 7:
      if (size >= 2) packet.sourcePort = u16be(bytes, from);
      break;
    case 8:
      if (size >= 2) packet.destinationPort = u16be(bytes, from);
      break;
    case 11:
      if (size >= 1) packet.protocolType = bytes[from]!;
      break;
    case 15:
      packet.from = from;
      packet.to = to;
      break;
    case 16:
      packet.compressed = true;
      break;
    default:
  }
  return 0;
}

/**
 * HEP over TCP: packets one after another, each with its length. `announce` gets each packet, the frame that completed
 * it, and the place of its message in the file (-1 where that is not one run); the packet is good during the call.
 */
export class HepStreamReader {
  readonly #announce: (packet: HepPacket, frame: number, offset: number) => void;
  readonly #packet = createHepPacket();
  #held = new Uint8Array(0);

  constructor(announce: (packet: HepPacket, frame: number, offset: number) => void) {
    this.#announce = announce;
  }

  chunk(bytes: Uint8Array, from: number, to: number, offset: number, frame: number): void {
    if (this.#held.length === 0) {
      const rest = this.#readAll(bytes, from, to, offset - from, frame);
      this.#held = bytes.slice(rest, to);
      return;
    }
    const joined = new Uint8Array(this.#held.length + to - from);
    joined.set(this.#held);
    joined.set(bytes.subarray(from, to), this.#held.length);
    const rest = this.#readAll(joined, 0, joined.length, null, frame);
    this.#held = joined.slice(rest);
  }

  /** Bytes are missing: what was begun is given up, and the next packet is looked for. */
  gap(): void {
    this.#held = new Uint8Array(0);
  }

  /** Returns where it stopped. `shift`: what makes a place in the file of an index; null: not one run. */
  #readAll(bytes: Uint8Array, from: number, to: number, shift: number | null, frame: number): number {
    let at = from;
    while (to - at >= HEADER) {
      if (!isHep(bytes, at, to)) {
        at += 1;
        continue;
      }
      const end = at + Math.max(HEADER, u16be(bytes, at + 4));
      if (end > to) return at;
      if (decodeHep(bytes, at, end, this.#packet))
        this.#announce(this.#packet, frame, shift === null ? -1 : this.#packet.from + shift);
      at = end;
    }
    return at;
  }
}

const HEADER = 6;
const CHUNK_HEADER = 6;
const OLD_HEADER = 16;
