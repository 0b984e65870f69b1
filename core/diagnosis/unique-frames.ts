/** Each frame once, without the 0 that stands for none. */
export function uniqueFrames(frames: readonly (number | undefined)[]): number[] {
  return [...new Set(frames.filter((frame): frame is number => frame !== undefined && frame > 0))];
}
