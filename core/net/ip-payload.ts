import { byteAt } from '../bytes/reader.ts';
import { nameOfIpProtocol } from './tables/ip-protocols.ts';
import {
  failShort,
  LAYER_AH,
  LAYER_DONE,
  LAYER_ETHERIP,
  LAYER_GRE,
  LAYER_IP_PAYLOAD,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_L2TP_3,
  LAYER_MPLS,
  LAYER_SCTP,
  LAYER_TCP,
  LAYER_UDP,
  nameLayer,
  type LayerCursor,
} from './layer.ts';

/** What an IP protocol number announces at the cursor. */
export function dispatchIpPayload(cursor: LayerCursor): number {
  const protocol = cursor.packet.ipProtocol;
  switch (protocol) {
    case 6:
      return LAYER_TCP;
    case 17:
      return LAYER_UDP;
    case 132:
      return LAYER_SCTP;
    case 4:
      return LAYER_IPV4;
    case 41:
      return LAYER_IPV6;
    case 47:
      return LAYER_GRE;
    case 51:
      return LAYER_AH;
    case 115:
      return LAYER_L2TP_3;
    case 97:
      return LAYER_ETHERIP;
    case 137:
      return LAYER_MPLS;
    case 59:
      return LAYER_DONE;
  }
  return nameLayer(cursor, nameOfIpProtocol(protocol));
}

/** AH (RFC 4302 §2): authenticates and hides nothing, so what it protects is read on. */
export function decodeAuthenticationHeader(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 12) return failShort(cursor, 'AH', 12);
  const length = (byteAt(cursor.bytes, cursor.at + 1) + 2) * 4;
  if (cursor.end - cursor.at < length) return failShort(cursor, 'AH', length);
  cursor.packet.ipProtocol = byteAt(cursor.bytes, cursor.at);
  cursor.packet.protocol = 'AH';
  cursor.at += length;
  return LAYER_IP_PAYLOAD;
}
