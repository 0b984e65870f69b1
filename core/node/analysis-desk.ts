import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AddKeysOutcome, CaptureStatus, KeyRole, KeyRow, RequestName, Requests } from '../api.ts';
import type { Analysis } from '../analysis/analysis.ts';
import { summariseCapture } from '../analysis/capture/capture-summary.ts';
import { countKeyUsage } from '../analysis/capture/key-usage.ts';
import { PageAnswers } from '../analysis/page-answers.ts';
import { judgeKeyRole } from '../analysis/conversations/role-findings.ts';
import { parseBase64 } from '../bytes/base64.ts';
import { KeyRing } from '../keys/key-ring.ts';
import type { Push } from '../transport.ts';
import { NO_VERDICTS } from '../verdict.ts';
import { answerCalls } from './answer-calls.ts';
import { answerPage } from './answer-page.ts';
import { apiError } from './api-error.ts';
import { DeskExports } from './desk-exports.ts';
import { DeskKeys, type KeyFile } from './desk-keys.ts';
import { createNodeBackend } from './crypto-backend.ts';
import type { KeySources } from './host/analysis-host.ts';
import { loadKeys } from './keys/load-keys.ts';
import { openAnalysis, openCaptureSet } from './open-analysis.ts';
import { OpenerPool } from './opener-pool.ts';
import { type CaptureSet, readCaptures } from './read-captures.ts';

type Result<N extends RequestName> = Requests[N]['result'];

/**
 * Everything behind core/api.ts but what only a host can do: holds one capture set and the keys, reads and opens in
 * slices, answers between them, and pushes what changed at most ten times a second.
 */
export class AnalysisDesk {
  private readonly push: (push: Push) => void;
  private readonly keys = new DeskKeys((changed) => {
    if (changed) this.keysChanged();
    this.pushKeys();
  });
  private capture = 0;
  private set: CaptureSet | null = null;
  private analysis: Analysis | null = null;
  private answers: PageAnswers | null = null;
  private files: readonly string[] = [];
  private phase: CaptureStatus['phase'] = 'empty';
  private warnings: readonly string[] = [];
  private error: string | null = null;
  private cancelled = false;
  private pushTimer: NodeJS.Timeout | null = null;
  private lastPush = 0;
  /** What the page was told last of `CaptureStatus.told`. */
  private told = 0;
  private reopening: Promise<void> | null = null;
  private reopenAgain = false;
  private filtering = false;
  private bytesTotal: number | null = null;
  private pool: OpenerPool | null = null;
  private work: Promise<void> = Promise.resolve();

  readonly exports = new DeskExports(() => {
    const { answers, analysis, files, phase, warnings } = this;
    if (answers === null || analysis === null) return null;
    const busy = phase === 'reading' || phase === 'opening';
    return { answers, files, busy, warnings: [...warnings, ...analysis.limits] };
  });

  constructor(push: (push: Push) => void) {
    this.push = push;
  }

  /** Answers one request; rejects with an ApiError. */
  async request<N extends RequestName>(
    name: N,
    params: Requests[N]['params'],
  ): Promise<Requests[N]['result']> {
    const answer: (params: Requests[N]['params']) => Result<N> | Promise<Result<N>> = this.table[name];
    const result = await answer(params);
    this.tellOn();
    return result;
  }

  async openPaths(paths: readonly string[], sources: KeySources): Promise<CaptureStatus> {
    const loaded = loadKeys(new KeyRing(), sources);
    if (loaded.error !== null) throw apiError('unreadable', loaded.error);
    for (const path of [...sources.keyFiles, ...sources.keylogs]) this.keys.addFile(path, sources.passwords);
    if (sources.psks.length > 0) loadKeys(this.keys.ring, { ...sources, keyFiles: [], keylogs: [] });
    if (paths.length > 0) await this.open(paths);
    else this.keysChanged();
    this.pushKeys();
    return this.status();
  }

  async close(): Promise<void> {
    this.cancelled = true;
    this.keys.close();
    if (this.pushTimer !== null) clearTimeout(this.pushTimer);
    await this.work.catch(() => undefined);
    this.set?.close();
    await this.pool?.close();
  }

