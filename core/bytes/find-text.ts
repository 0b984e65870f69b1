/**
 * Finds a text in bytes, capital letters of ASCII being the same as small ones (Horspool). Texts beyond ASCII are not
 * found so.
 */
export class AsciiFinder {
  private readonly wanted: Uint8Array;
  /** How far to move on, by the byte under the text's end. */
  private readonly steps = new Uint32Array(256);

  /** `text`: ASCII only, not empty. */
  constructor(text: string) {
    this.wanted = new TextEncoder().encode(text.toLowerCase());
    const last = this.wanted.length - 1;
    this.steps.fill(this.wanted.length);
    for (let i = 0; i < last; i++) {
      const byte = this.wanted[i]!;
      this.steps[byte] = last - i;
      if (isSmall(byte)) this.steps[byte - 0x20] = last - i;
    }
  }

  isIn(bytes: Uint8Array, from: number, to: number): boolean {
    const { wanted, steps } = this;
    const last = wanted.length - 1;
    const final = wanted[last]!;
    for (let end = from + last; end < to;) {
      const byte = bytes[end]!;
      if (lower(byte) === final) {
        let i = last - 1;
        while (i >= 0 && lower(bytes[end - last + i]!) === wanted[i]) i--;
        if (i < 0) return true;
      }
      end += steps[byte]!;
    }
    return false;
  }
}

/** Whether all of a text's characters are ASCII. */
export function isAsciiText(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

function isSmall(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}
