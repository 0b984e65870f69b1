import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AddKeysOutcome, CaptureStatus, KeyRole, KeyRow, RequestName, Requests } from '../api.ts';
import type { Analysis } from '../analysis/analysis.ts';
import { summariseCapture } from '../analysis/capture/capture-summary.ts';
import { PageAnswers } from '../analysis/page-answers.ts';
import { judgeKeyRole } from '../analysis/conversations/role-findings.ts';
import { parseBase64 } from '../bytes/base64.ts';
import type { KeyLog } from '../keys/keylog-file.ts';
import { KeyRing } from '../keys/key-ring.ts';
import type { Push } from '../transport.ts';
import { answerCalls } from './answer-calls.ts';
import { apiError, found } from './api-error.ts';
import { DeskExports } from './desk-exports.ts';
import { createNodeBackend } from './crypto-backend.ts';
import type { KeySources } from './host/analysis-host.ts';
import { type KeyFileOutcome, loadKeyFile, loadKeyLogFile } from './keys/key-containers.ts';
import { type KeyLogGrowth, KeyLogWatcher } from './keys/keylog-watcher.ts';
import { loadKeys, readKeyFile } from './keys/load-keys.ts';
import { openAnalysis, openCaptureSet } from './open-analysis.ts';
import { OpenerPool } from './opener-pool.ts';
import { type CaptureSet, readCaptures } from './read-captures.ts';

type Result<N extends RequestName> = Requests[N]['result'];

/** A key file as the key manager lists it. */
interface KeyEntry {
  readonly id: number;
  outcome: KeyFileOutcome;
  ringId: number | null;
  /** Kept only while the file is locked, so that a password can be tried. */
  locked: Uint8Array | null;
}

/**
 * Everything behind core/api.ts but what only a host can do: holds one capture set and the keys, reads and opens in
 * slices, answers between them, and pushes what changed at most ten times a second.
 */
