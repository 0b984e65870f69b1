import { byteAt } from '../bytes/reader.ts';

/** One line of a protocol tree and the bytes it speaks of. */
export interface LayerNode {
  readonly label: string;
  readonly offset: number;
  readonly length: number;
  readonly children: readonly LayerNode[];
}

/** A node without children. */
export function field(label: string, offset: number, length: number): LayerNode {
  return { label, offset, length, children: [] };
}

/** "0x0800": `digits` hexadecimal digits. */
export function hexNumber(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** "00:1b:21:3c:4d:5e". */
export function formatMac(bytes: Uint8Array, at: number, length = 6): string {
  const parts: string[] = [];
  for (let index = 0; index < length; index++)
    parts.push(
      byteAt(bytes, at + index)
        .toString(16)
        .padStart(2, '0'),
    );
  return parts.join(':');
}
