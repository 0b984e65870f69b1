import type { PacketScratch } from '../net/packet.ts';

/** Takes bytes[from, to) of a payload, the first of which has `position` in the stream; where they came from goes along. */
type TakePiece = (
  position: number,
  bytes: Uint8Array,
  from: number,
  to: number,
  offset: number,
  frame: number,
) => void;

/**
 * The bytes of positions [from, to), out of a payload that came in several frames (`packet.pieces`), piece by piece: each
 * has the file offset and the frame of its own. The payload's first byte has `position`.
 */
export function takePieces(
  packet: PacketScratch,
  position: number,
  from: number,
  to: number,
  take: TakePiece,
): void {
  let start = position;
  for (let piece = 0; piece < packet.pieces; piece++) {
    const end = start + packet.pieceLengths[piece]!;
    const cutFrom = Math.max(from, start);
    const cutTo = Math.min(to, end);
    if (cutTo > cutFrom) {
      const at = packet.payloadStart + (cutFrom - position);
      const offset = packet.pieceOffsets[piece]! + (cutFrom - start);
      take(cutFrom, packet.payload, at, at + (cutTo - cutFrom), offset, packet.pieceFrames[piece]!);
    }
    start = end;
  }
}
