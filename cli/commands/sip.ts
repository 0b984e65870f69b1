import { MessageStream } from '../../core/index.ts';
import { loadCaptures } from '../load.ts';
import type { KeyOptions } from '../options.ts';
import { Output } from '../output.ts';

export interface SipOptions extends KeyOptions {
  readonly json?: boolean;
  readonly text?: boolean;
}

/** `sipher sip`: one line a SIP message, clear or decrypted, in the order in which they end. */
export async function runSip(captures: readonly string[], options: SipOptions): Promise<number> {
  const withText = options.text === true;
  const sip = new MessageStream({ json: options.json === true, withText, output: new Output() });
  const loaded = await loadCaptures(captures, options, { keepTexts: withText, sip });
  if (typeof loaded === 'number') return loaded;
  sip.finish();
  loaded.close();
  return 0;
}
