import { byteAt, u32be } from '../bytes/reader.ts';
import { failShort, LAYER_ETHERNET, LAYER_IP, nameLayer, type LayerCursor } from './layer.ts';
import { looksLikeEthernet, looksLikeIp } from './looks-like.ts';

/**
 * A stack of MPLS labels (RFC 3032 §2.1). What lies below is told by nothing but its own first bits (RFC 4928): IP, or
 * an Ethernet pseudowire with or without its control word (RFC 4448).
 */
export function decodeMpls(cursor: LayerCursor): number {
  for (let label = 0; label < MOST_LABELS; label++) {
    if (cursor.end - cursor.at < 4) return failShort(cursor, 'MPLS', 4);
    const isBottom = (u32be(cursor.bytes, cursor.at) & 0x100) !== 0;
    cursor.at += 4;
    if (isBottom) return guessPayload(cursor);
  }
  return nameLayer(cursor, 'MPLS');
}

const MOST_LABELS = 16;

function guessPayload(cursor: LayerCursor): number {
  const bytes = cursor.bytes;
  const version = byteAt(bytes, cursor.at) >> 4;
  if (cursor.at < cursor.end && (version === 4 || version === 6)) {
    // An Ethernet address may begin with 4 or 6 too: an Ethernet header that makes sense is the rarer coincidence.
    if (!looksLikeEthernet(cursor, cursor.at) || looksLikeIp(cursor, cursor.at)) return LAYER_IP;
  }
  if (version === 0 && looksLikeEthernet(cursor, cursor.at + 4)) {
    cursor.at += 4;
    return LAYER_ETHERNET;
  }
  if (looksLikeEthernet(cursor, cursor.at)) return LAYER_ETHERNET;
  return nameLayer(cursor, 'MPLS');
}
