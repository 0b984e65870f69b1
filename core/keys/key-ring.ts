/** The keys that are loaded, by the source that brought them, and how they are found. */
import { encodeUtf8 } from '../bytes/text.ts';
import { equalBytes } from '../bytes/reader.ts';
import type { PrivateKeyHandle } from '../crypto/backend.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { KeyLog } from './keylog-file.ts';
import type { KeyMaterial, KeySource, PrivateKeyMaterial, PskMaterial } from './key-material.ts';

export interface RingKey {
  readonly handle: PrivateKeyHandle;
  readonly source: KeySource;
  /** The id under which its source was added. */
  readonly id: number;
}

export interface RingKeyLog {
  readonly log: KeyLog;
  readonly source: KeySource;
  readonly id: number;
}

export class KeyRing {
  /** Changes with every addition and removal, and by `touch`. */
  revision = 0;
  readonly #sources = new Map<number, readonly KeyMaterial[]>();
  readonly #rsa = new Map<string, RingKey>();
  #keyLogs: readonly RingKeyLog[] = [];
  #privateKeys: readonly PrivateKeyMaterial[] = [];
  #psks: readonly PskMaterial[] = [];
  #certificates: readonly Certificate[] = [];
  #nextId = 1;

  /** Adds what one source brought; the result is its id, never used twice. */
  add(materials: readonly KeyMaterial[]): number {
    const id = this.#nextId++;
    this.#sources.set(id, materials);
    this.#index();
    return id;
  }

  /** Puts other materials in the place of a source (it was unlocked); false where there is none of that id. */
  replace(id: number, materials: readonly KeyMaterial[]): boolean {
    if (!this.#sources.has(id)) return false;
    this.#sources.set(id, materials);
    this.#index();
    return true;
  }

  /** False where there is none of that id. */
  remove(id: number): boolean {
    const known = this.#sources.delete(id);
    if (known) this.#index();
    return known;
  }

  /** A key log grew: what was derived must be looked at again. */
  touch(): void {
    this.revision++;
  }

  /** Ids in the order of adding. */
  ids(): number[] {
    return [...this.#sources.keys()];
  }

  materialsOf(id: number): readonly KeyMaterial[] {
    return this.#sources.get(id) ?? [];
  }

  /** The RSA key of a public key (lower-case hexadecimal SHA-256 of its SubjectPublicKeyInfo); null where none is loaded. */
  rsaKeyOf(sha256OfPublicKey: string): RingKey | null {
    return this.#rsa.get(sha256OfPublicKey) ?? null;
  }

  /** Every RSA key once, in the order of adding. */
  rsaKeys(): RingKey[] {
    return [...this.#rsa.values()];
  }

  /** Private keys of every kind, also those that decrypt nothing. */
  privateKeys(): readonly PrivateKeyMaterial[] {
    return this.#privateKeys;
  }

  /** Latest first, so that the newest secret of a client random is tried first. */
  keyLogs(): readonly RingKeyLog[] {
    return this.#keyLogs;
  }

  psks(): readonly PskMaterial[] {
    return this.#psks;
  }

  /** The keys for an identity as it stood on the wire: those of that identity first, then those for every identity. */
  psksFor(identity: Uint8Array): readonly PskMaterial[] {
    const named = this.#psks.filter(
      (psk) => psk.identity !== null && equalBytes(encodeUtf8(psk.identity), identity),
    );
    return [...named, ...this.#psks.filter((psk) => psk.identity === null)];
  }

  /** Certificates that stood in key files: a certificate without its key tells which host is meant. */
  certificates(): readonly Certificate[] {
    return this.#certificates;
  }

  /** True where nothing is loaded that could open anything. */
  get isEmpty(): boolean {
    return this.#rsa.size === 0 && this.#keyLogs.length === 0 && this.#psks.length === 0;
  }

  #index(): void {
    this.revision++;
    this.#rsa.clear();
    const keyLogs: RingKeyLog[] = [];
    const privateKeys: PrivateKeyMaterial[] = [];
    const psks: PskMaterial[] = [];
    const certificates = new Map<string, Certificate>();
    for (const [id, materials] of this.#sources)
      for (const material of materials)
        switch (material.kind) {
          case 'keylog':
            keyLogs.unshift({ log: material.log, source: material.source, id });
            break;
          case 'psk':
            psks.push(material);
            break;
          case 'certificate':
            certificates.set(material.certificate.sha256, material.certificate);
            break;
          case 'csr':
          case 'public-key':
            break;
          default:
            privateKeys.push(material);
            if (material.kind === 'rsa-private-key') this.#addRsa(material, id);
        }
    this.#keyLogs = keyLogs;
    this.#privateKeys = privateKeys;
    this.#psks = psks;
    this.#certificates = [...certificates.values()];
  }

  #addRsa({ handle, source }: PrivateKeyMaterial, id: number): void {
    if (!this.#rsa.has(handle.sha256OfPublicKey))
      this.#rsa.set(handle.sha256OfPublicKey, { handle, source, id });
  }
}
