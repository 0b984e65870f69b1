import { describeBlock, isBlockLinkType } from '../capture/captured-block.ts';
import type { FrameScratch } from '../capture/frame.ts';
import { describeUtcTime } from '../bytes/utc-time.ts';
import { byteAt, u16be, u16le, u32be, u32le } from '../bytes/reader.ts';
import { field, formatMac, hexNumber, type LayerNode } from './layer-node.ts';
import { erfLength } from './erf.ts';
import { juniperLength } from './juniper.ts';
import {
  LAYER_ARISTA,
  LAYER_CISCO_HDLC,
  LAYER_ERF,
  LAYER_IEEE80211_SWAPPED,
  LAYER_JUNIPER_CISCO_HDLC,
  LAYER_JUNIPER_ETHERNET,
  LAYER_JUNIPER_FRAME_RELAY,
  LAYER_JUNIPER_PPP,
  LAYER_SWITCH_TAG,
  LAYER_SWITCH_TAG_FIRST,
  LAYER_SWITCH_TAG_LONG,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_FRAME_RELAY,
  LAYER_IEEE80211,
  LAYER_LINUX_COOKED,
  LAYER_LINUX_COOKED_2,
  LAYER_LLC,
  LAYER_LOOPBACK,
  LAYER_LOOPBACK_NETWORK_ORDER,
  LAYER_MPLS,
  LAYER_NFLOG,
  LAYER_PFLOG,
  LAYER_PKTAP,
  LAYER_PPP,
  LAYER_PPPOE,
  LAYER_RADIOTAP,
  type LayerCursor,
} from './layer.ts';
import { nameOfEtherType } from './ethernet.ts';
import { nameOfLinkType } from './tables/link-types.ts';

/** What the capture file says of the frame. */
export function describeFrame(frame: FrameScratch): LayerNode {
  const { capturedLength, originalLength } = frame;
  if (isBlockLinkType(frame.linkType))
    return field(
      describeBlock(frame.linkType, frame.bytes, frame.start, frame.start + capturedLength),
      frame.start,
      capturedLength,
    );
  const cut = capturedLength < originalLength ? ` (cut to ${capturedLength})` : '';
  const time = `${frame.seconds}.${String(frame.nanoseconds).padStart(9, '0')}`;
  return {
    label: `Frame: ${originalLength} bytes on the wire${cut}`,
    offset: 0,
    length: capturedLength,
    children: [
      `Time: ${describeUtcTime(frame.seconds, frame.nanoseconds)} (${time} s since 1970)`,
      `Length on the wire: ${originalLength} bytes`,
      `Captured: ${capturedLength} bytes`,
      `Link type: ${nameOfLinkType(frame.linkType)} (${frame.linkType})`,
      `Interface: ${frame.interfaceIndex}`,
      `In the file at byte ${frame.offset}`,
    ].map((label) => field(label, 0, 0)),
  };
}

/** The layers below IP; null for steps that have no bytes of their own. */
export function describeLink(layer: number, cursor: LayerCursor): LayerNode | null {
  const { bytes, at } = cursor;
  switch (layer) {
    case LAYER_ETHERNET:
      return describeEthernet(cursor);
    case LAYER_ETHERTYPE:
      return describeTag(cursor);
    case LAYER_LLC:
      return field('Logical-Link Control', at, u16be(bytes, at) === 0xaaaa ? 8 : 3);
    case LAYER_LINUX_COOKED:
      return describeCooked(cursor);
    case LAYER_LINUX_COOKED_2:
      return describeCooked2(cursor);
    case LAYER_LOOPBACK:
    case LAYER_LOOPBACK_NETWORK_ORDER:
      return describeLoopback(cursor);
    case LAYER_PPP:
      return describePpp(cursor);
    case LAYER_PPPOE:
      return describePppoe(cursor);
    case LAYER_MPLS:
      return describeMpls(cursor);
    case LAYER_CISCO_HDLC:
      return field('Cisco HDLC', at, 4);
    case LAYER_FRAME_RELAY:
      return field('Frame Relay', at, 4);
    case LAYER_JUNIPER_ETHERNET:
    case LAYER_JUNIPER_PPP:
    case LAYER_JUNIPER_FRAME_RELAY:
    case LAYER_JUNIPER_CISCO_HDLC:
      return field('Juniper packet header', at, juniperLength(cursor));
    case LAYER_ERF:
      return field(`Endace record, type ${byteAt(bytes, at + 8) & 0x7f}`, at, erfLength(cursor));
    case LAYER_ARISTA:
      return field('Arista time stamp', at, (u16be(bytes, at + 2) & 0xff) === 0x10 ? 14 : 12);
    case LAYER_SWITCH_TAG:
    case LAYER_SWITCH_TAG_LONG:
      return field('Ethernet with a switch tag', at, layer === LAYER_SWITCH_TAG ? 18 : 22);
    case LAYER_SWITCH_TAG_FIRST:
      return field('Switch tag', at, 4);
    case LAYER_IEEE80211_SWAPPED:
      return field(`IEEE 802.11, frame control ${hexNumber(u16be(bytes, at), 4)}, exchanged`, at, 24);
    case LAYER_IEEE80211:
      return field(`IEEE 802.11, frame control ${hexNumber(u16le(bytes, at), 4)}`, at, 24);
    case LAYER_RADIOTAP:
      return field('Radiotap header', at, u16le(bytes, at + 2));
    case LAYER_NFLOG:
      return field('Linux netfilter log', at, 4);
    case LAYER_PFLOG:
      return field('OpenBSD packet filter log', at, (byteAt(bytes, at) + 3) & ~3);
    case LAYER_PKTAP:
      return field('Apple packet tap', at, u32le(bytes, at));
    default:
      return null;
  }
}

