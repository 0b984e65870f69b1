/**
 * CBC records (RFC 5246 §6.2.3.2, RFC 7366, RFC 6101 §5.2.3.2): many records are laid one behind the other and
 * decrypted in one call, then all their MACs are checked.
 */
import { COPY_SLACK, copyBytes } from '../../bytes/copy-bytes.ts';
import type { CryptoBackend } from '../../crypto/backend.ts';
import {
  OPEN_BAD_LENGTH,
  OPEN_BAD_MAC,
  OPEN_BAD_PADDING,
  OPEN_OK,
  ROW_WIDTH,
  type OpenBatch,
  type OpenResults,
  type RecordProtection,
} from './batch.ts';
import { deliverRow, refuseRow } from './deliver.ts';
import { checkMacs, createMacJob, isMacOf, joinCovered } from './mac-check.ts';
import {
  hasOwnAdditionalData,
  isRowInside,
  MAC_HEADER_LENGTH,
  ownAdditionalData,
  SSL3_MAC_HEADER_LENGTH,
  writeMacHeader,
} from './record-header.ts';
import { WorkBuffer } from './work-buffer.ts';

type CbcProtection = Extract<RecordProtection, { kind: 'cbc' }>;

/** Opens all rows of a batch whose protection is CBC. */
export function openCbc(
  backend: CryptoBackend,
  protection: CbcProtection,
  batch: OpenBatch,
  results: OpenResults,
): void {
  let outputAt = batch.outputFrom;
  for (let first = batch.first; first < batch.first + batch.count;) {
    const last = layOut(protection, batch, first);
    if (protection.encryptThenMac) checkCiphertexts(backend, protection, batch, first, last);
    const plain = backend.cbcDecryptAfterIv(protection.cipher, protection.key, source);
    findContents(protection, plain, last - first);
    if (!protection.encryptThenMac) checkContents(backend, protection, batch, plain, first, last);
    outputAt = deliver(protection, batch, results, plain, first, last, outputAt);
    first = last;
  }
  // The input is not to be kept alive by a view of it.
  source = work.bytes;
}

/** Bytes that are laid out and decrypted at once: the working set stays in the processor's cache. */
const CHUNK_BYTES = 1 << 17;
const CHUNK_ROWS = 512;

const work = new WorkBuffer();
/** What is decrypted: `work`, or the input itself. */
let source: Uint8Array = work.bytes;
/** Bytes that the chunk takes. */
let used = 0;
/** True where the chunk's records, each with its IV, follow each other in the input, from `runFrom` on. */
let isOneRun = false;
let runFrom = 0;
/** Per row of the chunk: where its IV stands in the input. */
const ivs = new Int32Array(CHUNK_ROWS);
/** Where its ciphertext starts in the chunk (behind the IV), -1 where its length is impossible. */
const starts = new Int32Array(CHUNK_ROWS);
/** Bytes of ciphertext, without IV and outer MAC. */
const sizes = new Int32Array(CHUNK_ROWS);
/** Bytes of content as its padding says; -1 where there is no room for such padding and a MAC. */
const contents = new Int32Array(CHUNK_ROWS);
/** 1 where the padding's bytes are what they must be. */
const padded = new Uint8Array(CHUNK_ROWS);
const job = createMacJob(CHUNK_ROWS);

/** Before each ciphertext: its IV, and room for the header that the MAC covers. */
function prefixLength(protection: CbcProtection): number {
  // encrypt-then-MAC covers the IV: the header stands before it. Else the header takes the IV's place, once used.
  return protection.encryptThenMac ? 32 : 16;
}

/**
 * Lays out rows from `first` on, as many as a chunk takes, so that `source` holds what is to be decrypted; returns the
 * row behind the last one.
 */
