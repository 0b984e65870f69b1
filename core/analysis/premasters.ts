import type { CryptoBackend } from '../crypto/backend.ts';
import type { KeyRing, RingKey } from '../keys/key-ring.ts';
import type { BatchOpener } from './batch-opener.ts';
import { findPremasterBatches } from './premaster-batch.ts';
import type { Structure } from './structure.ts';

/** Premaster secrets that RSA gave, so that none is worked out twice. */
export class Premasters {
  private readonly structure: Structure;
  private readonly backend: CryptoBackend;
  private readonly keys: KeyRing;
  private readonly opener: BatchOpener;
  private readonly known = new Map<string, Uint8Array | null>();
  /** Records that were looked through, and how many calls of openers are under way. */
  private lookedThrough = 0;
  private underWay = 0;
  private done: Promise<void> = Promise.resolve();

  constructor(structure: Structure, backend: CryptoBackend, keys: KeyRing, opener: BatchOpener) {
    this.structure = structure;
    this.backend = backend;
    this.keys = keys;
    this.opener = opener;
  }

  rsaDecrypt(key: RingKey, encrypted: Uint8Array): Uint8Array | null {
    const id = idOf(key, encrypted);
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const opened = this.backend.rsaDecryptRaw(key.handle, encrypted);
    this.keep(id, opened);
    return opened;
  }

  /**
   * Has the RSA of the records before `until` done on other threads, those that were not looked through before; sessions
   * would ask for one after the other.
   */
  begin(until: number): void {
    const { opener, structure } = this;
    const from = this.lookedThrough;
    if (opener.decryptPremasters === undefined || until <= from) return;
    this.lookedThrough = until;
    const batches = findPremasterBatches(structure.records, structure.bodies, this.keys, from, until);
    for (const { key, ciphertexts } of batches) {
      const due = ciphertexts.filter((encrypted) => !this.known.has(idOf(key, encrypted)));
      if (due.length > 0) this.decrypt(key, due, opener.decryptPremasters(key.handle, due));
    }
  }

  /** Nothing that was begun is still to come. */
  get isReady(): boolean {
    return this.underWay === 0;
  }

  /** All that was begun is known. */
  async settle(): Promise<void> {
    if (this.underWay === 0) return;
    this.opener.helpDecrypting?.();
    await this.done;
  }

  /** The records are walked anew. */
  restart(): void {
    this.lookedThrough = 0;
  }

  /** Erases what was derived from keys that are no longer loaded. */
  forget(): void {
    this.known.clear();
  }

  private decrypt(
    key: RingKey,
    ciphertexts: readonly Uint8Array[],
    opening: Promise<readonly (Uint8Array | null)[]>,
  ): void {
    this.underWay += 1;
    const noted = opening.then((opened) => {
      this.underWay -= 1;
      for (const [at, encrypted] of ciphertexts.entries())
        this.keep(idOf(key, encrypted), opened[at] ?? null);
    });
    this.done = Promise.all([this.done, noted]).then(() => undefined);
  }

  private keep(id: string, opened: Uint8Array | null): void {
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(id, opened);
  }
}

const MOST_KNOWN = 100_000;

function idOf(key: RingKey, encrypted: Uint8Array): string {
  return `${key.handle.sha256OfPublicKey}:${textOf(encrypted)}`;
}

function textOf(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 1) text += String.fromCharCode(bytes[i] ?? 0);
  return text + String(bytes.length);
}
