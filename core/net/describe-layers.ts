import { u16be } from '../bytes/reader.ts';
import type { FrameScratch } from '../capture/frame.ts';
import { PacketDecoder } from './decode-packet.ts';
import { describeFrame, describeLink } from './describe-link.ts';
import { describeIpv4, describeIpv6 } from './describe-ip.ts';
import { describeSctp, describeTcp, describeUdp } from './describe-transport.ts';
import { describeTunnel } from './describe-tunnels.ts';
import type { LayerNode } from './layer-node.ts';
import {
  LAYER_ETHERNET,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_SCTP,
  LAYER_TCP,
  LAYER_UDP,
  type LayerCursor,
} from './layer.ts';
import {
  PACKET_DATAGRAM,
  PACKET_FRAGMENT,
  PACKET_SCTP,
  PACKET_SEGMENT,
  type PacketScratch,
} from './packet.ts';
import { looksRelayed, turnData } from './turn-relay.ts';

/**
 * The protocol tree of one frame, outermost layer first, down to the transport's payload. Offsets count from the
 * frame's first byte. A fragment is described as one: other frames are not looked at.
 */
export function describeLayers(frame: FrameScratch): LayerNode[] {
  const decoder = new PacketDecoder();
  const nodes: LayerNode[] = [describeFrame(frame)];
  let end = 0;
  decoder.decode(frame, 1, (layer, cursor) => {
    const isThere = cursor.end - cursor.at >= (SHORTEST_HEADERS.get(layer) ?? 1);
    const node = isThere ? describeLayer(layer, cursor) : null;
    if (node !== null) nodes.push(clip(node, frame));
    end = cursor.end;
  });
  const packet = decoder.packet;
  const payloadLength = packet.payloadEnd - packet.payloadStart;
  if (packet.fault === '' && payloadLength + packet.payloadMissing > 0) {
    const cut = packet.payloadMissing > 0 ? `, ${packet.payloadMissing} more not captured` : '';
    const name = NAMES_OF_PAYLOADS.get(packet.kind) ?? packet.protocol;
    nodes.push({
      label: `${name} (${payloadLength} bytes${cut})`,
      offset: packet.payloadStart - frame.start,
      length: payloadLength,
      children: [],
    });
    const relayed = packet.kind === PACKET_DATAGRAM ? describeRelayed(packet, frame) : null;
    if (relayed !== null) nodes.push(relayed);
  }
  if (packet.fault !== '') {
    nodes.push({
      label: `[Malformed ${packet.faultLayer}: ${packet.fault}]`,
      offset: 0,
      length: 0,
      children: [],
    });
  }
  // The decoder narrows its end where a header says that its content ends: what follows is padding or a checksum.
  const behind = Math.max(end, packet.payloadEnd);
  const trailer = frame.start + frame.capturedLength - behind;
  if (packet.fault === '' && packet.ipVersion !== 0 && trailer > 0) {
    nodes.push({
      label: `Padding or trailer (${trailer} bytes)`,
      offset: behind - frame.start,
      length: trailer,
      children: [],
    });
  }
  return nodes;
}

/** What a TURN server relays in a datagram (RFC 8656); null where it is none of its. */
function describeRelayed(packet: PacketScratch, frame: FrameScratch): LayerNode | null {
  const { payload, payloadStart, payloadEnd, payloadMissing } = packet;
  const data = turnData(payload, payloadStart, payloadEnd, payloadMissing);
  // Channel data are told by four bytes: without what a channel carries they may be anything.
  if (data === null || (payload[payloadStart]! >= 0x40 && !looksRelayed(payload, data.from))) return null;
  const first = u16be(payload, payloadStart);
  const how =
    first >= 0x4000
      ? `ChannelData, channel 0x${first.toString(16)}`
      : first === 0x0016
        ? 'Send indication'
        : 'Data indication';
  return {
    label: `TURN: ${how} (${data.to - data.from} bytes inside)`,
    offset: data.from - frame.start,
    length: data.to - data.from,
    children: [],
  };
}

/** Of a header cut before this many bytes nothing can be said; its fault says so. */
const SHORTEST_HEADERS: ReadonlyMap<number, number> = new Map([
  [LAYER_ETHERNET, 14],
  [LAYER_IPV4, 20],
  [LAYER_IPV6, 40],
  [LAYER_TCP, 20],
  [LAYER_UDP, 8],
  [LAYER_SCTP, 12],
]);

const NAMES_OF_PAYLOADS: ReadonlyMap<number, string> = new Map([
  [PACKET_SEGMENT, 'TCP payload'],
  [PACKET_DATAGRAM, 'UDP payload'],
  [PACKET_FRAGMENT, 'Fragment'],
  [PACKET_SCTP, 'SCTP user data'],
]);

function describeLayer(layer: number, cursor: LayerCursor): LayerNode | null {
  switch (layer) {
    case LAYER_IPV4:
      return describeIpv4(cursor);
    case LAYER_IPV6:
      return describeIpv6(cursor);
    case LAYER_TCP:
      return describeTcp(cursor);
    case LAYER_UDP:
      return describeUdp(cursor);
    case LAYER_SCTP:
      return describeSctp(cursor);
    default:
      return describeTunnel(layer, cursor) ?? describeLink(layer, cursor);
  }
}

/** Nodes are made with offsets in the window: they become offsets in the frame, within what was captured. */
function clip(node: LayerNode, frame: FrameScratch): LayerNode {
  const offset = Math.min(Math.max(0, node.offset - frame.start), frame.capturedLength);
  return {
    label: node.label,
    offset,
    length: Math.max(0, Math.min(node.length, frame.capturedLength - offset)),
    children: node.children.map((child) => clip(child, frame)),
  };
}
