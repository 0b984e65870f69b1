import { loadCaptures } from '../load.ts';
import type { KeyOptions } from '../options.ts';
import { Output } from '../output.ts';

export interface FramesOptions extends KeyOptions {
  readonly json?: boolean;
  readonly plaintext?: boolean;
}

/** `sipher frames`: one line a frame. */
export async function runFrames(captures: readonly string[], options: FramesOptions): Promise<number> {
  // Every frame's SIP is written: deriving it again would open each record a second time.
  const loaded = await loadCaptures(captures, options, { keepTexts: options.json === true });
  if (typeof loaded === 'number') return loaded;
  const { analysis, frames, files } = loaded;
  const output = new Output();
  const count = analysis.structure.frames.length;
  for (let number = 1; number <= count && !output.closed; number += 1) {
    const report = frames.report(number, { plaintext: options.plaintext === true, files });
    if (options.json === true) {
      output.line(JSON.stringify(report));
      continue;
    }
    const state = report.state === null ? '' : `0x${report.state.toString(16).toUpperCase()}`;
    const verdict = report.cause === null ? report.verdict : `${report.verdict}: ${report.cause}`;
    output.line(
      [
        String(report.frame).padStart(6),
        frames.relativeTimeOf(number).toFixed(6).padStart(12),
        `${report.source} → ${report.destination}`,
        report.protocol,
        String(report.length),
        state,
        verdict,
        report.info,
      ].join('  '),
    );
  }
  output.flush();
  loaded.close();
  return 0;
}