function layOut(protection: CbcProtection, batch: OpenBatch, first: number): number {
  const { blockLength, encryptThenMac, macLength } = protection;
  const outerMac = encryptThenMac ? macLength : 0;
  const last = measureChunk(protection, batch, first);
  if (isOneRun) {
    // The records stand in the input as they would be laid out: nothing is copied.
    source = batch.input.subarray(runFrom, runFrom + used);
    return last;
  }
  const bytes = work.atLeast(used + COPY_SLACK, 0);
  for (let i = 0; i < last - first; i++) {
    const start = starts[i]!;
    if (start < 0) continue;
    const ivAt = ivs[i]!;
    copyBytes(batch.input, ivAt, ivAt + blockLength + sizes[i]! + outerMac, bytes, start - blockLength);
  }
  source = bytes.subarray(0, used);
  return last;
}

/** Finds the rows of a chunk and their places in it. */
function measureChunk(protection: CbcProtection, batch: OpenBatch, first: number): number {
  const { blockLength, explicitIv, encryptThenMac, macLength } = protection;
  const prefix = prefixLength(protection);
  const outerMac = encryptThenMac ? macLength : 0;
  // At least the padding's own length byte, and the MAC where that is inside.
  const least = encryptThenMac ? blockLength : blockLength * Math.ceil((macLength + 1) / blockLength);
  isOneRun = prefix === blockLength;
  used = 0;
  const end = Math.min(batch.first + batch.count, first + CHUNK_ROWS);
  let row = first;
  for (; row < end; row++) {
    const i = row - first;
    const offset = batch.rows[row * ROW_WIDTH + 2]!;
    const ivAt = explicitIv ? offset : offset - blockLength;
    const size = batch.rows[row * ROW_WIDTH + 3]! - (explicitIv ? blockLength : 0) - outerMac;
    if (!isRowInside(batch, row) || size < least || size % blockLength !== 0 || ivAt < 0) {
      starts[i] = -1;
      continue;
    }
    // Whole blocks, since all rows are decrypted as one run; what stands between them means nothing.
    const needed = prefix + Math.ceil((size + outerMac) / blockLength) * blockLength;
    if (used > 0 && used + needed > CHUNK_BYTES) break;
    if (used === 0) runFrom = ivAt;
    else if (ivAt !== runFrom + used) isOneRun = false;
    ivs[i] = ivAt;
    starts[i] = used + prefix;
    sizes[i] = size;
    used += needed;
  }
  return row;
}

/** encrypt-then-MAC: the MAC covers header, IV where it is explicit, and ciphertext (RFC 7366 §3). */
function checkCiphertexts(
  backend: CryptoBackend,
  protection: CbcProtection,
  batch: OpenBatch,
  first: number,
  last: number,
): void {
  const bytes = work.bytes;
  const iv = protection.explicitIv ? protection.blockLength : 0;
  job.count = last - first;
  job.bytes = bytes;
  for (let row = first; row < last; row++) {
    const i = row - first;
    const start = starts[i]!;
    job.lengths[i] = -1;
    if (start < 0) continue;
    job.macs[i] = start + sizes[i]!;
    if (hasOwnAdditionalData(batch, row)) continue;
    const headerAt = start - iv - MAC_HEADER_LENGTH;
    writeMacHeader(batch, row, iv + sizes[i]!, false, bytes, headerAt);
    job.starts[i] = headerAt;
    job.lengths[i] = MAC_HEADER_LENGTH + iv + sizes[i]!;
  }
  checkMacs(backend, protection, job);
  for (let row = first; row < last; row++) {
    const i = row - first;
    const start = starts[i]!;
    if (start < 0) continue;
    if (hasOwnAdditionalData(batch, row)) {
      const header = ownAdditionalData(batch, row, iv + sizes[i]!);
      const covered = joinCovered(header, bytes, start - iv, start + sizes[i]!);
      job.good[i] = isMacOf(backend, protection, covered, bytes, job.macs[i]!) ? 1 : 0;
    }
    if (iv > 0) continue;
    // The header stood where the chained IV belongs.
    const offset = batch.rows[row * ROW_WIDTH + 2]!;
    const ivAt = offset - protection.blockLength;
    bytes.set(batch.input.subarray(ivAt, offset), start - protection.blockLength);
  }
}

