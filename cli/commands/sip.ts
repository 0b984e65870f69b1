import { MessageLines } from '../../core/index.ts';
import { loadCaptures } from '../load.ts';
import type { KeyOptions } from '../options.ts';
import { Output } from '../output.ts';

export interface SipOptions extends KeyOptions {
  readonly json?: boolean;
  readonly text?: boolean;
}

/** `sipher sip`: one line a SIP message, clear or decrypted, in the order in which they end. */
export async function runSip(captures: readonly string[], options: SipOptions): Promise<number> {
  const loaded = await loadCaptures(captures, options, options.text === true);
  if (typeof loaded === 'number') return loaded;
  const { messages, frames } = loaded;
  const output = new Output();
  const lines = new MessageLines(loaded.analysis, messages, frames);
  const withText = options.text === true;
  for (let at = 0; at < messages.length && !output.closed; at += 1)
    if (options.json === true) lines.write(at, output, withText ? (messages.bytesOf(at) ?? NO_BYTES) : null);
    else lines.writePlain(at, output, withText);
  output.flush();
  loaded.close();
  return 0;
}

const NO_BYTES = new Uint8Array(0);
