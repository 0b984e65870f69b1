import {
  FLAG_ACK,
  FRAME_GOAWAY,
  FRAME_HEADERS,
  FRAME_PRIORITY,
  FRAME_PUSH_PROMISE,
  FRAME_RST_STREAM,
  FRAME_SETTINGS,
  FRAME_WINDOW_UPDATE,
  http2ErrorName,
  http2SettingName,
} from './frame-names.ts';
import type { HeaderField } from './header-table.ts';

/**
 * What a frame says beside header fields, as names and values (RFC 9113 §6): bytes[from, to) is its payload, or what
 * stands in it before a header block. What is cut is left out.
 */
export function describePayload(
  type: number,
  flags: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): HeaderField[] {
  const size = to - from;
  switch (type) {
    case FRAME_SETTINGS:
      return (flags & FLAG_ACK) !== 0 ? [] : describeSettings(bytes, from, to);
    case FRAME_HEADERS:
    case FRAME_PRIORITY:
      if (size < 5) return [];
      return [field('(depends on stream)', number31(bytes, from)), field('(weight)', bytes[from + 4]! + 1)];
    case FRAME_PUSH_PROMISE:
      return size < 4 ? [] : [field('(promised stream)', number31(bytes, from))];
    case FRAME_RST_STREAM:
      return size < 4 ? [] : [{ name: '(error)', value: http2ErrorName(number32(bytes, from)) }];
    case FRAME_GOAWAY:
      if (size < 8) return [];
      return [
        field('(last stream)', number31(bytes, from)),
        { name: '(error)', value: http2ErrorName(number32(bytes, from + 4)) },
        ...(size > 8 ? [{ name: '(text)', value: TEXT.decode(bytes.subarray(from + 8, to)) }] : []),
      ];
    case FRAME_WINDOW_UPDATE:
      return size < 4 ? [] : [field('(increment)', number31(bytes, from))];
    default:
      return [];
  }
}

function describeSettings(bytes: Uint8Array, from: number, to: number): HeaderField[] {
  const settings: HeaderField[] = [];
  for (let at = from; at + 6 <= to && settings.length < MOST_SETTINGS; at += 6)
    settings.push(field(http2SettingName((bytes[at]! << 8) | bytes[at + 1]!), number32(bytes, at + 2)));
  return settings;
}

function field(name: string, value: number): HeaderField {
  return { name, value: String(value) };
}

function number32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** The first bit is reserved, or says "exclusive". */
function number31(bytes: Uint8Array, at: number): number {
  return number32(bytes, at) & 0x7fffffff;
}

const TEXT = new TextDecoder('utf-8');
const MOST_SETTINGS = 64;
