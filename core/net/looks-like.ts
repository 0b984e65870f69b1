import { byteAt, u16be } from '../bytes/reader.ts';
import type { LayerCursor } from './layer.ts';

/** For headers that do not say what they carry: an Ethernet header at `at` whose type is one that networks carry. */
export function looksLikeEthernet(cursor: LayerCursor, at: number): boolean {
  return cursor.end - at >= 14 && CARRIED.has(u16be(cursor.bytes, at + 12));
}

/** An IP header at `at` whose length the packet has room for. */
export function looksLikeIp(cursor: LayerCursor, at: number): boolean {
  const { bytes, end } = cursor;
  const room = cursor.wireEnd - at;
  if (end - at < 20) return false;
  const first = byteAt(bytes, at);
  if (first >> 4 === 6) return room >= 40 && u16be(bytes, at + 4) + 40 <= room;
  const length = u16be(bytes, at + 2);
  // A total length of 0 is that of an offloaded segment.
  return first >> 4 === 4 && (first & 15) >= 5 && (length === 0 || length >= 20) && length <= room;
}

/** IP, ARP, VLAN tags, MPLS and PPPoE. */
const CARRIED: ReadonlySet<number> = new Set([
  0x0800, 0x86dd, 0x0806, 0x8100, 0x88a8, 0x9100, 0x8847, 0x8863, 0x8864,
]);
