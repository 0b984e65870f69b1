import { byteAt, u16be, u24be } from '../bytes/reader.ts';
import {
  failShort,
  LAYER_ARISTA,
  LAYER_DONE,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_FABRIC_PATH,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_LLC,
  LAYER_MACSEC,
  LAYER_MPLS,
  LAYER_NSH,
  LAYER_PBB,
  LAYER_PPP,
  LAYER_PPPOE,
  LAYER_TRILL,
  nameLayer,
  narrowTo,
  type LayerCursor,
} from './layer.ts';

/** Ethernet II and IEEE 802.3: two addresses, then a type, or a length below 1536 (IEEE 802.3 §3.2.6). */
export function decodeEthernet(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 14) return failShort(cursor, 'Ethernet', 14);
  cursor.etherType = u16be(cursor.bytes, cursor.at + 12);
  cursor.at += 14;
  return LAYER_ETHERTYPE;
}

/** What an EtherType, or a length in its place, announces at the cursor. */
export function dispatchEtherType(cursor: LayerCursor): number {
  const etherType = cursor.etherType;
  switch (etherType) {
    case 0x0800:
      return LAYER_IPV4;
    case 0x86dd:
      return LAYER_IPV6;
    case 0x8100:
    case 0x88a8:
    case 0x9100:
    case 0x9200:
    case 0x9300:
      return skipTag(cursor, 'VLAN', 4);
    case 0x8847:
    case 0x8848:
      return LAYER_MPLS;
    case 0x8864:
      return LAYER_PPPOE;
    case 0x6558:
      return LAYER_ETHERNET;
    case 0x880b:
      return LAYER_PPP;
    case 0x8870:
      return LAYER_LLC;
    // Tags that stand between addresses and type: VN-Tag, E-Tag (IEEE 802.1BR), Cisco metadata, HSR (IEC 62439-3).
    case 0x8926:
      return skipTag(cursor, 'VN-Tag', 6);
    case 0x893f:
      return skipTag(cursor, 'E-Tag', 8);
    case 0x8909:
      return skipTag(cursor, 'CMD', 8);
    case 0x892f:
      return skipTag(cursor, 'HSR', 6);
    // A redundancy tag (IEEE 802.1CB), and the tag of a switch chip under Linux.
    case 0xf1c1:
      return skipTag(cursor, 'R-TAG', 6);
    case 0xdada:
      return skipTag(cursor, 'Switch tag', 8);
    case 0x88e5:
      return LAYER_MACSEC;
    case 0x88e7:
      return LAYER_PBB;
    case 0x894f:
      return LAYER_NSH;
    case 0x22f3:
      return LAYER_TRILL;
    case 0x8903:
      return LAYER_FABRIC_PATH;
    case 0xd28b:
      return LAYER_ARISTA;
  }
  if (etherType < 1536) return decodeLength(cursor, etherType);
  return nameLayer(cursor, NAMES_OF_ETHERTYPES.get(etherType) ?? 'Ethernet');
}

/** IEEE 802.2 LLC: IP by way of SNAP (RFC 1042) or by its own access point; everything else is named. */
export function decodeLlc(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 3) return failShort(cursor, 'LLC', 3);
  const accessPoints = u16be(cursor.bytes, cursor.at);
  if (accessPoints === 0xaaaa) {
    if (cursor.end - cursor.at < 8) return failShort(cursor, 'SNAP', 8);
    const organisation = u24be(cursor.bytes, cursor.at + 3);
    cursor.etherType = u16be(cursor.bytes, cursor.at + 6);
    cursor.at += 8;
    // 0000f8 is what bridges put in front of a type (IEEE 802.1H).
    if ((organisation === 0 || organisation === 0xf8) && cursor.etherType >= 1536) return LAYER_ETHERTYPE;
    // RFC 2427 §4.1: bridged Ethernet, with and without its frame check sequence.
    if (organisation === 0x0080c2 && (cursor.etherType === 1 || cursor.etherType === 7)) {
      return LAYER_ETHERNET;
    }
    return nameLayer(cursor, 'LLC');
  }
  if (accessPoints === 0x0606) {
    cursor.at += 3;
    return LAYER_IP;
  }
  return nameLayer(cursor, accessPoints === 0x4242 ? 'STP' : accessPoints === 0xfefe ? 'OSI' : 'LLC');
}