  /** The answers by name: a request without one does not compile. */
  private readonly table: {
    readonly [N in RequestName]: (params: Requests[N]['params']) => Result<N> | Promise<Result<N>>;
  } = {
    'host.info': () => {
      throw apiError('unsupported-by-host', 'Only the host can answer that.');
    },
    'capture.choose': () => {
      throw apiError('unsupported-by-host', 'Only the host can show a dialog.');
    },
    'keys.choose': () => {
      throw apiError('unsupported-by-host', 'Only the host can show a dialog.');
    },
    'capture.open': async ({ paths }) => {
      await this.open(paths);
      return this.status();
    },
    'capture.openSample': async () => {
      const folder = new URL('../../assets/samples/', import.meta.url);
      this.keys.addFile(fileURLToPath(new URL(SAMPLE_KEY, folder)), []);
      await this.open([fileURLToPath(new URL(SAMPLE_CAPTURE, folder))]);
      this.pushKeys();
      return this.status();
    },
    'capture.cancel': () => {
      this.cancelled = true;
      return this.status();
    },
    'capture.close': async () => {
      await this.closeCapture();
      this.phase = 'empty';
      this.changed();
      return this.status();
    },
    'capture.status': () => this.status(),
    ...answerPage(
      () => this.answers,
      () => this.filterOn(),
    ),
    ...answerCalls(() => this.answers?.calls ?? null),
    'export.preview': (wish) => this.exports.preview(wish),
    'export.save': () => {
      throw apiError('unsupported-by-host', 'Only the host can save a file.');
    },
    'keys.roles': () => this.keyRoles(),
    'keys.list': () => this.keyRows(),
    'keys.addPaths': ({ paths }) => this.addKeys(() => paths.map((path) => this.keys.addFile(path, []))),
    'keys.addBytes': ({ name, bytes }) =>
      this.addKeys(() => {
        const decoded = parseBase64(bytes);
        if (decoded === null) throw apiError('bad-request', 'The bytes are not base64.');
        return [this.keys.addBytes(basename(name), decoded, [])];
      }),
    'keys.unlock': ({ key, password }) => this.addKeys(() => [this.keys.unlock(key, password)]),
    'keys.remove': ({ key }) => {
      this.keys.remove(key);
      this.keysChanged();
      this.pushKeys();
      return this.keyRows();
    },
  };

  // --- captures ----------------------------------------------------------------------------------------------------

  private async open(paths: readonly string[]): Promise<void> {
    await this.closeCapture();
    const set = openCaptureSet(paths);
    this.capture += 1;
    this.files = paths.map((path) => basename(path));
    this.warnings = [];
    if (typeof set === 'string') {
      this.phase = 'failed';
      this.error = set;
      this.changed();
      return;
    }
    this.error = null;
    this.set = set;
    const threads = Math.max(1, Math.min(8, availableParallelism() - 1));
    this.pool ??= new OpenerPool(threads, createNodeBackend(), { answers: true });
    this.analysis = openAnalysis(this.keys.ring, set, { keepTexts: false, opener: this.pool });
    this.answers = new PageAnswers(this.analysis, this.files);
    this.bytesTotal = set.sources.some((source) => source.size === null)
      ? null
      : set.sources.reduce((sum, source) => sum + (source.size ?? 0), 0);
    this.phase = 'reading';
    this.cancelled = false;
    this.work = this.read(this.analysis, set, this.capture);
    this.changed();
  }

  private async read(analysis: Analysis, set: CaptureSet, capture: number): Promise<void> {
    try {
      const outcome = await readCaptures(analysis, set, {
        cancelled: () => this.cancelled || capture !== this.capture,
        pause: async () => {
          this.changed();
          await nextTurn();
        },
      });
      if (capture !== this.capture) return;
      this.warnings = outcome.warnings;
      this.error = outcome.error;
      this.phase = outcome.error !== null ? 'failed' : outcome.cancelled ? 'cancelled' : 'done';
    } catch (error) {
      if (capture !== this.capture) return;
      this.phase = 'failed';
      this.error = `Something went wrong inside Sipher while reading (${error instanceof Error ? error.name : 'error'}).`;
    }
    this.changed();
    this.pushKeys();
  }

  private async closeCapture(): Promise<void> {
    this.cancelled = true;
    this.reopenAgain = false;
    await this.work.catch(() => undefined);
    await this.reopening?.catch(() => undefined);
    this.set?.close();
    this.set = null;
    this.analysis = null;
    this.answers = null;
    this.files = [];
    this.warnings = [];
    this.error = null;
  }

