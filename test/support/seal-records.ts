/**
 * The sealing side: records as an endpoint makes them, by node:crypto alone (RC4 excepted, which Node lacks), so that
 * opening is held against another implementation.
 */
import * as nodeCrypto from 'node:crypto';
import type { TransformOptions } from 'node:stream';
import type { RecordProtection } from '../../core/tls/open/batch.ts';
import { Rc4 } from '../../core/crypto/rc4.ts';

export interface PlainRecord {
  readonly type: number;
  readonly version: number;
  readonly sequence: bigint;
  readonly content: Uint8Array;
  /** Padding blocks beyond the least (CBC), or zero bytes behind the inner type (TLS 1.3). */
  readonly extraPadding: number;
  /** RFC 9146: the connection id, where there is one. The record's type on the wire is then 25. */
  readonly connectionId?: Uint8Array;
}

export interface SealedRecord {
  readonly type: number;
  readonly version: number;
  readonly sequence: bigint;
  readonly fragment: Uint8Array;
  /** For chained CBC: the block before the record. */
  readonly iv: Uint8Array;
  /** Additional data of a connection id, its last two bytes to be ignored. */
  readonly additionalData: Uint8Array | null;
}

/** Seals the records one after the other; `firstIv` begins chained CBC. */
export function sealRecords(
  protection: RecordProtection,
  records: readonly PlainRecord[],
  firstIv: Uint8Array = new Uint8Array(16),
): SealedRecord[] {
  const rc4 = protection.kind === 'stream' && protection.cipher === 'rc4' ? new Rc4(protection.key) : null;
  let chain = firstIv;
  return records.map((record) => {
    const inner = innerOf(protection, record);
    const wireType =
      record.connectionId !== undefined
        ? 25
        : protection.kind === 'aead' && protection.tls13
          ? 23
          : record.type;
    const wire = { type: wireType, version: record.version, sequence: record.sequence };
    const additionalData =
      record.connectionId === undefined ? null : Uint8Array.from(headerOf(protection, record, wireType, 0));
    switch (protection.kind) {
      case 'cbc': {
        const iv = protection.explicitIv
          ? nodeCrypto.randomBytes(protection.blockLength)
          : chain.subarray(0, protection.blockLength);
        const { fragment, cipherText } = sealCbc(protection, record, wireType, inner, iv);
        chain = cipherText.subarray(cipherText.length - protection.blockLength);
        return { ...wire, fragment, iv: Uint8Array.from(iv), additionalData };
      }
      case 'stream': {
        const mac = macOf(protection, headerOf(protection, record, wireType, inner.length), inner);
        const plain = Buffer.concat([inner, mac]);
        const fragment = new Uint8Array(plain);
        rc4?.apply(plain, 0, plain.length, fragment, 0);
        return { ...wire, fragment, iv: new Uint8Array(0), additionalData };
      }
      case 'aead':
        return {
          ...wire,
          fragment: sealAead(protection, record, wireType, inner),
          iv: new Uint8Array(0),
          additionalData,
        };
    }
  });
}

/** Name in node:crypto of our block cipher names. */
export const NATIVE_NAMES: Readonly<Record<string, string>> = { '3des': 'des-ede3', des: 'des-ede3' };

type Cbc = Extract<RecordProtection, { kind: 'cbc' }>;
type Aead = Extract<RecordProtection, { kind: 'aead' }>;

function innerOf(protection: RecordProtection, record: PlainRecord): Uint8Array {
  const isInner = record.connectionId !== undefined || (protection.kind === 'aead' && protection.tls13);
  if (!isInner) return record.content;
  return Buffer.concat([record.content, Uint8Array.of(record.type), new Uint8Array(record.extraPadding)]);
}

/** The pseudo header of a MAC or of TLS 1.2's additional data (RFC 5246 §6.2.3.1, RFC 9146 §5). */
function headerOf(
  protection: RecordProtection,
  record: PlainRecord,
  wireType: number,
  length: number,
): Buffer {
  const sequence = Buffer.alloc(8);
  sequence.writeBigUInt64BE(record.sequence);
  const version = Uint8Array.of(record.version >> 8, record.version & 0xff);
  const size = Uint8Array.of(length >> 8, length & 0xff);
  if (record.connectionId !== undefined)
    return Buffer.concat([
      new Uint8Array(8).fill(0xff),
      Uint8Array.of(25, record.connectionId.length, 25),
      version,
      sequence,
      record.connectionId,
      size,
    ]);
  const ssl3 = protection.kind !== 'aead' && protection.ssl3;
  return Buffer.concat([sequence, Uint8Array.of(wireType), ssl3 ? new Uint8Array(0) : version, size]);
}

