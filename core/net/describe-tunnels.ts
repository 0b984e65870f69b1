import { byteAt, u16be, u24be, u32be } from '../bytes/reader.ts';
import { field, hexNumber, type LayerNode } from './layer-node.ts';
import {
  LAYER_AH,
  LAYER_ERSPAN_2,
  LAYER_ERSPAN_3,
  LAYER_ETHERIP,
  LAYER_GENEVE,
  LAYER_GRE,
  LAYER_GTP_U,
  LAYER_L2TP,
  LAYER_MACSEC,
  LAYER_TZSP,
  LAYER_VXLAN,
  LAYER_VXLAN_GPE,
  type LayerCursor,
} from './layer.ts';

/** Headers of tunnels; null for every other layer. */
export function describeTunnel(layer: number, cursor: LayerCursor): LayerNode | null {
  const { bytes, at } = cursor;
  switch (layer) {
    case LAYER_GRE:
      return field(
        `Generic Routing Encapsulation, type ${hexNumber(u16be(bytes, at + 2), 4)}`,
        at,
        greLength(cursor),
      );
    case LAYER_ERSPAN_2:
      return field(`ERSPAN type II, session ${u16be(bytes, at + 2) & 0x3ff}`, at, 8);
    case LAYER_ERSPAN_3:
      return field(`ERSPAN type III, session ${u16be(bytes, at + 2) & 0x3ff}`, at, 12);
    case LAYER_VXLAN_GPE:
    case LAYER_VXLAN:
      return field(`Virtual eXtensible LAN, network ${u24be(bytes, at + 4)}`, at, 8);
    case LAYER_GENEVE:
      return field(`Geneve, network ${u24be(bytes, at + 4)}`, at, 8 + (byteAt(bytes, at) & 0x3f) * 4);
    case LAYER_GTP_U:
      return field(`GPRS tunnel, TEID ${hexNumber(u32be(bytes, at + 4), 8)}`, at, 8);
    case LAYER_L2TP:
      return field('Layer 2 Tunneling Protocol', at, 6);
    case LAYER_MACSEC:
      return field('MACsec', at, (byteAt(bytes, at) & 0x20) === 0 ? 6 : 14);
    case LAYER_TZSP:
      return field('TaZmen Sniffer Protocol', at, 4);
    case LAYER_AH:
      return field(
        `Authentication Header, SPI ${hexNumber(u32be(bytes, at + 4), 8)}`,
        at,
        (byteAt(bytes, at + 1) + 2) * 4,
      );
    case LAYER_ETHERIP:
      return field('Ethernet over IP', at, 2);
    default:
      return null;
  }
}

/** Four bytes, and four for each of checksum, key and sequence number that the flags announce. */
function greLength(cursor: LayerCursor): number {
  const flags = u16be(cursor.bytes, cursor.at);
  let length = 4;
  for (const flag of [0x8000, 0x2000, 0x1000]) if ((flags & flag) !== 0) length += 4;
  return (flags & 0x0087) === 0x0081 ? length + 4 : length;
}
