import { u16be } from '../bytes/reader.ts';
import {
  failShort,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_IEEE80211,
  LAYER_LLC,
  LAYER_PPP,
  LAYER_RADIOTAP,
  nameLayer,
  type LayerCursor,
} from './layer.ts';

/** LINKTYPE_LINUX_SLL: packet type, ARPHRD_ type, address, then a protocol; 16 bytes, big-endian. */
export function decodeLinuxCooked(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 16) return failShort(cursor, 'Linux cooked', 16);
  const hardware = u16be(cursor.bytes, cursor.at + 2);
  const protocol = u16be(cursor.bytes, cursor.at + 14);
  cursor.at += 16;
  return announced(cursor, hardware, protocol);
}

/** LINKTYPE_LINUX_SLL2: the protocol stands first, the interface is known; 20 bytes, big-endian. */
export function decodeLinuxCooked2(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 20) return failShort(cursor, 'Linux cooked', 20);
  const protocol = u16be(cursor.bytes, cursor.at);
  const hardware = u16be(cursor.bytes, cursor.at + 8);
  cursor.at += 20;
  return announced(cursor, hardware, protocol);
}

const ARPHRD_IEEE80211 = 801;
const ARPHRD_IEEE80211_RADIOTAP = 803;
const ARPHRD_NETLINK = 824;

function announced(cursor: LayerCursor, hardware: number, protocol: number): number {
  if (hardware === ARPHRD_NETLINK) return nameLayer(cursor, 'Netlink');
  if (hardware === ARPHRD_IEEE80211) return LAYER_IEEE80211;
  if (hardware === ARPHRD_IEEE80211_RADIOTAP) return LAYER_RADIOTAP;
  // Below 1536 these are Linux's own ETH_P_ numbers (linux/if_ether.h), no lengths.
  switch (protocol) {
    case 0x0003:
      return LAYER_ETHERNET;
    case 0x0001:
      return nameLayer(cursor, 'IPX');
    case 0x0004:
      return LAYER_LLC;
    case 0x0007:
    case 0x0008:
      return LAYER_PPP;
  }
  if (protocol < 1536) return nameLayer(cursor, 'Linux cooked');
  cursor.etherType = protocol;
  return LAYER_ETHERTYPE;
}
