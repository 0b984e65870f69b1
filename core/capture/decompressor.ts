import type { CaptureFault } from './frame.ts';

/**
 * Called with each run of unpacked bytes, in order. The view is good during the call only. Runs are at most a few
 * hundred kilobytes long, however much the input unpacks to.
 */
export type BytesSink = (chunk: Uint8Array) => void;

/** Unpacks a stream that is pushed in any split. After a fault further input is ignored. */
export interface Decompressor {
  /** Set as soon as the stream is known to be damaged; what was sound before has been delivered. */
  readonly fault: CaptureFault | null;
  push(chunk: Uint8Array): Promise<void>;
  /** The input has ended: delivers what is left; a fault where the packed data is damaged or cut. */
  finish(): Promise<CaptureFault | null>;
}

/** A fault of packed data: `unpacked` bytes came out sound, the trouble is at byte `packed` of the packed file. */
export function compressionFault(
  format: string,
  unpacked: number,
  packed: number,
  what: string,
): CaptureFault {
  return {
    kind: 'damaged-compression',
    offset: unpacked,
    sentence: `The ${format} data ${what} at byte ${packed}; the first ${unpacked} unpacked bytes are kept.`,
  };
}