function macOf(
  protection: Exclude<RecordProtection, Aead>,
  header: Uint8Array,
  content: Uint8Array,
): Uint8Array {
  const { mac, macKey, macLength, ssl3 } = protection;
  if (!ssl3)
    return nodeCrypto.createHmac(mac, macKey).update(header).update(content).digest().subarray(0, macLength);
  const pad = mac === 'md5' ? 48 : 40;
  const inner = nodeCrypto
    .createHash(mac)
    .update(macKey)
    .update(Buffer.alloc(pad, 0x36))
    .update(header)
    .update(content);
  return nodeCrypto
    .createHash(mac)
    .update(macKey)
    .update(Buffer.alloc(pad, 0x5c))
    .update(inner.digest())
    .digest();
}

function sealCbc(
  protection: Cbc,
  record: PlainRecord,
  wireType: number,
  inner: Uint8Array,
  iv: Uint8Array,
): { fragment: Uint8Array; cipherText: Uint8Array } {
  const mtE = !protection.encryptThenMac;
  const mac = mtE
    ? macOf(protection, headerOf(protection, record, wireType, inner.length), inner)
    : new Uint8Array(0);
  const unpadded = Buffer.concat([inner, mac]);
  const block = protection.blockLength;
  const least = block - (unpadded.length % block);
  const length = Math.min(
    least + (protection.ssl3 ? 0 : block * record.extraPadding),
    256 - ((256 - least) % block),
  );
  const padding = protection.ssl3 ? nodeCrypto.randomBytes(length) : Buffer.alloc(length, length - 1);
  padding[length - 1] = length - 1;
  const stem = NATIVE_NAMES[protection.cipher] ?? protection.cipher;
  const key =
    protection.cipher === 'des'
      ? Buffer.concat([protection.key, protection.key, protection.key])
      : protection.key;
  const cipher = nodeCrypto.createCipheriv(`${stem}-cbc`, key, iv);
  cipher.setAutoPadding(false);
  const cipherText = Buffer.concat([cipher.update(Buffer.concat([unpadded, padding])), cipher.final()]);
  const body = protection.explicitIv ? Buffer.concat([iv, cipherText]) : cipherText;
  if (mtE) return { fragment: new Uint8Array(body), cipherText };
  const outer = macOf(protection, headerOf(protection, record, wireType, body.length), body);
  return { fragment: new Uint8Array(Buffer.concat([body, outer])), cipherText };
}

function sealAead(protection: Aead, record: PlainRecord, wireType: number, inner: Uint8Array): Uint8Array {
  const tagLength = protection.cipher.endsWith('-8') ? 8 : 16;
  const sequence = Buffer.alloc(8);
  sequence.writeBigUInt64BE(record.sequence);
  const explicit = protection.explicitNonceLength === 8 ? nodeCrypto.randomBytes(8) : new Uint8Array(0);
  let nonce: Uint8Array = Buffer.concat([protection.iv, explicit]);
  if (protection.explicitNonceLength === 0)
    nonce = protection.iv.map((byte, i) => (i < 4 ? byte : byte ^ sequence[i - 4]!));
  const total = explicit.length + inner.length + tagLength;
  const additionalData = protection.tls13
    ? Uint8Array.of(wireType, record.version >> 8, record.version & 0xff, total >> 8, total & 0xff)
    : headerOf(protection, record, wireType, inner.length);
  const name = protection.cipher.replace(/-8$/, '');
  const sealed = sealWith(name, protection.key, nonce, additionalData, inner, tagLength);
  return new Uint8Array(Buffer.concat([explicit, sealed]));
}

