import {
  FRAME_CONTINUATION,
  FRAME_DATA,
  FRAME_GOAWAY,
  FRAME_HEADERS,
  FRAME_PING,
  FRAME_PRIORITY,
  FRAME_PUSH_PROMISE,
  FRAME_RST_STREAM,
  FRAME_SETTINGS,
  FRAME_WINDOW_UPDATE,
} from './frame-names.ts';

/** The nine bytes before each frame's payload (RFC 9113 §4.1); reused. */
export interface Http2FrameHeader {
  length: number;
  type: number;
  flags: number;
  stream: number;
}

export const FRAME_HEADER_LENGTH = 9;
/** What a peer may send before it was allowed more (RFC 9113 §6.5.2). */
const USUAL_LENGTH = 16384;

export function createHttp2FrameHeader(): Http2FrameHeader {
  return { length: 0, type: 0, flags: 0, stream: 0 };
}

/** The caller has checked that nine bytes are there. */
export function decodeHttp2FrameHeader(out: Http2FrameHeader, bytes: Uint8Array, at: number): void {
  out.length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  out.type = bytes[at + 3]!;
  out.flags = bytes[at + 4]!;
  out.stream =
    ((bytes[at + 5]! & 0x7f) << 24) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 8) | bytes[at + 8]!;
}

/** True where SETTINGS that are no acknowledgement stand at `at`: how each side begins (RFC 9113 §3.4). */
export function isFirstSettings(bytes: Uint8Array, at: number, to: number): boolean {
  if (at + FRAME_HEADER_LENGTH > to || !isPlausibleFrame(bytes, at)) return false;
  return bytes[at + 3] === FRAME_SETTINGS && bytes[at + 4] === 0;
}

/**
 * True where bytes[at, to) are frames from the first byte to the last. One frame that goes on behind `to` is enough
 * where HTTP/2 is `known` to be spoken, else it must stand behind a whole one.
 */
export function isFrameChain(bytes: Uint8Array, at: number, to: number, known: boolean): boolean {
  let whole = 0;
  while (at + FRAME_HEADER_LENGTH <= to && isPlausibleFrame(bytes, at)) {
    at += FRAME_HEADER_LENGTH + ((bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!);
    if (at === to) return true;
    if (at > to) return whole > 0 || known;
    whole += 1;
  }
  return whole > 0 && at + FRAME_HEADER_LENGTH > to;
}

/** Types whose length and stream RFC 9113 §6 fixes, and flags that are defined for them. */
function isPlausibleFrame(bytes: Uint8Array, at: number): boolean {
  const { length, type, flags, stream } = decodeInto(bytes, at);
  // A stream number beyond a million is not impossible, and seldom.
  if (length > USUAL_LENGTH || (bytes[at + 5]! & 0x80) !== 0 || stream > 0xfffff) return false;
  switch (type) {
    case FRAME_DATA:
      return stream > 0 && (flags & ~0x09) === 0;
    case FRAME_HEADERS:
      return stream > 0 && (flags & ~0x2d) === 0 && length > 0;
    case FRAME_PUSH_PROMISE:
      return stream > 0 && (flags & ~0x0c) === 0 && length > 4;
    case FRAME_CONTINUATION:
      return stream > 0 && (flags & ~0x04) === 0;
    case FRAME_PRIORITY:
      return stream > 0 && flags === 0 && length === 5;
    case FRAME_RST_STREAM:
      return stream > 0 && flags === 0 && length === 4;
    case FRAME_SETTINGS:
      return stream === 0 && flags <= 1 && length % 6 === 0 && (flags === 0 || length === 0);
    case FRAME_PING:
      return stream === 0 && flags <= 1 && length === 8;
    case FRAME_GOAWAY:
      return stream === 0 && flags === 0 && length >= 8;
    case FRAME_WINDOW_UPDATE:
      return flags === 0 && length === 4;
    default:
      return false;
  }
}

const SCRATCH = createHttp2FrameHeader();

function decodeInto(bytes: Uint8Array, at: number): Http2FrameHeader {
  decodeHttp2FrameHeader(SCRATCH, bytes, at);
  return SCRATCH;
}
