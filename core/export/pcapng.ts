import type { ExportedFrame } from './exported.ts';

/**
 * A pcapng file piece by piece (draft-ietf-opsawg-pcapng): section header, one interface a link with times in
 * nanoseconds, the key log as a Decryption Secrets Block where there is one, then the frames. Little-endian.
 */
export function* writePcapng(
  linkTypes: readonly number[],
  keyLog: Uint8Array | null,
  frames: Iterable<ExportedFrame>,
): Generator<Uint8Array> {
  yield sectionHeader();
  for (const linkType of linkTypes) yield interfaceDescription(linkType);
  if (keyLog !== null && keyLog.length > 0) yield secretsBlock(keyLog);
  for (const frame of frames) yield packetBlock(frame);
}

/** §4.1; the section's length is not said, since it is written as it comes. */
function sectionHeader(): Uint8Array {
  const block = new Block(SECTION_HEADER, 16);
  block.view.setUint32(8, BYTE_ORDER_MAGIC, true);
  block.view.setUint16(12, 1, true);
  block.view.setUint32(16, 0xffff_ffff, true);
  block.view.setUint32(20, 0xffff_ffff, true);
  return block.bytes;
}

/** §4.2, without a snap length, with if_tsresol of 10^-9. */
function interfaceDescription(linkType: number): Uint8Array {
  const block = new Block(INTERFACE_DESCRIPTION, 20);
  block.view.setUint16(8, linkType, true);
  block.view.setUint16(16, OPTION_TSRESOL, true);
  block.view.setUint16(18, 1, true);
  block.view.setUint8(20, 9);
  return block.bytes;
}

/** §4.7. */
function secretsBlock(keyLog: Uint8Array): Uint8Array {
  const block = new Block(DECRYPTION_SECRETS, 8 + keyLog.length);
  block.view.setUint32(8, TLS_KEY_LOG, true);
  block.view.setUint32(12, keyLog.length, true);
  block.bytes.set(keyLog, 16);
  return block.bytes;
}

/** §4.3. */
function packetBlock(frame: ExportedFrame): Uint8Array {
  const block = new Block(ENHANCED_PACKET, 20 + frame.bytes.length);
  const time = BigInt(frame.seconds) * 1_000_000_000n + BigInt(frame.nanoseconds);
  block.view.setUint32(8, frame.link, true);
  block.view.setUint32(12, Number(time >> 32n), true);
  block.view.setUint32(16, Number(time & 0xffff_ffffn), true);
  block.view.setUint32(20, frame.bytes.length, true);
  block.view.setUint32(24, frame.originalLength, true);
  block.bytes.set(frame.bytes, 28);
  return block.bytes;
}

/** Type, length, a body padded to four bytes, length again. The body begins at 8. */
class Block {
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(type: number, bodyLength: number) {
    const length = 12 + ((bodyLength + 3) & ~3);
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
    this.view.setUint32(0, type, true);
    this.view.setUint32(4, length, true);
    this.view.setUint32(length - 4, length, true);
  }
}

const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 10;
const TLS_KEY_LOG = 0x544c534b;
const OPTION_TSRESOL = 9;
