/** The header of one WebSocket frame (RFC 6455 §5.2); reused. */
export interface FrameHeader {
  final: boolean;
  /** RSV1: the message is compressed (RFC 7692 §6). Set on a message's first frame. */
  compressed: boolean;
  opcode: number;
  /** Offset of the masking key, -1 where the payload is not masked. */
  mask: number;
  /** Header bytes, and payload bytes behind them. */
  length: number;
  payloadLength: number;
}

export function createFrameHeader(): FrameHeader {
  return { final: true, compressed: false, opcode: 0, mask: -1, length: 0, payloadLength: 0 };
}

export const HEADER_OK = 0;
export const HEADER_NEEDS_MORE = 1;
/** Reserved bits or opcodes, a control frame in parts, or a length that no frame has. */
export const HEADER_IMPOSSIBLE = 2;

export function decodeFrameHeader(out: FrameHeader, bytes: Uint8Array, at: number, to: number): number {
  if (at >= to) return HEADER_NEEDS_MORE;
  const first = bytes[at]!;
  out.opcode = first & 15;
  out.final = (first & 0x80) !== 0;
  out.compressed = (first & 0x40) !== 0;
  const control = out.opcode >= 8;
  if ((first & 0x30) !== 0 || (out.opcode & 7) > 2) return HEADER_IMPOSSIBLE;
  if (control && (!out.final || out.compressed)) return HEADER_IMPOSSIBLE;
  if (at + 2 > to) return HEADER_NEEDS_MORE;
  const short = bytes[at + 1]! & 0x7f;
  if (control && short > 125) return HEADER_IMPOSSIBLE;
  const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
  const masked = (bytes[at + 1]! & 0x80) !== 0;
  out.length = 2 + lengthBytes + (masked ? 4 : 0);
  out.mask = masked ? at + 2 + lengthBytes : -1;
  if (at + out.length > to) return HEADER_NEEDS_MORE;
  let length = short;
  if (lengthBytes > 0) {
    length = 0;
    for (let i = 0; i < lengthBytes; i++) length = length * 256 + bytes[at + 2 + i]!;
  }
  out.payloadLength = length;
  return length > Number.MAX_SAFE_INTEGER ? HEADER_IMPOSSIBLE : HEADER_OK;
}
