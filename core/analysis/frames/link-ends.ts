import type { FrameScratch } from '../../capture/frame.ts';
import { u16be, u32be } from '../../bytes/reader.ts';
import { formatIpv4 } from '../../net/addresses.ts';
import type { PacketDecoder } from '../../net/decode-packet.ts';
import { LAYER_ETHERNET, LAYER_IPV4, LAYER_IPV6 } from '../../net/layer.ts';

/** The two hardware addresses of a frame, source first. */
export type LinkEnds = readonly [source: string, destination: string];

/** Reads a frame into the decoder's packet. Gives its innermost Ethernet addresses where no IP is inside them, else null. */
export function decodeLinkEnds(decoder: PacketDecoder, frame: FrameScratch, number: number): LinkEnds | null {
  let ends: LinkEnds | null = null;
  decoder.decode(frame, number, (layer, { bytes, at, end }) => {
    if (layer === LAYER_IPV4 || layer === LAYER_IPV6) ends = null;
    if (layer === LAYER_ETHERNET && end - at >= 12)
      ends = [formatHardware(bytes, at + 6), formatHardware(bytes, at)];
  });
  return ends;
}

/** What an ARP packet asks or answers (RFC 826), as Wireshark says it; empty where it is of another kind. */
export function describeArp(bytes: Uint8Array, at: number, end: number): string {
  // Of Ethernet and IPv4: 6 and 4 bytes an address.
  if (end - at < 28 || u16be(bytes, at + 2) !== 0x0800 || u16be(bytes, at + 4) !== 0x0604) return '';
  const sender = formatIpv4(u32be(bytes, at + 14));
  const target = formatIpv4(u32be(bytes, at + 24));
  switch (u16be(bytes, at + 6)) {
    case 1:
      return sender === target ? `ARP Announcement for ${target}` : `Who has ${target}? Tell ${sender}`;
    case 2:
      return `${sender} is at ${formatHardware(bytes, at + 8)}`;
    default:
      return '';
  }
}

function formatHardware(bytes: Uint8Array, at: number): string {
  return Array.from(bytes.subarray(at, at + 6), (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