/** Ciphertext and tag by node:crypto; Camellia's GCM, which it lacks, from its ECB and a plain GHASH. */
export function sealWith(
  name: string,
  key: Uint8Array,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  plain: Uint8Array,
  tagLength: number,
): Uint8Array {
  if (name.startsWith('camellia') && name.endsWith('gcm'))
    return sealGcmByHand(name, key, nonce, additionalData, plain);
  if (name.endsWith('ccm') && plain.length === 0)
    return sealEmptyCcm(name, key, nonce, additionalData, tagLength);
  const options: TransformOptions & nodeCrypto.CipherCCMOptions = { authTagLength: tagLength };
  const cipher = nodeCrypto.createCipheriv(name, key, nonce, options);
  if (!isAead(cipher)) throw new Error(`${name} is no AEAD`);
  cipher.setAAD(additionalData, { plaintextLength: plain.length });
  const cipherText = cipher.update(plain);
  return Buffer.concat([cipherText, cipher.final(), cipher.getAuthTag()]);
}

function isAead(cipher: nodeCrypto.Cipher): cipher is nodeCrypto.CipherCCM {
  return 'setAAD' in cipher;
}

/** The tag over no message at all (RFC 3610 §2.2), which node:crypto cannot make. Nonces of 12 bytes. */
function sealEmptyCcm(
  name: string,
  key: Uint8Array,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  tagLength: number,
): Uint8Array {
  const given = additionalData.length > 0;
  const flags = Uint8Array.of((given ? 0x40 : 0) | (((tagLength - 2) / 2) << 3) | 2);
  const size = given ? Uint8Array.of(additionalData.length >> 8, additionalData.length) : new Uint8Array(0);
  const covered = Buffer.concat([flags, nonce, new Uint8Array(3), size, additionalData]);
  const padded = Buffer.concat([covered, new Uint8Array((16 - (covered.length % 16)) % 16)]);
  const mac = nodeCrypto
    .createCipheriv(name.replace('ccm', 'cbc'), key, new Uint8Array(16))
    .update(padded)
    .subarray(-16);
  const mask = nodeCrypto
    .createCipheriv(name.replace('ccm', 'ecb'), key, null)
    .update(Buffer.concat([Uint8Array.of(2), nonce, new Uint8Array(3)]));
  return mac.map((byte, i) => byte ^ mask[i]!).subarray(0, tagLength);
}

function sealGcmByHand(
  name: string,
  key: Uint8Array,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  plain: Uint8Array,
): Uint8Array {
  const ecb = (block: Uint8Array): Buffer => {
    const cipher = nodeCrypto.createCipheriv(name.replace('gcm', 'ecb'), key, null);
    cipher.setAutoPadding(false);
    return cipher.update(block);
  };
  const counter = (n: number): Buffer => {
    const block = Buffer.alloc(16);
    block.set(nonce);
    block.writeUInt32BE(n, 12);
    return ecb(block);
  };
  const cipherText = Buffer.from(plain.map((byte, i) => byte ^ counter(2 + (i >> 4))[i & 15]!));
  const padded = (bytes: Uint8Array): Buffer =>
    Buffer.concat([bytes, Buffer.alloc((16 - (bytes.length % 16)) % 16)]);
  const lengths = Buffer.alloc(16);
  lengths.writeBigUInt64BE(BigInt(additionalData.length * 8), 0);
  lengths.writeBigUInt64BE(BigInt(cipherText.length * 8), 8);
  const tag = ghashBitByBit(
    ecb(Buffer.alloc(16)),
    Buffer.concat([padded(additionalData), padded(cipherText), lengths]),
  );
  const mask = counter(1);
  return Buffer.concat([cipherText, tag.map((byte, i) => byte ^ mask[i]!)]);
}

/** GHASH as NIST SP 800-38D §6.3 writes it down, one bit at a time. */
export function ghashBitByBit(hashKey: Uint8Array, data: Uint8Array): Uint8Array {
  const toBig = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const h = toBig(hashKey);
  let y = 0n;
  for (let at = 0; at < data.length; at += 16) {
    const x = y ^ toBig(data.subarray(at, at + 16));
    let z = 0n;
    let v = h;
    for (let bit = 127n; bit >= 0n; bit--) {
      if ((x >> bit) & 1n) z ^= v;
      v = v & 1n ? (v >> 1n) ^ (0xe1n << 120n) : v >> 1n;
    }
    y = z;
  }
  return Buffer.from(y.toString(16).padStart(32, '0'), 'hex');
}
