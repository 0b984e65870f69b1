import { closeSync, openSync, writeSync } from 'node:fs';

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;

/** Writes a classic pcap (microseconds, Ethernet, IPv4, TCP) with right checksums, through one buffer. */
export class PcapWriter {
  frames = 0;
  bytes = 0;
  #file;
  #buffer = Buffer.alloc(4 << 20);
  #at = 0;
  #identification = 1;

  /** @param {string} path */
  constructor(path) {
    this.#file = openSync(path, 'w');
    const head = this.#buffer;
    head.writeUInt32LE(0xa1b2c3d4, 0);
    head.writeUInt16LE(2, 4);
    head.writeUInt16LE(4, 6);
    head.writeUInt32LE(262144, 16);
    head.writeUInt32LE(1, 20);
    this.#at = 24;
  }

  /**
   * One TCP segment.
   * @param {number} microseconds since 1970
   * @param {{from: Endpoint, to: Endpoint, sequence: number, acknowledgement: number, flags: number}} segment
   * @param {Buffer} payload
   * @typedef {{mac: Buffer, address: Buffer, port: number}} Endpoint
   */
  segment(microseconds, { from, to, sequence, acknowledgement, flags }, payload) {
    const length = HEADERS + payload.length;
    if (this.#at + 16 + length > this.#buffer.length) this.#flush();
    const buffer = this.#buffer;
    let at = this.#at;
    buffer.writeUInt32LE(Math.floor(microseconds / 1e6), at);
    buffer.writeUInt32LE(microseconds % 1e6, at + 4);
    buffer.writeUInt32LE(length, at + 8);
    buffer.writeUInt32LE(length, at + 12);
    at += 16;
    to.mac.copy(buffer, at);
    from.mac.copy(buffer, at + 6);
    buffer.writeUInt16BE(0x0800, at + 12);
    const ip = at + 14;
    buffer.writeUInt16BE(0x4500, ip);
    buffer.writeUInt16BE(length - 14, ip + 2);
    buffer.writeUInt16BE(this.#identification++ & 0xffff, ip + 4);
    buffer.writeUInt16BE(0x4000, ip + 6);
    buffer.writeUInt16BE(0x4006, ip + 8);
    buffer.writeUInt16BE(0, ip + 10);
    from.address.copy(buffer, ip + 12);
    to.address.copy(buffer, ip + 16);
    buffer.writeUInt16BE(checksum(buffer, ip, ip + 20, 0), ip + 10);
    const tcp = ip + 20;
    buffer.writeUInt16BE(from.port, tcp);
    buffer.writeUInt16BE(to.port, tcp + 2);
    buffer.writeUInt32BE(sequence >>> 0, tcp + 4);
    buffer.writeUInt32BE(acknowledgement >>> 0, tcp + 8);
    buffer.writeUInt16BE(0x8000 | flags, tcp + 12);
    buffer.writeUInt16BE(0xfa00, tcp + 14);
    buffer.writeUInt32BE(0, tcp + 16);
    // Two no-operations, then timestamps, as nearly every stack sends them.
    buffer.writeUInt32BE(0x0101080a, tcp + 20);
    buffer.writeUInt32BE(Math.floor(microseconds / 1000) >>> 0, tcp + 24);
    buffer.writeUInt32BE(flags & ACK ? Math.floor(microseconds / 1000 - 1) >>> 0 : 0, tcp + 28);
    payload.copy(buffer, tcp + 32);
    // The pseudo-header: addresses, protocol, length (RFC 9293 §3.1).
    const end = tcp + 32 + payload.length;
    const pseudo = 6 + end - tcp + sumOf(buffer, ip + 12, ip + 20);
    buffer.writeUInt16BE(checksum(buffer, tcp, end, pseudo), tcp + 16);
    this.#at = end;
    this.frames++;
    this.bytes += length;
  }

  close() {
    this.#flush();
    closeSync(this.#file);
  }

  #flush() {
    let from = 0;
    while (from < this.#at) from += writeSync(this.#file, this.#buffer, from, this.#at - from);
    this.#at = 0;
  }
}

/** Ethernet, IPv4, TCP with timestamps. */
const HEADERS = 14 + 20 + 32;

function sumOf(bytes, from, to) {
  let sum = 0;
  let at = from;
  for (; at + 1 < to; at += 2) sum += (bytes[at] << 8) | bytes[at + 1];
  return at < to ? sum + (bytes[at] << 8) : sum;
}

function checksum(bytes, from, to, start) {
  let sum = start + sumOf(bytes, from, to);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
