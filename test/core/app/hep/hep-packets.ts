import { concatBytes } from '../../../../core/bytes/reader.ts';
import { u16, u32, u8 } from '../../net/build-packets.ts';

/** SIP from 10.1.1.1:5062 to 10.1.1.2:5061 over TCP, as a capture agent sends it. */
export function hepPacket(message: Uint8Array): Uint8Array {
  const chunk = (type: number, value: Uint8Array): Uint8Array =>
    concatBytes([u16(0, type, 6 + value.length), value]);
  const chunks = concatBytes([
    chunk(1, u8(2)),
    chunk(2, u8(6)),
    chunk(3, u32(0x0a010101)),
    chunk(4, u32(0x0a010102)),
    chunk(7, u16(5062)),
    chunk(8, u16(5061)),
    chunk(9, u32(1_700_000_000)),
    chunk(10, u32(5)),
    chunk(11, u8(1)),
    chunk(12, u32(2001)),
    chunk(15, message),
  ]);
  return concatBytes([u8(0x48, 0x45, 0x50, 0x33), u16(6 + chunks.length), chunks]);
}
