import { MessageLines, writeText } from '../../core/index.ts';
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
  for (let at = 0; at < messages.length && !output.closed; at += 1) {
    const text = options.text === true ? (messages.bytesOf(at) ?? NO_BYTES) : null;
    if (options.json === true) {
      lines.write(at, output, text);
      continue;
    }
    const view = messages.view(at);
    if (view === null) continue;
    const source = frames.endpointOf(view.conversation, view.direction);
    const destination = frames.endpointOf(view.conversation, view.direction === 0 ? 1 : 0);
    const mark = view.decrypted ? 'decrypted' : 'clear';
    output.line(
      `${String(view.frame).padStart(6)}  ${frames.relativeTimeOf(view.frame).toFixed(6).padStart(12)}  ${source} → ${destination}  ${mark}  ${view.startLine}`,
    );
    if (text === null) continue;
    writeText(output, text, 0, trimmedEnd(text));
    output.line('\n');
  }
  output.flush();
  loaded.close();
  return 0;
}

/** Where a message ends without the blanks and line ends behind it. */
function trimmedEnd(text: Uint8Array): number {
  let end = text.length;
  while (end > 0 && (text[end - 1] ?? 0) <= 0x20) end -= 1;
  return end;
}

const NO_BYTES = new Uint8Array(0);
