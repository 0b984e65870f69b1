/**
 * Copies source[from, to) to target[at …), quickly also where the source is shared between threads: engines copy shared
 * bytes by words only where both places are alike modulo eight, else one by one, which takes four times as long. So
 * they come to such a place first and are moved from there. `target` is not shared, and has COPY_SLACK bytes more room
 * behind; what stands in them is lost.
 */
export function copyBytes(
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
): void {
  if (to - from < FEW) {
    for (let i = from; i < to; i++) target[at + i - from] = source[i]!;
    return;
  }
  const shift = (source.byteOffset + from - target.byteOffset - at) & (WORD - 1);
  target.set(source.subarray(from, to), at + shift);
  if (shift !== 0) target.copyWithin(at, at + shift, at + shift + to - from);
}

const WORD = 8;
/** Quicker by hand than by a view and a call. */
const FEW = 64;
/** Bytes behind the copy that `copyBytes` may use. */
export const COPY_SLACK = WORD - 1;
