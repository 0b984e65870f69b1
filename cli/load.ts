import {
  type Analysis,
  ConversationReporter,
  FrameReporter,
  KeyRing,
  MessageIndex,
  type SipSink,
} from '../core/index.ts';
import { loadKeys } from '../core/node/keys/load-keys.ts';
import { createNodeBackend } from '../core/node/crypto-backend.ts';
import { OpenerPool } from '../core/node/opener-pool.ts';
import { openAnalysis, openCaptureSet } from '../core/node/open-analysis.ts';
import { readCaptures } from '../core/node/read-captures.ts';
import { LARGE_CAPTURES, openerThreads, takeOpeners } from './early-openers.ts';
import { type KeyOptions, keySourcesOf } from './options.ts';

/** A capture set that was read to its end, with what answers questions about it. */
export interface Loaded {
  readonly analysis: Analysis;
  readonly messages: MessageIndex;
  readonly frames: FrameReporter;
  readonly conversations: ConversationReporter;
  /** Names of the files, null where there is only one. */
  readonly files: readonly string[] | null;
  close(): void;
}

export interface LoadOptions {
  /** All texts are to be written: they are kept, where deriving them again would cost more. */
  readonly keepTexts?: boolean;
  /** Takes the messages while the captures are read. */
  readonly sip?: SipSink | null;
}

/** Reads captures and keys as a command line names them; the exit code where that fails, the reason on stderr. */
export async function loadCaptures(
  captures: readonly string[],
  options: KeyOptions,
  { keepTexts = false, sip = null }: LoadOptions = {},
): Promise<Loaded | number> {
  const sources = keySourcesOf(options);
  if (typeof sources === 'string') return fail(sources);
  const keys = new KeyRing();
  const loadedKeys = loadKeys(keys, sources);
  if (loadedKeys.error !== null) return fail(loadedKeys.error);
  for (const warning of loadedKeys.warnings) process.stderr.write(`${warning}\n`);
  const set = openCaptureSet(captures);
  if (typeof set === 'string') return fail(set);
  const size = set.sources.reduce((sum, source) => sum + (source.size ?? LARGE_CAPTURES), 0);
  const opener =
    size < LARGE_CAPTURES
      ? null
      : new OpenerPool(openerThreads(), createNodeBackend(), { started: takeOpeners() });
  const analysis = openAnalysis(keys, set, { keepTexts, opener, sip });
  const progress = new ProgressLine(
    set.sources.reduce((sum, source) => sum + (source.size ?? 0), 0),
    sip !== null,
  );
  const outcome = await readCaptures(analysis, set, {
    cancelled: () => {
      progress.show(set.sources.reduce((sum, source) => sum + source.bytesRead, 0));
      return sip?.closed === true;
    },
    pause: null,
  });
  progress.end();
  if (outcome.error !== null) {
    set.close();
    // Threads that wait for work would keep the program from ending.
    void opener?.close();
    return fail(outcome.error);
  }
  for (const warning of [...outcome.warnings, ...analysis.limits]) process.stderr.write(`${warning}\n`);
  const messages = new MessageIndex(analysis);
  const frames = new FrameReporter(analysis, messages);
  return {
    analysis,
    messages,
    frames,
    conversations: new ConversationReporter(analysis, frames),
    files: set.sources.length > 1 ? set.sources.map((source) => source.name) : null,
    close: () => {
      set.close();
      void opener?.close();
    },
  };
}

function fail(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return 2;
}

/** A progress bar, on a terminal only. */
class ProgressLine {
  private readonly total: number;
  private readonly shown: boolean;
  private last = 0;

  /** Not where results are written to the same terminal meanwhile. */
  constructor(total: number, writing: boolean) {
    this.total = total;
    this.shown = process.stderr.isTTY && !(writing && process.stdout.isTTY);
  }

  show(done: number): void {
    const now = Date.now();
    if (!this.shown || now - this.last < 200 || this.total === 0) return;
    this.last = now;
    const share = Math.min(1, done / this.total);
    const bar = '#'.repeat(Math.round(share * 30)).padEnd(30, '.');
    process.stderr.write(`\r[${bar}] ${Math.round(share * 100)} %`);
  }

  end(): void {
    if (this.shown && this.last > 0) process.stderr.write('\r\u001b[K');
  }
}
