/** OpenSSH's own private key format (PROTOCOL.key in OpenSSH's source). */
import { cbc, ctr } from '@noble/ciphers/aes.js';
import { u32be } from '../../bytes/reader.ts';
import { asciiBytes, decodeLatin1, startsWith } from '../../bytes/text.ts';
import { deriveBcryptPbkdf } from '../../keys/bcrypt-pbkdf.ts';
import type { RsaNumbers } from '../../keys/rsa-private-key.ts';
import { decryptContent } from './key-ciphers.ts';
import type { DerivationBudget } from './key-derivation.ts';
import { passwordBytes } from './key-password.ts';

export type OpensshOutcome =
  | { readonly kind: 'rsa'; readonly numbers: RsaNumbers; readonly encrypted: boolean }
  /** "ssh-ed25519", "ecdsa-sha2-nistp256" …: kinds that only sign. */
  | { readonly kind: 'other'; readonly type: string; readonly encrypted: boolean }
  | { readonly kind: 'wrong-password' }
  /** A part of a sentence that follows "it". */
  | { readonly kind: 'damaged'; readonly reason: string }
  | { readonly kind: 'unusable'; readonly reason: string };

/** Opens the decoded content of the PEM block. */
export function openOpensshKey(
  data: Uint8Array,
  passwords: readonly string[],
  budget: DerivationBudget,
): OpensshOutcome {
  const reader = new SshReader(data, MAGIC.length);
  if (!startsWith(data, MAGIC)) return damaged();
  const cipher = decodeLatin1(reader.string());
  const kdf = decodeLatin1(reader.string());
  const options = reader.string();
  const count = reader.u32();
  reader.string();
  const section = reader.string();
  if (reader.overrun || count < 1) return damaged();
  if (cipher === 'none') return decodeSection(section, false) ?? damaged();
  const shape = CIPHERS.get(cipher);
  if (shape === undefined || kdf !== 'bcrypt')
    return { kind: 'unusable', reason: `is encrypted with ${cipher}, which Sipher cannot decrypt` };
  const parameters = new SshReader(options, 0);
  const salt = parameters.string();
  const rounds = parameters.u32();
  if (parameters.overrun || rounds < 1 || salt.length === 0) return damaged();
  // The tag of GCM stands behind the section.
  const tag = shape.mode === 'gcm' ? data.subarray(reader.at, reader.at + 16) : new Uint8Array(0);
  for (const password of passwords)
    for (const form of passwordBytes(password)) {
      if (form.length === 0) continue;
      if (!budget.spend(rounds * COST_OF_ROUND))
        return {
          kind: 'unusable',
          reason: `asks for ${rounds} rounds of password hashing, more than Sipher takes on`,
        };
      const material = deriveBcryptPbkdf(form, salt, rounds, shape.keyLength + shape.ivLength);
      const opened = decryptSection(shape, material, section, tag);
      const outcome = opened === null ? null : decodeSection(opened, true);
      if (outcome !== null) return outcome;
    }
  return { kind: 'wrong-password' };
}

const MAGIC = asciiBytes('openssh-key-v1\0');
/** One round of bcrypt is some five milliseconds of JavaScript: what so many iterations of a hash cost. */
const COST_OF_ROUND = 10_000;

interface CipherShape {
  readonly mode: 'ctr' | 'cbc' | 'gcm';
  readonly keyLength: number;
  readonly ivLength: number;
}

const CIPHERS: ReadonlyMap<string, CipherShape> = new Map([
  ['aes128-ctr', { mode: 'ctr', keyLength: 16, ivLength: 16 }],
  ['aes192-ctr', { mode: 'ctr', keyLength: 24, ivLength: 16 }],
  ['aes256-ctr', { mode: 'ctr', keyLength: 32, ivLength: 16 }],
  ['aes128-cbc', { mode: 'cbc', keyLength: 16, ivLength: 16 }],
  ['aes192-cbc', { mode: 'cbc', keyLength: 24, ivLength: 16 }],
  ['aes256-cbc', { mode: 'cbc', keyLength: 32, ivLength: 16 }],
  ['aes128-gcm@openssh.com', { mode: 'gcm', keyLength: 16, ivLength: 12 }],
  ['aes256-gcm@openssh.com', { mode: 'gcm', keyLength: 32, ivLength: 12 }],
]);

function decryptSection(
  { mode, keyLength }: CipherShape,
  material: Uint8Array,
  section: Uint8Array,
  tag: Uint8Array,
): Uint8Array | null {
  const key = material.slice(0, keyLength);
  const iv = material.slice(keyLength);
  if (section.length === 0 || section.length % 16 !== 0) return null;
  if (mode === 'ctr') return ctr(key, iv).decrypt(section);
  if (mode === 'cbc') return cbc(key, iv, { disablePadding: true }).decrypt(section);
  const sealed = new Uint8Array(section.length + tag.length);
  sealed.set(section);
  sealed.set(tag, section.length);
  const outcome = decryptContent({ kind: 'gcm', keyLength }, key, iv, sealed);
  return outcome.kind === 'decrypted' ? outcome.plaintext : null;
}

/** Two equal check numbers, then the key's type and numbers; null where the check numbers differ. */
function decodeSection(section: Uint8Array, encrypted: boolean): OpensshOutcome | null {
  const reader = new SshReader(section, 0);
  const first = reader.u32();
  if (reader.u32() !== first || reader.overrun) return null;
  const type = decodeLatin1(reader.string());
  if (type !== 'ssh-rsa') return reader.overrun ? null : { kind: 'other', type, encrypted };
  const modulus = reader.mpint();
  const publicExponent = reader.mpint();
  const privateExponent = reader.mpint();
  reader.mpint();
  const prime1 = reader.mpint();
  const prime2 = reader.mpint();
  if (reader.overrun) return damaged();
  return { kind: 'rsa', encrypted, numbers: { modulus, publicExponent, privateExponent, prime1, prime2 } };
}

function damaged(): OpensshOutcome {
  return { kind: 'damaged', reason: 'has a damaged structure' };
}

/** Strings and numbers of RFC 4251 §5. Behind the end everything is empty or 0 and `overrun` is set. */
class SshReader {
  overrun = false;
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  u32(): number {
    if (this.at + 4 > this.#bytes.length) this.overrun = true;
    if (this.overrun) return 0;
    this.at += 4;
    return u32be(this.#bytes, this.at - 4);
  }

  string(): Uint8Array {
    const length = this.u32();
    if (this.overrun || length > this.#bytes.length - this.at) {
      this.overrun = true;
      return new Uint8Array(0);
    }
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  mpint(): Uint8Array {
    const bytes = this.string();
    return bytes[0] === 0 ? bytes.subarray(1) : bytes;
  }
}