  status(): CaptureStatus {
    const { analysis, answers, set } = this;
    return {
      capture: this.capture,
      phase: this.phase,
      files: this.files,
      bytesRead: set === null ? 0 : set.sources.reduce((sum, source) => sum + source.bytesRead, 0),
      bytesTotal: this.bytesTotal,
      frames: analysis?.structure.frames.length ?? 0,
      conversations: analysis?.structure.conversations.length ?? 0,
      sipMessages: answers?.messages.length ?? 0,
      revision: analysis?.revision ?? 0,
      told: answers?.frames.told ?? 0,
      verdicts: answers?.verdictCounts() ?? NO_VERDICTS,
      warnings: [...this.warnings, ...(analysis?.limits ?? [])],
      error: this.error,
      summary:
        analysis === null || answers === null || this.phase === 'reading' || this.phase === 'opening'
          ? ''
          : this.summary(analysis, answers),
    };
  }

  private summaryOf = { capture: -1, version: -1, text: '' };

  private summary(analysis: Analysis, answers: PageAnswers): string {
    const { capture } = this;
    const { version } = analysis;
    // Another capture may be as far as the one before was.
    if (this.summaryOf.capture !== capture || this.summaryOf.version !== version)
      this.summaryOf = { capture, version, text: summariseCapture(analysis, answers.conversations) };
    return this.summaryOf.text;
  }

  /** Tells the page, but not more than ten times a second. */
  private changed(): void {
    if (this.pushTimer !== null) return;
    const wait = Math.max(0, this.lastPush + PUSH_INTERVAL - Date.now());
    this.pushTimer = setTimeout(() => {
      this.pushTimer = null;
      this.lastPush = Date.now();
      const status = this.status();
      this.told = status.told;
      this.push({ name: 'status', value: status });
    }, wait);
  }

  /** Rows may have been told before all descriptions of media were read: that goes on, and the page hears of it. */
  private tellOn(): void {
    const { answers } = this;
    if (answers?.frames.secured.isEarly === true) this.filterOn();
    else if (answers !== null && answers.frames.told !== this.told) this.changed();
  }

  /** What rows tell of media, and unfinished filters, go on between other work. */
  private filterOn(): void {
    if (this.filtering) return;
    this.filtering = true;
    const step = async (): Promise<void> => {
      try {
        while ((await this.answers?.frameLists.advance(FILTER_STEP)) === true) {
          this.changed();
          await nextTurn();
        }
      } finally {
        this.filtering = false;
      }
      this.changed();
    };
    void step();
  }

  // --- keys --------------------------------------------------------------------------------------------------------

  private addKeys(add: () => KeyFile[]): AddKeysOutcome {
    const before = this.keys.usable;
    const touched = add();
    const added = this.keys.usable - before;
    this.keysChanged();
    this.pushKeys();
    return {
      keys: this.keyRows(),
      added,
      problems: touched.flatMap(({ outcome }) =>
        outcome.problem === null ? [] : [`${outcome.name}: ${outcome.problem}`],
      ),
    };
  }

  /** Everything that hangs on keys is decided again: at once where the capture was read, else with the next slice. */
  private keysChanged(): void {
    const { analysis } = this;
    if (analysis === null) return;
    if (this.phase === 'reading') {
      analysis.noteKeysChanged();
      return;
    }
    if (this.reopening !== null) {
      this.reopenAgain = true;
      return;
    }
    this.reopening = this.reopen(analysis).finally(() => {
      this.reopening = null;
    });
  }

  private async reopen(analysis: Analysis): Promise<void> {
    const before = this.phase;
    do {
      this.reopenAgain = false;
      this.phase = 'opening';
      await analysis.reopen(async () => {
        this.changed();
        await nextTurn();
        return this.reopenAgain || analysis !== this.analysis;
      });
    } while (this.reopenAgain);
    if (analysis !== this.analysis) return;
    this.phase = before;
    this.changed();
    this.pushKeys();
  }

  private pushKeys(): void {
    this.push({ name: 'keys', value: this.keyRows() });
  }

  private keyRows(): KeyRow[] {
    return this.keys.rows(this.analysis === null ? null : countKeyUsage(this.analysis));
  }

  private keyRoles(): KeyRole[] {
    const { analysis, answers } = this;
    if (analysis === null || answers === null) return [];
    return this.keys.publicKeys.map(([key, sha256]) => ({
      key,
      ...judgeKeyRole(answers.findings, sha256),
    }));
  }
}

const SAMPLE_CAPTURE = '04-question-63f-beside-10.pcap';
const SAMPLE_KEY = '04-question-63f-beside-10.key.pem';
const PUSH_INTERVAL = 100;
const FILTER_STEP = 50_000;