/** Reads each row's padding (RFC 5246 §6.2.3.2). SSL 3.0's padding has arbitrary bytes but the last. */
function findContents(protection: CbcProtection, plain: Uint8Array, count: number): void {
  const innerMac = protection.encryptThenMac ? 0 : protection.macLength;
  for (let i = 0; i < count; i++) {
    const start = starts[i]!;
    if (start < 0) continue;
    const end = start + sizes[i]!;
    const padding = plain[end - 1]!;
    const content = sizes[i]! - 1 - padding - innerMac;
    contents[i] = content < 0 ? -1 : content;
    let sound = content >= 0;
    if (!protection.ssl3)
      for (let at = end - 1 - padding; sound && at < end; at++) sound = plain[at] === padding;
    padded[i] = sound ? 1 : 0;
  }
}

/** MAC-then-encrypt: the MAC covers header and content, and stands between content and padding. */
function checkContents(
  backend: CryptoBackend,
  protection: CbcProtection,
  batch: OpenBatch,
  plain: Uint8Array,
  first: number,
  last: number,
): void {
  const headerLength = protection.ssl3 ? SSL3_MAC_HEADER_LENGTH : MAC_HEADER_LENGTH;
  job.count = last - first;
  job.bytes = plain;
  for (let row = first; row < last; row++) {
    const i = row - first;
    const start = starts[i]!;
    job.lengths[i] = -1;
    if (start < 0 || contents[i]! < 0) continue;
    const content = contents[i]!;
    job.macs[i] = start + content;
    if (hasOwnAdditionalData(batch, row)) continue;
    // The IV's own decryption means nothing: its place is free for the header.
    writeMacHeader(batch, row, content, protection.ssl3, plain, start - headerLength);
    job.starts[i] = start - headerLength;
    job.lengths[i] = headerLength + content;
  }
  checkMacs(backend, protection, job);
  for (let row = first; row < last; row++) {
    const i = row - first;
    const start = starts[i]!;
    if (start < 0 || contents[i]! < 0 || !hasOwnAdditionalData(batch, row)) continue;
    const header = ownAdditionalData(batch, row, contents[i]!);
    const covered = joinCovered(header, plain, start, start + contents[i]!);
    job.good[i] = isMacOf(backend, protection, covered, plain, job.macs[i]!) ? 1 : 0;
  }
}

/** Writes statuses and plaintexts; returns the end of the output. */
function deliver(
  protection: CbcProtection,
  batch: OpenBatch,
  results: OpenResults,
  plain: Uint8Array,
  first: number,
  last: number,
  outputAt: number,
): number {
  // Where prefix and IV are the same, the chunk is exactly as long as its fragments: one copy for all.
  const whole = !protection.encryptThenMac && protection.explicitIv && protection.blockLength === 16;
  if (whole) results.output.set(plain, outputAt);
  let at = outputAt;
  for (let row = first; row < last; row++) {
    const i = row - first;
    const type = batch.rows[row * ROW_WIDTH]!;
    const start = starts[i]!;
    if (start < 0) {
      refuseRow(results, row, OPEN_BAD_LENGTH, type);
      continue;
    }
    const fits = contents[i]! >= 0 && job.good[i] === 1;
    if (!fits && padded[i] === 0) {
      const outerBad = protection.encryptThenMac && job.good[i] !== 1;
      refuseRow(results, row, outerBad ? OPEN_BAD_MAC : OPEN_BAD_PADDING, type);
      continue;
    }
    // Padding that was filled wrongly is no part of what the MAC covers: the content is as sent, the record is not.
    const status = !fits ? OPEN_BAD_MAC : padded[i] === 0 ? OPEN_BAD_PADDING : OPEN_OK;
    const content = contents[i]!;
    let offset = outputAt + start;
    if (!whole) {
      offset = at;
      results.output.set(plain.subarray(start, start + content), at);
      at += content;
    }
    deliverRow(results, row, status, type, false, offset, content);
  }
  return whole ? outputAt + plain.length : at;
}