export class AnalysisDesk {
  private readonly push: (push: Push) => void;
  private readonly keys = new KeyRing();
  private entries: KeyEntry[] = [];
  private readonly keyLogs = new KeyLogWatcher((growth) => this.keyLogGrew(growth));
  private nextKey = 1;
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
    return answer(params);
  }

  async openPaths(paths: readonly string[], sources: KeySources): Promise<CaptureStatus> {
    const loaded = loadKeys(new KeyRing(), sources);
    if (loaded.error !== null) throw apiError('unreadable', loaded.error);
    for (const path of [...sources.keyFiles, ...sources.keylogs]) this.addKeyFile(path, sources.passwords);
    if (sources.psks.length > 0) loadKeys(this.keys, { ...sources, keyFiles: [], keylogs: [] });
    if (paths.length > 0) await this.open(paths);
    else this.keysChanged();
    this.pushKeys();
    return this.status();
  }

  async close(): Promise<void> {
    this.cancelled = true;
    this.keyLogs.close();
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
      this.addKeyFile(fileURLToPath(new URL(SAMPLE_KEY, folder)), []);
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
    'capture.findings': () => this.answers?.captureFindings() ?? [],
    'capture.needs': () => this.answers?.needs() ?? [],
    'frames.window': ({ filter, from, count }) => {
      const { answers } = this;
      if (answers === null) return { revision: 0, total: 0, settled: true, from, rows: [] };
      const window = answers.frameWindow(filter, from, Math.min(count, MOST_ROWS));
      if (!window.settled) this.filterOn();
      return window;
    },
    'frames.rowOf': ({ filter, frame }) => this.answers?.rowOf(filter, frame) ?? null,
    'frame.detail': ({ frame }) => found(this.answers?.frameDetail(frame), `There is no frame ${frame}.`),
    'record.plaintext': ({ record }) =>
      found(this.answers?.plaintext(record), 'This record was not decrypted.'),
    'conversations.window': ({ text, verdicts, from, count }) =>
      this.answers?.conversationWindow(text, verdicts, from, Math.min(count, MOST_ROWS)) ?? {
        revision: 0,
        total: 0,
        from,
        rows: [],
      },
    'conversation.detail': ({ conversation }) =>
      this.ofConversation(conversation, (answers, at) => answers.conversationDetail(at)),
    'conversation.timing': ({ conversation }) =>
      this.ofConversation(conversation, (answers, at) => answers.timing(at)),
    'conversations.compare': ({ left, right }) =>
      found(this.answers?.compareByIds(left, right), 'One of the two conversations is not there.'),
    'conversation.ladder': ({ conversation, as }) =>
      this.ofConversation(conversation, (answers, at) => answers.ladder(at, as)),
    'conversation.text': ({ conversation, limit }) =>
      this.ofConversation(conversation, (answers, at) =>
        answers.conversationText(at, Math.min(limit, MOST_TEXT)),
      ),
    'conversation.debug-log': ({ conversation }) =>
      this.ofConversation(conversation, (answers, at) => answers.debugLog(at, MOST_TEXT)),
    'sip.window': ({ text, from, count }) =>
      this.answers?.sipWindow(text, from, Math.min(count, MOST_ROWS)) ?? { total: 0, from, rows: [] },
    'sip.text': ({ message }) => {
      const text = this.answers?.messages.textOf(message) ?? null;
      return { text: found(text, 'The text of this message cannot be had any more.') };
    },
    ...answerCalls(() => this.answers?.calls ?? null),
    'export.preview': (wish) => this.exports.preview(wish),
    'export.save': () => {
      throw apiError('unsupported-by-host', 'Only the host can save a file.');
    },
    'keys.roles': () => this.keyRoles(),
    'keys.list': () => this.keyRows(),
    'keys.addPaths': ({ paths }) => this.addKeys(() => paths.map((path) => this.addKeyFile(path, []))),
    'keys.addBytes': ({ name, bytes }) =>
      this.addKeys(() => {
        const decoded = parseBase64(bytes);
        if (decoded === null) throw apiError('bad-request', 'The bytes are not base64.');
        return [this.addKeyBytes(basename(name), decoded, [])];
      }),
    'keys.unlock': ({ key, password }) => this.addKeys(() => [this.unlock(key, password)]),
    'keys.remove': ({ key }) => {
      const entry = this.entries.find((known) => known.id === key);
      if (entry === undefined) throw apiError('not-found', 'This key is not loaded any more.');
      if (entry.ringId !== null) this.keys.remove(entry.ringId);
      this.keyLogs.unwatch(key);
      this.entries = this.entries.filter((known) => known !== entry);
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
    this.analysis = openAnalysis(this.keys, set, { keepTexts: false, opener: this.pool });
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
      this.push({ name: 'status', value: this.status() });
    }, wait);
  }

  /** What is asked of one conversation, by its id. */
  private ofConversation<T>(id: string, ask: (answers: PageAnswers, conversation: number) => T | null): T {
    const known = this.answers?.find(id) ?? null;
    const answer = known === null ? null : ask(known.answers, known.conversation);
    return found(answer, `There is no conversation ${id}.`);
  }

  /** Unfinished filters go on between other work. */
  private filterOn(): void {
    if (this.filtering) return;
    this.filtering = true;
    const step = async (): Promise<void> => {
      try {
        while ((await this.answers?.filterOn(FILTER_STEP)) === true) {
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

  private addKeys(add: () => KeyEntry[]): AddKeysOutcome {
    const before = this.entries.filter((entry) => entry.outcome.usable).length;
    const touched = add();
    const added = this.entries.filter((entry) => entry.outcome.usable).length - before;
    this.keysChanged();
    this.pushKeys();
    return {
      keys: this.keyRows(),
      added,
      problems: touched.flatMap((entry) =>
        entry.outcome.problem === null ? [] : [`${entry.outcome.name}: ${entry.outcome.problem}`],
      ),
    };
  }

  private addKeyFile(path: string, passwords: readonly string[]): KeyEntry {
    const bytes = readKeyFile(path);
    if (typeof bytes === 'string') throw apiError('unreadable', bytes);
    const entry = this.addKeyBytes(basename(path), bytes, passwords);
    if (logOf(entry.outcome) !== null) this.keyLogs.watch(entry.id, path, bytes.length);
    return entry;
  }

  /** A key log file grew, or was begun anew: what it brings is tried at once. */
  private keyLogGrew({ key, bytes, anew }: KeyLogGrowth): void {
    const entry = this.entries.find((known) => known.id === key);
    const log = entry === undefined ? null : logOf(entry.outcome);
    if (entry === undefined || log === null) return this.keyLogs.unwatch(key);
    const before = log.counts.secrets;
    if (anew) {
      entry.outcome = loadKeyLogFile(entry.outcome.name, bytes);
      if (entry.ringId !== null) this.keys.replace(entry.ringId, entry.outcome.materials);
    } else {
      log.append(bytes);
      log.finish();
      this.keys.touch();
      if (log.counts.secrets > 0) entry.outcome = { ...entry.outcome, usable: true, problem: null };
    }
    if (anew || log.counts.secrets > before) this.keysChanged();
    this.pushKeys();
  }

  private addKeyBytes(name: string, bytes: Uint8Array, passwords: readonly string[]): KeyEntry {
    const first = loadKeyFile(name, bytes, passwords);
    const outcome = first.kind === 'unknown' ? loadKeyLogFile(name, bytes) : first;
    const entry: KeyEntry = {
      id: this.nextKey,
      outcome,
      ringId: outcome.materials.length > 0 ? this.keys.add(outcome.materials) : null,
      locked: outcome.needsPassword ? bytes.slice() : null,
    };
    this.nextKey += 1;
    const same = this.entries.find(
      (known) =>
        outcome.sha256OfPublicKey !== null &&
        known.outcome.sha256OfPublicKey === outcome.sha256OfPublicKey &&
        known.outcome.kind === outcome.kind &&
        known.outcome.usable,
    );
    if (same !== undefined) {
      if (entry.ringId !== null) this.keys.remove(entry.ringId);
      return same;
    }
    this.entries.push(entry);
    return entry;
  }

  private unlock(key: number, password: string): KeyEntry {
    const entry = this.entries.find((known) => known.id === key);
    if (entry === undefined || entry.locked === null)
      throw apiError('not-found', 'This key file is not locked any more.');
    const outcome = loadKeyFile(entry.outcome.name, entry.locked, [password]);
    entry.outcome = outcome;
    if (outcome.materials.length > 0) {
      if (entry.ringId !== null) this.keys.remove(entry.ringId);
      entry.ringId = this.keys.add(outcome.materials);
    }
    if (!outcome.needsPassword) entry.locked = null;
    return entry;
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

  private keyRoles(): KeyRole[] {
    const { analysis, answers } = this;
    if (analysis === null || answers === null) return [];
    return this.entries.flatMap(({ id, outcome }) =>
      outcome.sha256OfPublicKey === null
        ? []
        : [{ key: id, ...judgeKeyRole(analysis, answers.findings, outcome.sha256OfPublicKey) }],
    );
  }

  private keyRows(): KeyRow[] {
    const usage = this.keyUsage();
    return this.entries.map(({ id, outcome }) => {
      const log = logOf(outcome);
      const own = outcome.sha256OfPublicKey;
      return {
        key: id,
        name: outcome.name,
        kind: outcome.kind,
        format: outcome.format,
        encrypted: outcome.encrypted,
        usable: outcome.usable,
        bits: outcome.bits,
        sha256OfPublicKey: own,
        subject: outcome.subject,
        notAfter: outcome.notAfter,
        lines: log === null ? null : log.counts.secrets,
        linesUsed: log === null ? null : (usage.lines.get(outcome.name)?.size ?? 0),
        opens: own === null ? (usage.byName.get(outcome.name) ?? 0) : (usage.byKey.get(own) ?? 0),
        matches: own === null ? 0 : (usage.matches.get(own) ?? 0),
        problem: outcome.problem,
      };
    });
  }

  /** How many conversations each key opens, and whose certificate it is. */
  private keyUsage(): {
    byKey: Map<string, number>;
    byName: Map<string, number>;
    matches: Map<string, number>;
    lines: Map<string, Set<number>>;
  } {
    const byKey = new Map<string, number>();
    const byName = new Map<string, number>();
    const matches = new Map<string, number>();
    const lines = new Map<string, Set<number>>();
    const { analysis } = this;
    if (analysis === null) return { byKey, byName, matches, lines };
    for (const session of analysis.opening.sessions.values()) {
      const handshake = session.lastHandshake;
      const certificate = handshake?.serverCertificates[0];
      const fingerprint = certificate === undefined ? null : analysis.opening.fingerprintOf(certificate);
      if (fingerprint !== null) count(matches, fingerprint);
    }
    const opened = new Set<string>();
    for (const stretch of analysis.opening.stretches) {
      const source = stretch.epoch?.source ?? null;
      if (source === null || stretch.opened === 0) continue;
      const origin = originOf(source);
      if (origin.kind === 'keylog') {
        const known = lines.get(origin.name) ?? new Set<number>();
        known.add(origin.line);
        lines.set(origin.name, known);
      }
      const id = `${stretch.conversation}/${origin.kind}/${origin.name}`;
      if (opened.has(id)) continue;
      opened.add(id);
      if (origin.kind === 'rsa-key') count(byKey, origin.sha256OfPublicKey);
      else count(byName, origin.name);
    }
    return { byKey, byName, matches, lines };
  }
}

type Source = NonNullable<NonNullable<Analysis['opening']['stretches'][number]['epoch']>['source']>;

/** The key that a resumed session's secret came from in the end. */
function logOf(outcome: KeyFileOutcome): KeyLog | null {
  return outcome.materials.find((material) => material.kind === 'keylog')?.log ?? null;
}

function originOf(source: Source): Exclude<Source, { kind: 'resumed' }> {
  return source.kind === 'resumed' ? originOf(source.source) : source;
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

const NO_VERDICTS: CaptureStatus['verdicts'] = {
  'not-tls': 0,
  clear: 0,
  decrypted: 0,
  'partly-decrypted': 0,
  awaiting: 0,
  opaque: 0,
  malformed: 0,
};
const SAMPLE_CAPTURE = '04-question-63f-beside-10.pcap';
const SAMPLE_KEY = '04-question-63f-beside-10.key.pem';
const PUSH_INTERVAL = 100;
const MOST_ROWS = 1000;
const MOST_TEXT = 16 * 1024 * 1024;
const FILTER_STEP = 50_000;
