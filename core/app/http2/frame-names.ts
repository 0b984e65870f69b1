/** Names of IANA's registry "Hypertext Transfer Protocol version 2 (HTTP/2) Parameters" as of 2026-11 (RFC 9113). */

export const FRAME_DATA = 0;
export const FRAME_HEADERS = 1;
export const FRAME_PRIORITY = 2;
export const FRAME_RST_STREAM = 3;
export const FRAME_SETTINGS = 4;
export const FRAME_PUSH_PROMISE = 5;
export const FRAME_PING = 6;
export const FRAME_GOAWAY = 7;
export const FRAME_WINDOW_UPDATE = 8;
export const FRAME_CONTINUATION = 9;
/** Not a frame: the 24 bytes with which the client begins (RFC 9113 §3.4). Wireshark calls them so. */
export const FRAME_MAGIC = 255;

const TYPES: Readonly<Record<number, string>> = {
  0: 'DATA',
  1: 'HEADERS',
  2: 'PRIORITY',
  3: 'RST_STREAM',
  4: 'SETTINGS',
  5: 'PUSH_PROMISE',
  6: 'PING',
  7: 'GOAWAY',
  8: 'WINDOW_UPDATE',
  9: 'CONTINUATION',
  10: 'ALTSVC',
  12: 'ORIGIN',
  16: 'PRIORITY_UPDATE',
  255: 'Magic',
};

export function http2FrameName(type: number): string {
  return TYPES[type] ?? `frame type ${type}`;
}

export const FLAG_END_STREAM = 0x01;
/** On SETTINGS and PING. */
export const FLAG_ACK = 0x01;
export const FLAG_END_HEADERS = 0x04;
export const FLAG_PADDED = 0x08;
export const FLAG_PRIORITY = 0x20;

/** The flags that are defined for a type of frame (RFC 9113 §6), by name. */
export function http2FlagNames(type: number, flags: number): string[] {
  const names: string[] = [];
  const note = (flag: number, name: string, ...types: readonly number[]): void => {
    if ((flags & flag) !== 0 && types.includes(type)) names.push(name);
  };
  note(FLAG_ACK, 'ACK', FRAME_SETTINGS, FRAME_PING);
  note(FLAG_END_STREAM, 'END_STREAM', FRAME_DATA, FRAME_HEADERS);
  note(FLAG_END_HEADERS, 'END_HEADERS', FRAME_HEADERS, FRAME_PUSH_PROMISE, FRAME_CONTINUATION);
  note(FLAG_PADDED, 'PADDED', FRAME_DATA, FRAME_HEADERS, FRAME_PUSH_PROMISE);
  note(FLAG_PRIORITY, 'PRIORITY', FRAME_HEADERS);
  return names;
}

const SETTINGS: Readonly<Record<number, string>> = {
  1: 'SETTINGS_HEADER_TABLE_SIZE',
  2: 'SETTINGS_ENABLE_PUSH',
  3: 'SETTINGS_MAX_CONCURRENT_STREAMS',
  4: 'SETTINGS_INITIAL_WINDOW_SIZE',
  5: 'SETTINGS_MAX_FRAME_SIZE',
  6: 'SETTINGS_MAX_HEADER_LIST_SIZE',
  8: 'SETTINGS_ENABLE_CONNECT_PROTOCOL',
  9: 'SETTINGS_NO_RFC7540_PRIORITIES',
};

export function http2SettingName(id: number): string {
  return SETTINGS[id] ?? `setting ${id}`;
}

const ERRORS: readonly string[] = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

export function http2ErrorName(code: number): string {
  return ERRORS[code] ?? `error ${code}`;
}
