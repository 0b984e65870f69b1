import type { RichText } from '../api.ts';

/** What is said of one cause: what it is, what proves it, what to do now and at the next capture. */
export interface Advice {
  readonly title: string;
  readonly what: RichText;
  readonly proof: readonly RichText[];
  readonly fixNow: readonly RichText[];
  readonly fixNext: readonly RichText[];
}
