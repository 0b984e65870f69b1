/** Lines of text in bytes: LF ends a line, a CR before it belongs to the end. */

/** The first LF of bytes[from, to), or `to`. */
export function lineFeedFrom(bytes: Uint8Array, from: number, to: number): number {
  while (from < to && bytes[from] !== 10) from++;
  return from;
}

/** The end of the text of the line that begins at `from` and ends with the LF at `lf` (or at the end of the bytes). */
export function withoutCr(bytes: Uint8Array, from: number, lf: number): number {
  return lf > from && bytes[lf - 1] === 13 ? lf - 1 : lf;
}

/** The first byte that is neither CR nor LF. */
export function behindEmptyLines(bytes: Uint8Array, from: number, to: number): number {
  while (from < to && (bytes[from] === 13 || bytes[from] === 10)) from++;
  return from;
}
