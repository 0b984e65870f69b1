import { byteAt, u16be, u24be, u32be } from '../bytes/reader.ts';
import { field, hexNumber, type LayerNode } from './layer-node.ts';
import { audioCodesLength } from './audiocodes.ts';
import { nshLength, trillLength } from './fabrics.ts';
import {
  LAYER_AH,
  LAYER_ARUBA_REMOTE,
  LAYER_AUDIOCODES,
  LAYER_CAPWAP,
  LAYER_FABRIC_PATH,
  LAYER_GUE,
  LAYER_HP_MIRROR,
  LAYER_L2TP_3,
  LAYER_LISP,
  LAYER_NSH,
  LAYER_PBB,
  LAYER_PEEK_REMOTE,
  LAYER_TEREDO,
  LAYER_TRILL,
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
import { gueLength, teredoLength } from './udp-tunnels.ts';
import { capwapLength, peekLength } from './wireless-tunnels.ts';

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
    case LAYER_CAPWAP:
      return field('CAPWAP data', at, capwapLength(cursor));
    case LAYER_PEEK_REMOTE:
      return field('OmniPeek remote capture', at, peekLength(cursor));
    case LAYER_ARUBA_REMOTE:
      return field('Aruba remote capture', at, 16);
    case LAYER_AUDIOCODES:
      return field(`AudioCodes debug recording, version ${byteAt(bytes, at)}`, at, audioCodesLength(cursor));
    case LAYER_TEREDO:
      return field('Teredo', at, teredoLength(cursor));
    case LAYER_L2TP_3:
      return field(`Layer 2 Tunneling Protocol version 3, session ${hexNumber(u32be(bytes, at), 8)}`, at, 4);
    case LAYER_GUE:
      return field('Generic UDP Encapsulation', at, gueLength(cursor));
    case LAYER_HP_MIRROR:
      return field('HP remote mirroring', at, 12);
    case LAYER_LISP:
      return field('Locator/ID Separation Protocol', at, 8);
    case LAYER_NSH:
      return field(`Network Service Header, path ${u24be(bytes, at + 4)}`, at, nshLength(cursor));
    case LAYER_PBB:
      return field(`Provider backbone bridging, service ${u24be(bytes, at + 1)}`, at, 4);
    case LAYER_TRILL:
      return field('TRILL', at, trillLength(cursor));
    case LAYER_FABRIC_PATH:
      return field(`Cisco FabricPath, tree ${u16be(bytes, at) >> 6}`, at, 2);
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
