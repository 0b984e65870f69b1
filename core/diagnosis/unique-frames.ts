/** Each frame once, without the 0 that stands for none. */
export function uniqueFrames(frames: readonly number[]): number[] {
  return [...new Set(frames.filter((frame) => frame > 0))];
}