const VLAN_TYPES: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100, 0x9200, 0x9300]);
const PACKET_DIRECTIONS = ['to us', 'broadcast', 'multicast', 'between others', 'sent by us'];

function typeField(etherType: number, at: number): LayerNode {
  return field(`Type: ${nameOfEtherType(etherType)} (${hexNumber(etherType, 4)})`, at, 2);
}

function describeEthernet(cursor: LayerCursor): LayerNode {
  const { bytes, at } = cursor;
  const type = u16be(bytes, at + 12);
  const [source, destination] = [formatMac(bytes, at + 6), formatMac(bytes, at)];
  return {
    label: `${type < 1536 ? 'IEEE 802.3 Ethernet' : 'Ethernet II'}, Src: ${source}, Dst: ${destination}`,
    offset: at,
    length: 14,
    children: [
      field(`Destination: ${destination}`, at, 6),
      field(`Source: ${source}`, at + 6, 6),
      type < 1536 ? field(`Length: ${type}`, at + 12, 2) : typeField(type, at + 12),
    ],
  };
}

/** A VLAN tag stands where its EtherType announced it; other types have no bytes here. */
function describeTag(cursor: LayerCursor): LayerNode | null {
  const { bytes, at, etherType } = cursor;
  if (!VLAN_TYPES.has(etherType)) return null;
  const tag = u16be(bytes, at);
  return {
    label: `${etherType === 0x88a8 ? '802.1ad' : '802.1Q'} Virtual LAN, ID: ${tag & 0xfff}, priority: ${tag >> 13}`,
    offset: at,
    length: 4,
    children: [
      field(`Priority: ${tag >> 13}`, at, 1),
      field(`Drop eligible: ${(tag & 0x1000) === 0 ? 'no' : 'yes'}`, at, 1),
      field(`ID: ${tag & 0xfff}`, at, 2),
      typeField(u16be(bytes, at + 2), at + 2),
    ],
  };
}

function describeCooked({ bytes, at }: LayerCursor): LayerNode {
  return {
    label: 'Linux cooked capture v1',
    offset: at,
    length: 16,
    children: [
      field(`Packet type: ${describeDirection(u16be(bytes, at))}`, at, 2),
      field(`Hardware type: ${u16be(bytes, at + 2)}`, at + 2, 2),
      addressField(bytes, at + 6, u16be(bytes, at + 4)),
      typeField(u16be(bytes, at + 14), at + 14),
    ],
  };
}

function describeCooked2({ bytes, at }: LayerCursor): LayerNode {
  return {
    label: 'Linux cooked capture v2',
    offset: at,
    length: 20,
    children: [
      typeField(u16be(bytes, at), at),
      field(`Interface index: ${u32be(bytes, at + 4)}`, at + 4, 4),
      field(`Hardware type: ${u16be(bytes, at + 8)}`, at + 8, 2),
      field(`Packet type: ${describeDirection(byteAt(bytes, at + 10))}`, at + 10, 1),
      addressField(bytes, at + 12, byteAt(bytes, at + 11)),
    ],
  };
}

function describeDirection(direction: number): string {
  return `${PACKET_DIRECTIONS[direction] ?? 'unknown'} (${direction})`;
}

/** At most eight bytes of an address are kept. */
function addressField(bytes: Uint8Array, at: number, length: number): LayerNode {
  const kept = Math.min(8, length);
  return field(`Address: ${formatMac(bytes, at, kept)}`, at, kept);
}

function describeLoopback(cursor: LayerCursor): LayerNode {
  const big = u32be(cursor.bytes, cursor.at);
  const family = big < 0x10000 ? big : u32le(cursor.bytes, cursor.at);
  const label = 'Null/Loopback';
  return { label, offset: cursor.at, length: 4, children: [field(`Family: ${family}`, cursor.at, 4)] };
}

function describePpp(cursor: LayerCursor): LayerNode {
  const { bytes, at } = cursor;
  const isFramed = u16be(bytes, at) === 0xff03;
  const protocolAt = isFramed ? at + 2 : at;
  const length = (byteAt(bytes, protocolAt) & 1) === 1 ? 1 : 2;
  const protocol = length === 1 ? byteAt(bytes, protocolAt) : u16be(bytes, protocolAt);
  const children = [field(`Protocol: ${hexNumber(protocol, 4)}`, protocolAt, length)];
  if (isFramed) children.unshift(field('Address and control: 0xff03', at, 2));
  return { label: 'Point-to-Point Protocol', offset: at, length: protocolAt + length - at, children };
}

function describePppoe(cursor: LayerCursor): LayerNode {
  const { bytes, at } = cursor;
  return {
    label: `PPP over Ethernet, session ${hexNumber(u16be(bytes, at + 2), 4)}`,
    offset: at,
    length: 6,
    children: [
      field(`Code: ${byteAt(bytes, at + 1)}`, at + 1, 1),
      field(`Session: ${hexNumber(u16be(bytes, at + 2), 4)}`, at + 2, 2),
      field(`Payload length: ${u16be(bytes, at + 4)}`, at + 4, 2),
    ],
  };
}

function describeMpls(cursor: LayerCursor): LayerNode {
  const children: LayerNode[] = [];
  let at = cursor.at;
  while (cursor.end - at >= 4) {
    const entry = u32be(cursor.bytes, at);
    const isBottom = (entry & 0x100) !== 0;
    children.push(field(`Label: ${entry >>> 12}, TTL: ${entry & 0xff}${isBottom ? ', bottom' : ''}`, at, 4));
    at += 4;
    if (isBottom) break;
  }
  return { label: 'MultiProtocol Label Switching', offset: cursor.at, length: at - cursor.at, children };
}
