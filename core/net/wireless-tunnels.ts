import { byteAt, u16be, u16le, u32be } from '../bytes/reader.ts';
import type { IpFragments } from './ip-fragments.ts';
import {
  LAYER_ARUBA_REMOTE,
  LAYER_DONE,
  LAYER_ETHERNET,
  LAYER_IEEE80211,
  LAYER_IEEE80211_SWAPPED,
  LAYER_PEEK_REMOTE,
  nameLayer,
  type LayerCursor,
} from './layer.ts';

/** The data channel of CAPWAP (RFC 5415 §4.3): version and type 0, a header whose stated length is there. */
export function isCapwap(cursor: LayerCursor): boolean {
  const length = capwapLength(cursor);
  return byteAt(cursor.bytes, cursor.at) === 0 && length >= 8 && cursor.end - cursor.at > length;
}

/**
 * CAPWAP user data: a frame of IEEE 802.11 or Ethernet as flag T says, behind eight bytes and what the header length
 * adds (a radio's address, its measurements). Parts of a fragmented frame are put together as those of IP are.
 */
export function decodeCapwap(cursor: LayerCursor, fragments: IpFragments): number {
  const { bytes, at, packet } = cursor;
  const flags = byteAt(bytes, at + 3);
  const isWireless = (byteAt(bytes, at + 2) & 1) !== 0;
  cursor.at += capwapLength(cursor);
  if ((flags & KEEP_ALIVE) !== 0) return nameLayer(cursor, 'CAPWAP keep-alive');
  if ((flags & FRAGMENT) !== 0) {
    const transport = packet.ipProtocol;
    // Apart from the fragments of IP between the same addresses.
    packet.ipProtocol = CAPWAP_PARTS;
    const isLast = (flags & LAST) !== 0;
    const isWhole = fragments.add(cursor, u16be(bytes, at + 4), u16be(bytes, at + 6) & 0xfff8, isLast);
    packet.ipProtocol = transport;
    if (!isWhole) return nameLayer(cursor, 'CAPWAP');
  }
  return isWireless ? orderOfControl(cursor) : LAYER_ETHERNET;
}

/** Length of a CAPWAP header. */
export function capwapLength({ bytes, at }: LayerCursor): number {
  return (byteAt(bytes, at + 1) >> 3) * 4;
}

/** Frames that an access point sends to whoever listens: OmniPeek's format, old and new, and Aruba's. LAYER_DONE for none. */
export function detectRemoteCapture(cursor: LayerCursor, port: number): number {
  const { bytes, at } = cursor;
  const room = cursor.wireEnd - at;
  if (u32be(bytes, at) === PEEK_MAGIC && peekLength(cursor) < room) return LAYER_PEEK_REMOTE;
  if (port !== 5000 && port !== 5555) return LAYER_DONE;
  if (u32be(bytes, at + 8) === room - 16 && u32be(bytes, at + 12) >= room - 16) return LAYER_ARUBA_REMOTE;
  // A signal of -111 to -1 dBm (no RTP begins so), reserved bits of flags and status that are zero, a frame of version 0 that
  // is as long as one of the two lengths says.
  const isOld =
    byteAt(bytes, at) > 0x90 &&
    (byteAt(bytes, at + 6) & 0xf8) === 0 &&
    (byteAt(bytes, at + 7) & 0xb3) === 0 &&
    (byteAt(bytes, at + OLD_PEEK) & 3) === 0;
  const fits = u16be(bytes, at + 2) === room - OLD_PEEK || u16be(bytes, at + 4) === room - OLD_PEEK;
  return isOld && fits ? LAYER_PEEK_REMOTE : LAYER_DONE;
}

/** OmniPeek's remote capture: measurements, then an IEEE 802.11 frame with its checksum. */
export function decodePeekRemote(cursor: LayerCursor): number {
  cursor.at += peekLength(cursor);
  return LAYER_IEEE80211;
}

/** Aruba's: the header of a frame in a pcap file, then IEEE 802.11. */
export function decodeArubaRemote(cursor: LayerCursor): number {
  cursor.at += 16;
  return LAYER_IEEE80211;
}

/** Length of the header before the frame: the new one says it itself. */
export function peekLength({ bytes, at }: LayerCursor): number {
  return u32be(bytes, at) === PEEK_MAGIC ? Math.max(9, u32be(bytes, at + 5)) : OLD_PEEK;
}

const KEEP_ALIVE = 0x08;
const FRAGMENT = 0x80;
const LAST = 0x40;
/** No IP protocol has this number. */
const CAPWAP_PARTS = 256;
const PEEK_MAGIC = 0x00ffabcd;
const OLD_PEEK = 20;

/** Cisco's controllers exchange the two bytes of frame control: the first byte of a data frame's is of type 2. */
function orderOfControl({ bytes, at }: LayerCursor): number {
  const control = u16le(bytes, at);
  const isData = (control & 0x0f) === 0x08;
  return !isData && (control & 0x0f00) === 0x0800 ? LAYER_IEEE80211_SWAPPED : LAYER_IEEE80211;
}
