import { basename } from 'node:path';
import type { KeyUsage } from '../analysis/capture/key-usage.ts';
import type { KeyRow } from '../api.ts';
import type { KeyLog } from '../keys/keylog-file.ts';
import { KeyRing } from '../keys/key-ring.ts';
import { apiError } from './api-error.ts';
import { type KeyFileOutcome, loadKeyFile, loadKeyLogFile } from './keys/key-containers.ts';
import { type KeyLogGrowth, KeyLogWatcher } from './keys/keylog-watcher.ts';
import { readKeyFile } from './keys/load-keys.ts';
import { isPacked } from './keys/unpack-key-file.ts';

/** A key file as the key manager lists it. */
export interface KeyFile {
  readonly id: number;
  outcome: KeyFileOutcome;
  ringId: number | null;
  /** Kept only while the file is locked, so that a password can be tried. */
  locked: Uint8Array | null;
}

/** The key files of the desk and the ring that they fill. Key logs are followed while they grow. */
export class DeskKeys {
  readonly ring = new KeyRing();
  private files: KeyFile[] = [];
  private next = 1;
  private readonly logs = new KeyLogWatcher((growth) => this.logGrew(growth));
  private readonly grown: (changed: boolean) => void;

  /** `grown` is called when a followed key log did; `changed`: what it brings may open more than before. */
  constructor(grown: (changed: boolean) => void) {
    this.grown = grown;
  }

  /** How many of the files hold a key that can be used. */
  get usable(): number {
    return this.files.filter(({ outcome }) => outcome.usable).length;
  }

  /** Each file that holds a key pair, with the fingerprint of its public key. */
  get publicKeys(): (readonly [id: number, sha256: string])[] {
    return this.files.flatMap(({ id, outcome }) =>
      outcome.sha256OfPublicKey === null ? [] : [[id, outcome.sha256OfPublicKey] as const],
    );
  }

  addFile(path: string, passwords: readonly string[]): KeyFile {
    const bytes = readKeyFile(path);
    if (typeof bytes === 'string') throw apiError('unreadable', bytes);
    const entry = this.addBytes(basename(path), bytes, passwords);
    // A packed one does not grow line by line.
    if (logOf(entry.outcome) !== null && !isPacked(bytes)) this.logs.watch(entry.id, path, bytes.length);
    return entry;
  }

  addBytes(name: string, bytes: Uint8Array, passwords: readonly string[]): KeyFile {
    const first = loadKeyFile(name, bytes, passwords);
    const outcome = first.kind === 'unknown' ? loadKeyLogFile(name, bytes) : first;
    const entry: KeyFile = {
      id: this.next,
      outcome,
      ringId: outcome.materials.length > 0 ? this.ring.add(outcome.materials) : null,
      locked: outcome.needsPassword ? bytes.slice() : null,
    };
    this.next += 1;
    const same = this.files.find(
      (known) =>
        outcome.sha256OfPublicKey !== null &&
        known.outcome.sha256OfPublicKey === outcome.sha256OfPublicKey &&
        known.outcome.kind === outcome.kind &&
        known.outcome.usable,
    );
    if (same !== undefined) {
      if (entry.ringId !== null) this.ring.remove(entry.ringId);
      return same;
    }
    this.files.push(entry);
    return entry;
  }

  unlock(key: number, password: string): KeyFile {
    const entry = this.files.find((known) => known.id === key);
    if (entry === undefined || entry.locked === null)
      throw apiError('not-found', 'This key file is not locked any more.');
    const outcome = loadKeyFile(entry.outcome.name, entry.locked, [password]);
    entry.outcome = outcome;
    if (outcome.materials.length > 0) {
      if (entry.ringId !== null) this.ring.remove(entry.ringId);
      entry.ringId = this.ring.add(outcome.materials);
    }
    if (!outcome.needsPassword) entry.locked = null;
    return entry;
  }

  remove(key: number): void {
    const entry = this.files.find((known) => known.id === key);
    if (entry === undefined) throw apiError('not-found', 'This key is not loaded any more.');
    if (entry.ringId !== null) this.ring.remove(entry.ringId);
    this.logs.unwatch(key);
    this.files = this.files.filter((known) => known !== entry);
  }

  close(): void {
    this.logs.close();
  }

  /** The list as the page has it, with what each key is good for in this capture. */
  rows(usage: KeyUsage | null): KeyRow[] {
    return this.files.map(({ id, outcome }) => {
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
        linesUsed: log === null ? null : (usage?.lines.get(outcome.name)?.size ?? 0),
        opens: own === null ? (usage?.byName.get(outcome.name) ?? 0) : (usage?.byKey.get(own) ?? 0),
        matches: own === null ? 0 : (usage?.matches.get(own) ?? 0),
        problem: outcome.problem,
      };
    });
  }

  /** A key log file grew, or was begun anew: what it brings is tried at once. */
  private logGrew({ key, bytes, anew }: KeyLogGrowth): void {
    const entry = this.files.find((known) => known.id === key);
    const log = entry === undefined ? null : logOf(entry.outcome);
    if (entry === undefined || log === null) return this.logs.unwatch(key);
    const before = log.counts.secrets;
    if (anew) {
      entry.outcome = loadKeyLogFile(entry.outcome.name, bytes);
      if (entry.ringId !== null) this.ring.replace(entry.ringId, entry.outcome.materials);
    } else {
      log.append(bytes);
      log.finish();
      this.ring.touch();
      if (log.counts.secrets > 0) entry.outcome = { ...entry.outcome, usable: true, problem: null };
    }
    this.grown(anew || log.counts.secrets > before);
  }
}

function logOf(outcome: KeyFileOutcome): KeyLog | null {
  return outcome.materials.find((material) => material.kind === 'keylog')?.log ?? null;
}
