import { asciiBytes } from '../../../core/bytes/text.ts';
import { concatBytes } from '../../../core/bytes/reader.ts';

/** Writers of capture files for tests: as small as the formats allow, every field settable. */
export interface FrameToWrite {
  readonly seconds: number;
  /** In the unit of the file. */
  readonly fraction: number;
  readonly bytes: Uint8Array;
  readonly original?: number;
}

/** 16- and 32-bit numbers in one byte order: [2, x] or [4, x] each. */
export function numbers(littleEndian: boolean, ...values: readonly (readonly [2 | 4, number])[]): Uint8Array {
  const bytes = new Uint8Array(values.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of values) {
    if (width === 2) view.setUint16(at, value, littleEndian);
    else view.setUint32(at, value >>> 0, littleEndian);
    at += width;
  }
  return bytes;
}

export interface PcapLayout {
  readonly littleEndian?: boolean;
  readonly magic?: number;
  readonly version?: readonly [number, number];
  readonly network?: number;
  readonly snapLength?: number;
  /** Bytes behind the usual 16 of each record header. */
  readonly extra?: number;
  /** Bytes behind the usual 24 of the file header. */
  readonly extraFileHeader?: number;
  readonly swapLengths?: boolean;
}

export function writePcap(frames: readonly FrameToWrite[], layout: PcapLayout = {}): Uint8Array {
  const little = layout.littleEndian ?? true;
  const [major, minor] = layout.version ?? [2, 4];
  const parts = [
    numbers(little, [4, layout.magic ?? 0xa1b2c3d4], [2, major], [2, minor], [4, 0], [4, 0]),
    numbers(little, [4, layout.snapLength ?? 65535], [4, layout.network ?? 1]),
    new Uint8Array(layout.extraFileHeader ?? 0),
  ];
  for (const frame of frames) {
    const lengths = [frame.bytes.length, frame.original ?? frame.bytes.length];
    if (layout.swapLengths === true) lengths.reverse();
    parts.push(
      numbers(little, [4, frame.seconds], [4, frame.fraction], [4, lengths[0] ?? 0], [4, lengths[1] ?? 0]),
      new Uint8Array(layout.extra ?? 0),
      frame.bytes,
    );
  }
  return concatBytes(parts);
}

/** One pcapng block around its body. */
export function block(littleEndian: boolean, type: number, ...body: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(body);
  const padding = new Uint8Array((4 - (content.length % 4)) % 4);
  const length = 12 + content.length + padding.length;
  return concatBytes([
    numbers(littleEndian, [4, type], [4, length]),
    content,
    padding,
    numbers(littleEndian, [4, length]),
  ]);
}

export function sectionHeader(littleEndian: boolean, ...options: readonly Uint8Array[]): Uint8Array {
  const fields = numbers(littleEndian, [4, 0x1a2b3c4d], [2, 1], [2, 0], [4, 0xffffffff], [4, 0xffffffff]);
  return block(littleEndian, 0x0a0d0d0a, fields, ...options);
}

export function interfaceDescription(
  littleEndian: boolean,
  linkType: number,
  snapLength: number,
  ...options: readonly Uint8Array[]
): Uint8Array {
  return block(littleEndian, 1, numbers(littleEndian, [2, linkType], [2, 0], [4, snapLength]), ...options);
}

export function option(littleEndian: boolean, code: number, value: Uint8Array): Uint8Array {
  const padding = new Uint8Array((4 - (value.length % 4)) % 4);
  return concatBytes([numbers(littleEndian, [2, code], [2, value.length]), value, padding]);
}

export function endOfOptions(littleEndian: boolean): Uint8Array {
  return numbers(littleEndian, [2, 0], [2, 0]);
}

export function enhancedPacket(
  littleEndian: boolean,
  interfaceId: number,
  time: bigint,
  bytes: Uint8Array,
  ...options: readonly Uint8Array[]
): Uint8Array {
  const fields = numbers(
    littleEndian,
    [4, interfaceId],
    [4, Number(time >> 32n)],
    [4, Number(time & 0xffffffffn)],
    [4, bytes.length],
    [4, bytes.length],
  );
  const padding = new Uint8Array((4 - (bytes.length % 4)) % 4);
  return block(littleEndian, 6, fields, bytes, padding, ...options);
}

export function writeSnoop(frames: readonly FrameToWrite[], dataLink = 4): Uint8Array {
  const parts = [asciiBytes('snoop\0\0\0'), numbers(false, [4, 2], [4, dataLink])];
  for (const frame of frames) {
    const padding = new Uint8Array((4 - (frame.bytes.length % 4)) % 4);
    parts.push(
      numbers(
        false,
        [4, frame.original ?? frame.bytes.length],
        [4, frame.bytes.length],
        [4, 24 + frame.bytes.length + padding.length],
        [4, 0],
        [4, frame.seconds],
        [4, frame.fraction],
      ),
      frame.bytes,
      padding,
    );
  }
  return concatBytes(parts);
}
