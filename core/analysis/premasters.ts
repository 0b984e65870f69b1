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

  /** RSA of the records [from, until) on all threads at once; sessions would ask for one after the other. */
  async decryptAhead(from: number, until: number): Promise<void> {
    const { opener, structure } = this;
    if (opener.decryptPremasters === undefined) return;
    const batches = findPremasterBatches(structure.records, structure.bodies, this.keys, from, until);
    for (const { key, ciphertexts } of batches) {
      const opened = await opener.decryptPremasters(key.handle, ciphertexts);
      for (const [at, encrypted] of ciphertexts.entries())
        this.keep(idOf(key, encrypted), opened[at] ?? null);
    }
  }

  /** Erases what was derived from keys that are no longer loaded. */
  forget(): void {
    this.known.clear();
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
