import type { LadderStep } from '../../core/api.ts';

export const STEP_HEIGHT = 30;
const TIME_WIDTH = 92;
const FRAME_WIDTH = 66;

export interface LadderFrame {
  /** Where the client's and the server's lines stand. */
  readonly left: number;
  readonly right: number;
  readonly width: number;
  readonly height: number;
  /** Characters of a label that fit between the lines. */
  readonly characters: number;
}

/** Where things stand for a given width; never narrower than can be read. */
export function frameOfLadder(width: number, steps: number): LadderFrame {
  const whole = Math.max(380, width);
  const left = TIME_WIDTH + 14;
  const right = whole - FRAME_WIDTH - 14;
  return {
    left,
    right,
    width: whole,
    height: steps * STEP_HEIGHT + 12,
    characters: Math.max(8, Math.floor((right - left - 34) / 7.3)),
  };
}

/** The step to be seen first: what failed, else the first that stayed encrypted, else the beginning. */
export function firstStepToSee(steps: readonly LadderStep[]): number {
  const failure = steps.findIndex((step) => step.verdict === 'failure');
  return failure >= 0 ? failure : 0;
}

/** A label that fits, its end cut. */
export function fitLabel(label: string, characters: number): string {
  return label.length <= characters ? label : `${label.slice(0, Math.max(1, characters - 1))}…`;
}
