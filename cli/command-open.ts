import { absolute, absoluteKeys, runServe, type OpenOptions } from './command-serve.ts';
import { openDesktopApp } from './open/desktop-app.ts';

/** Opens the desktop app; where it cannot run, says why in one line and serves the same app to the browser. */
export async function runOpen(options: OpenOptions): Promise<number> {
  const outcome = options.captures.includes('-')
    ? ({ kind: 'cannot-run', reason: 'standard input can only be read here' } as const)
    : await openDesktopApp({ captures: options.captures.map(absolute), keys: absoluteKeys(options) });
  if (outcome.kind === 'ended') return outcome.code;
  process.stderr.write(`The desktop app cannot start: ${outcome.reason}. Serving to the browser instead.\n`);
  return runServe(options, outcome.reason);
}
