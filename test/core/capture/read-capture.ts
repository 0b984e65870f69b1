import { concatBytes } from '../../../core/bytes/reader.ts';
import {
  STEP_FAULT,
  STEP_FRAME,
  STEP_NEED_MORE,
  STEP_SECRETS,
  type CaptureFault,
  type CaptureReader,
} from '../../../core/capture/frame.ts';
import { openCaptureReader } from '../../../core/capture/open-capture.ts';

export interface ReadFrame {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly linkType: number;
  readonly interfaceIndex: number;
  readonly original: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface ReadCapture {
  readonly frames: ReadFrame[];
  readonly secrets: Uint8Array[];
  readonly fault: CaptureFault | null;
  readonly steps: number;
}

/** Each frame as one line of text: quick to compare. */
export function linesOf(frames: readonly ReadFrame[]): string[] {
  return frames.map((frame) =>
    [
      `${frame.seconds}.${frame.nanoseconds} link ${frame.linkType} interface ${frame.interfaceIndex}`,
      `${frame.original} at ${frame.offset}: ${Buffer.from(frame.bytes).toString('hex')}`,
    ].join(' '),
  );
}

/**
 * Reads a whole capture the way a host does: a window that holds what is unread, filled by `sizes` bytes at a time (the
 * list goes round), grown only when a step says that it needs more. Fails where a reader breaks its contract.
 */
export function readCapture(file: Uint8Array, sizes: readonly number[] = [file.length]): ReadCapture {
  const opened = openCaptureReader(file.subarray(0, 65_536));
  if ('kind' in opened) return { frames: [], secrets: [], fault: opened, steps: 0 };
  const result: ReadCapture = { frames: [], secrets: [], fault: null, steps: 0 };
  return { ...result, ...walk(opened, file, sizes, result) };
}

function walk(reader: CaptureReader, file: Uint8Array, sizes: readonly number[], result: ReadCapture) {
  let window = new Uint8Array(0);
  let start = 0;
  let base = 0;
  let read = 0;
  let steps = 0;
  for (let round = 0; ;) {
    const step = reader.step(window, start, window.length, base);
    steps++;
    if (step === STEP_FAULT) return { fault: reader.fault, steps };
    if (step === STEP_NEED_MORE) {
      if (reader.wanted <= window.length - start) throw new Error('wants what is there');
      if (read === file.length) return { fault: reader.finish(window, start, window.length, base), steps };
      const next = Math.min(file.length, read + Math.max(1, sizes[round++ % sizes.length] ?? 1));
      window = concatBytes([window.subarray(start), file.subarray(read, next)]);
      start = 0;
      read = next;
      continue;
    }
    if (reader.consumed <= 0 || reader.consumed > window.length - start)
      throw new Error('consumes what is not there');
    if (step === STEP_FRAME) result.frames.push(copyFrame(reader));
    if (step === STEP_SECRETS && reader.secrets !== null) result.secrets.push(reader.secrets.bytes);
    // What was consumed is gone: a reader that looks back reads these.
    window.fill(0xee, start, start + reader.consumed);
    base += reader.consumed;
    start += reader.consumed;
  }
}

function copyFrame(reader: CaptureReader): ReadFrame {
  const { frame } = reader;
  if (frame.start + frame.capturedLength > frame.bytes.length) throw new Error('frame outside its window');
  return {
    seconds: frame.seconds,
    nanoseconds: frame.nanoseconds,
    linkType: frame.linkType,
    interfaceIndex: frame.interfaceIndex,
    original: frame.originalLength,
    offset: frame.offset,
    bytes: frame.bytes.slice(frame.start, frame.start + frame.capturedLength),
  };
}