/**
 * MACsec's tag (IEEE 802.1AE §9): flags, a short length, the packet number, the channel where flag 0x20 says so. Where
 * neither flag of encryption (0x08, 0x04) is set, the frame is only authenticated and goes on in clear.
 */
export function decodeMacsec(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 8) return failShort(cursor, 'MACsec', 8);
  const flags = byteAt(cursor.bytes, cursor.at);
  if ((flags & 0x8c) !== 0) return nameLayer(cursor, 'MACsec');
  return skipTag(cursor, 'MACsec', (flags & 0x20) === 0 ? 8 : 16);
}

/** The name of what an EtherType announces, or "unknown". */
export function nameOfEtherType(etherType: number): string {
  return NAMES_OF_ETHERTYPES.get(etherType) ?? NAMES_OF_READ_ETHERTYPES.get(etherType) ?? 'unknown';
}

/** IP over InfiniBand (RFC 4391 §6): an EtherType and two reserved bytes. */
export function decodeIpOverInfiniband(cursor: LayerCursor): number {
  return skipToType(cursor, 'IPoIB', 4, 0);
}

/** LINKTYPE_APPLE_IP_OVER_IEEE1394: two addresses of eight bytes, an EtherType. */
export function decodeAppleIp1394(cursor: LayerCursor): number {
  return skipToType(cursor, 'IEEE 1394', 18, 16);
}

function skipToType(cursor: LayerCursor, name: string, length: number, typeAt: number): number {
  if (cursor.end - cursor.at < length) return failShort(cursor, name, length);
  cursor.etherType = u16be(cursor.bytes, cursor.at + typeAt);
  cursor.at += length;
  return LAYER_ETHERTYPE;
}

/** `length` bytes of a tag, the last two of them the next EtherType. */
function skipTag(cursor: LayerCursor, name: string, length: number): number {
  if (cursor.end - cursor.at < length) return failShort(cursor, name, length);
  cursor.etherType = u16be(cursor.bytes, cursor.at + length - 2);
  cursor.at += length;
  return LAYER_ETHERTYPE;
}

/** An IEEE 802.3 length: what follows it beyond is padding. */
function decodeLength(cursor: LayerCursor, length: number): number {
  if (length <= 1500) narrowTo(cursor, cursor.at + length);
  if (u16be(cursor.bytes, cursor.at) === 0xffff) return nameLayer(cursor, 'IPX');
  if (length === 0) {
    cursor.packet.protocol = 'Ethernet';
    return LAYER_DONE;
  }
  return LAYER_LLC;
}

const NAMES_OF_ETHERTYPES: ReadonlyMap<number, string> = new Map([
  [0x0806, 'ARP'],
  [0x8035, 'RARP'],
  [0x809b, 'AppleTalk'],
  [0x80f3, 'AARP'],
  [0x8137, 'IPX'],
  [0x8808, 'Ethernet flow control'],
  [0x8809, 'LACP'],
  [0x8863, 'PPPoE'],
  [0x888e, 'EAPOL'],
  [0x8892, 'PROFINET'],
  [0x88a2, 'AoE'],
  [0x88a4, 'EtherCAT'],
  [0x88cc, 'LLDP'],
  [0x88e5, 'MACsec'],
  [0x88f5, 'MVRP'],
  [0x88f7, 'PTP'],
  [0x8902, 'CFM'],
  [0x8906, 'FCoE'],
  [0x9000, 'Loopback'],
]);

const NAMES_OF_READ_ETHERTYPES: ReadonlyMap<number, string> = new Map([
  [0x22f3, 'TRILL'],
  [0x0800, 'IPv4'],
  [0x6558, 'Transparent Ethernet Bridging'],
  [0x8100, '802.1Q Virtual LAN'],
  [0x86dd, 'IPv6'],
  [0x880b, 'PPP'],
  [0x8847, 'MPLS'],
  [0x8848, 'MPLS multicast'],
  [0x8864, 'PPPoE session'],
  [0x8870, 'Jumbo LLC'],
  [0x88a8, '802.1ad Virtual LAN'],
  [0x88e7, '802.1ah provider backbone bridging'],
  [0x8903, 'Cisco FabricPath'],
  [0x8909, 'Cisco metadata'],
  [0x8926, 'VN-Tag'],
  [0x892f, 'HSR'],
  [0x893f, 'E-Tag'],
  [0x894f, 'Network service header'],
  [0xd28b, 'Arista time stamp'],
  [0xdada, 'Switch tag'],
  [0xf1c1, '802.1CB redundancy tag'],
]);
