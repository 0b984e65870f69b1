/** Java key stores of Sun's own kinds, JKS and JCEKS. (Java's PKCS12 stores are plain PKCS#12.) */
import { concatBytes, equalBytes, fits, u16be, u32be } from '../../bytes/reader.ts';
import { asciiBytes } from '../../bytes/text.ts';
import { decodeEncryptedPrivateKeyInfo, decodePrivateKeyInfo } from '../../keys/pkcs8.ts';
import type { DerElement } from '../../x509/der.ts';
import { childrenOf, octetsOf, oidOf, smallIntegerOf } from '../../x509/der.ts';
import { decryptContent } from './key-ciphers.ts';
import type { DerivationBudget } from './key-derivation.ts';
import { hashOf, iterateHash } from './key-derivation.ts';

export interface JavaKeystore {
  readonly kind: 'opened' | 'wrong-password' | 'damaged';
  readonly type: 'JKS' | 'JCEKS';
  /** PrivateKeyInfo structures. Secrets. */
  readonly keys: readonly Uint8Array[];
  readonly certificates: readonly Uint8Array[];
  /** Private keys in the store, opened or not. */
  readonly privateKeys: number;
}

/** Opens what the passwords open. The store's own check sum is looked at only where no key opens. */
export function openJavaKeystore(
  data: Uint8Array,
  passwords: readonly string[],
  budget: DerivationBudget,
): JavaKeystore {
  const type = u32be(data, 0) === 0xfeedfeed ? 'JKS' : 'JCEKS';
  const reader = new StoreReader(data);
  const version = u32be(data, 4);
  const keys: Uint8Array[] = [];
  const certificates: Uint8Array[] = [];
  let privateKeys = 0;
  const count = u32be(data, 8);
  for (let entry = 0; entry < count && !reader.overrun; entry++) {
    const tag = reader.u32();
    reader.skip(reader.u16());
    reader.skip(8);
    if (tag === 1) {
      privateKeys++;
      const plain = openEntry(reader.bytes(reader.u32()), passwords, budget);
      if (plain !== null) keys.push(plain);
      const chain = reader.u32();
      for (let i = 0; i < chain && !reader.overrun; i++) certificates.push(reader.certificate(version));
    } else if (tag === 2) certificates.push(reader.certificate(version));
    // A secret key is a serialised Java object, whose end cannot be told without reading all of Java's rules.
    else break;
  }
  const whole = !reader.overrun && count < 0x10000;
  const kind =
    keys.length > 0 ? 'opened' : !whole ? 'damaged' : privateKeys > 0 ? 'wrong-password' : 'opened';
  return { kind, type, keys, certificates: certificates.filter((der) => der.length > 0), privateKeys };
}

function openEntry(
  encrypted: Uint8Array,
  passwords: readonly string[],
  budget: DerivationBudget,
): Uint8Array | null {
  const parts = decodeEncryptedPrivateKeyInfo(encrypted);
  if (parts === null) return null;
  const [type, parameters] = childrenOf(parts.algorithm).elements;
  for (const password of passwords) {
    const plain =
      oidOf(type) === '1.3.6.1.4.1.42.2.17.1.1'
        ? openJksKey(parts.ciphertext, password)
        : oidOf(type) === '1.3.6.1.4.1.42.2.19.1'
          ? openJceksKey(parts.ciphertext, parameters, password, budget)
          : null;
    if (plain !== null && decodePrivateKeyInfo(plain) !== null) return plain;
  }
  return null;
}

/** Sun's key protector: salt, the key under a stream of SHA-1 blocks, SHA-1 of password and key as a check. */
function openJksKey(protectedKey: Uint8Array, password: string): Uint8Array | null {
  if (protectedKey.length < 40 || protectedKey.length > 100_000) return null;
  const units = unitsOf(password);
  const plain = protectedKey.slice(20, -20);
  let digest = protectedKey.subarray(0, 20);
  for (let at = 0; at < plain.length; at += 20) {
    digest = hashOf('sha1', concatBytes([units, digest]));
    for (let i = 0; i < 20 && at + i < plain.length; i++)
      plain[at + i] = (plain[at + i] ?? 0) ^ (digest[i] ?? 0);
  }
  const check = hashOf('sha1', concatBytes([units, plain]));
  return equalBytes(check, protectedKey.subarray(-20)) ? plain : null;
}

/**
 * Sun's PBEWithMD5AndTripleDES: each half of the salt with the password is hashed on its own; the two results make
 * key and IV. (Equal halves, one salt in 2^32, are treated otherwise by Sun and not opened here.)
 */
function openJceksKey(
  ciphertext: Uint8Array,
  parameters: DerElement | undefined,
  password: string,
  budget: DerivationBudget,
): Uint8Array | null {
  const [saltElement, rounds] = parameters === undefined ? [] : childrenOf(parameters).elements;
  const salt = saltElement === undefined ? null : octetsOf(saltElement);
  const iterations = smallIntegerOf(rounds);
  if (salt?.length !== 8 || iterations === null || iterations < 1 || !budget.spend(iterations * 2))
    return null;
  const halves = [salt.slice(0, 4), salt.slice(4)];
  const secret = asciiBytes(password);
  const derived = halves.map((half) => iterateHash('md5', concatBytes([half, secret]), iterations, secret));
  const material = concatBytes(derived);
  const cipher = { kind: 'cbc', name: '3des', keyLength: 24, effectiveBits: null } as const;
  const outcome = decryptContent(cipher, material.subarray(0, 24), material.subarray(24), ciphertext);
  return outcome.kind === 'decrypted' ? outcome.plaintext : null;
}

/** UTF-16BE without an end. */
function unitsOf(password: string): Uint8Array {
  const units = new Uint8Array(password.length * 2);
  for (let i = 0; i < password.length; i++) {
    units[i * 2] = password.charCodeAt(i) >> 8;
    units[i * 2 + 1] = password.charCodeAt(i) & 0xff;
  }
  return units;
}

/** Big-endian fields behind the store's header of twelve bytes. */
class StoreReader {
  overrun = false;
  #at = 12;
  readonly #data: Uint8Array;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  u16(): number {
    const at = this.#advance(2);
    return at < 0 ? 0 : u16be(this.#data, at);
  }

  u32(): number {
    const at = this.#advance(4);
    return at < 0 ? 0 : u32be(this.#data, at);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  bytes(length: number): Uint8Array {
    const at = this.#advance(length);
    return at < 0 ? new Uint8Array(0) : this.#data.subarray(at, at + length);
  }

  /** Version 2 names the certificate's type before it. */
  certificate(version: number): Uint8Array {
    if (version > 1) this.skip(this.u16());
    return this.bytes(this.u32());
  }

  #advance(length: number): number {
    if (this.overrun || !fits(this.#at, length, this.#data.length)) {
      this.overrun = true;
      return -1;
    }
    this.#at += length;
    return this.#at - length;
  }
}
