import { CallReporter } from '../../core/index.ts';
import { loadCaptures } from '../load.ts';
import type { KeyOptions } from '../options.ts';
import { Output } from '../output.ts';

export interface CallsOptions extends KeyOptions {
  readonly json?: boolean;
  readonly all?: boolean;
}

type Leg = ReturnType<CallReporter['legs']>[number];

/** `sipher calls`: one line a call, its legs joined; with --all also registrations and other dialogs. */
export async function runCalls(captures: readonly string[], options: CallsOptions): Promise<number> {
  const loaded = await loadCaptures(captures, options);
  if (typeof loaded === 'number') return loaded;
  const { analysis, messages, frames, conversations } = loaded;
  const reporter = new CallReporter(analysis, messages, frames, conversations);
  const output = new Output();
  for (const call of reporter.calls()) {
    if (options.json === true) output.line(JSON.stringify({ kind: 'call', ...call }));
    else
      call.legs.forEach((leg, index) => {
        output.line(`${index === 0 ? '' : '  also: '}${lineOf(leg)}`);
      });
  }
  if (options.all === true)
    for (const leg of reporter.legs()) {
      if (leg.kind === 'call') continue;
      output.line(options.json === true ? JSON.stringify(leg) : `${leg.kind}: ${lineOf(leg)}`);
    }
  output.flush();
  loaded.close();
  return 0;
}

function lineOf(leg: Leg): string {
  const seconds = (value: number | null): string => (value === null ? '-' : `${value.toFixed(3)} s`);
  return [
    `${leg.from} → ${leg.to}`,
    leg.state,
    leg.finalStatus === 0 ? 'no final response' : String(leg.finalStatus),
    `set-up ${seconds(leg.setup)}`,
    `duration ${seconds(leg.duration)}`,
    `${leg.source} → ${leg.destination}`,
    leg.transports.join('+'),
    `${leg.messages} messages, ${leg.decrypted} decrypted`,
    ...leg.notes,
  ].join('  ');
}
