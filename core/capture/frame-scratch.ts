import type { FrameScratch } from './frame.ts';

/** LINKTYPE_ value of a frame whose file does not say what it is. */
export const LINKTYPE_UNSTATED = 0xffff;

/** No frame can be longer: a length above this is damage, and nobody waits for its bytes. */
export const LARGEST_FRAME = 64 * 1024 * 1024;

/** An empty frame to be filled by a reader (or a test). */
export function createFrameScratch(): FrameScratch {
  return {
    seconds: 0,
    nanoseconds: 0,
    linkType: LINKTYPE_UNSTATED,
    capturedLength: 0,
    originalLength: 0,
    interfaceIndex: 0,
    bytes: new Uint8Array(0),
    start: 0,
    offset: 0,
  };
}
