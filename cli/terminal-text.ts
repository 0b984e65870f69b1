/**
 * What goes to a terminal without anything that the terminal would obey: a message can hold escape sequences, and marks
 * that turn a line's direction around. Takes bytes piece by piece; a file or a pipe gets them as they are.
 */
export class TerminalText {
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  clean(bytes: Uint8Array): Uint8Array {
    return ENCODER.encode(this.decoder.decode(bytes, { stream: true }).replace(OBEYED, '\uFFFD'));
  }
}

/** Controls but tab and line ends, a carriage return within a line, marks of direction. */
const OBEYED =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\r(?!\n|$)/g;
const ENCODER = new TextEncoder();
