import { arrayOf, object, text, type Shape } from '../../shape.ts';
import type { KeySources } from './analysis-host.ts';

/** What the desktop app is to open: by the command line that started it, by a second start, by the system. Real paths. */
export interface DesktopRequest {
  readonly captures: readonly string[];
  readonly keys: KeySources;
}

/** From the desktop app to the command line that started it. */
export type DesktopMessage =
  /** It listens: the request may come. */
  | { readonly kind: 'started' }
  /** Its window is open, or another one that ran already took the request. */
  | { readonly kind: 'shown' };

const texts = arrayOf(text, 10_000);

export const desktopRequest: Shape<DesktopRequest> = object({
  captures: texts,
  keys: object({ keyFiles: texts, passwords: texts, keylogs: texts, psks: texts }),
});
