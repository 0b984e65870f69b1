/** RC4 and NULL records (RFC 5246 §6.2.3.1): content and MAC, the key stream running on from record to record. */
import type { CryptoBackend } from '../../crypto/backend.ts';
import { Rc4 } from '../../crypto/rc4.ts';
import {
  OPEN_BAD_LENGTH,
  OPEN_BAD_MAC,
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

type StreamProtection = Extract<RecordProtection, { kind: 'stream' }>;

/**
 * Opens all rows of a batch whose protection is RC4 or NULL. For RC4 the rows are in the order of the stream and every
 * byte of their fragments used the key stream, also those that fail.
 */
export function openStream(
  backend: CryptoBackend,
  protection: StreamProtection,
  batch: OpenBatch,
  results: OpenResults,
): void {
  const keystream = protection.cipher === 'rc4' ? keystreamAt(protection.key, batch.keystreamUsed) : null;
  let outputAt = batch.outputFrom;
  for (let first = batch.first; first < batch.first + batch.count;) {
    const last = layOut(protection, batch, keystream, first);
    checkContents(backend, protection, batch, first, last);
    outputAt = deliver(protection, batch, results, first, last, outputAt);
    first = last;
  }
}

const CHUNK_BYTES = 1 << 17;
const CHUNK_ROWS = 512;
/** Before each content: room for the header that the MAC covers. */
const PREFIX = 16;

const work = new WorkBuffer();
/** Per row of the chunk: where its content starts in `work`, -1 where its length is impossible. */
const starts = new Int32Array(CHUNK_ROWS);
const contents = new Int32Array(CHUNK_ROWS);
const job = createMacJob(CHUNK_ROWS);

/** The key stream of each key as the last batch left it: going on costs nothing, going back starts anew. */
const keystreams = new WeakMap<Uint8Array, Rc4>();

function keystreamAt(key: Uint8Array, position: number): Rc4 {
  const kept = keystreams.get(key);
  const keystream = kept !== undefined && kept.position <= position ? kept : new Rc4(key);
  keystream.skip(position - keystream.position);
  keystreams.set(key, keystream);
  return keystream;
}

/** Decrypts rows from `first` on into `work`, as many as a chunk takes; returns the row behind the last one. */
function layOut(
  protection: StreamProtection,
  batch: OpenBatch,
  keystream: Rc4 | null,
  first: number,
): number {
  const end = Math.min(batch.first + batch.count, first + CHUNK_ROWS);
  let at = 0;
  let row = first;
  for (; row < end; row++) {
    const i = row - first;
    const offset = batch.rows[row * ROW_WIDTH + 2]!;
    const length = batch.rows[row * ROW_WIDTH + 3]!;
    starts[i] = -1;
    if (!isRowInside(batch, row)) continue;
    if (length < protection.macLength) {
      keystream?.skip(length);
      continue;
    }
    const needed = PREFIX + length;
    if (at > 0 && at + needed > CHUNK_BYTES) break;
    const bytes = work.atLeast(at + needed, at);
    const start = at + PREFIX;
    if (keystream === null) bytes.set(batch.input.subarray(offset, offset + length), start);
    else keystream.apply(batch.input, offset, offset + length, bytes, start);
    starts[i] = start;
    contents[i] = length - protection.macLength;
    at += needed;
  }
  return row;
}

function checkContents(
  backend: CryptoBackend,
  protection: StreamProtection,
  batch: OpenBatch,
  first: number,
  last: number,
): void {
  const bytes = work.bytes;
  const headerLength = protection.ssl3 ? SSL3_MAC_HEADER_LENGTH : MAC_HEADER_LENGTH;
  job.count = last - first;
  job.bytes = bytes;
  for (let row = first; row < last; row++) {
    const i = row - first;
    const start = starts[i]!;
    job.lengths[i] = -1;
    if (start < 0) continue;
    const content = contents[i]!;
    job.macs[i] = start + content;
    if (hasOwnAdditionalData(batch, row)) continue;
    writeMacHeader(batch, row, content, protection.ssl3, bytes, start - headerLength);
    job.starts[i] = start - headerLength;
    job.lengths[i] = headerLength + content;
  }
  checkMacs(backend, protection, job);
  for (let row = first; row < last; row++) {
    const i = row - first;
    const start = starts[i]!;
    if (start < 0 || !hasOwnAdditionalData(batch, row)) continue;
    const header = ownAdditionalData(batch, row, contents[i]!);
    const covered = joinCovered(header, bytes, start, start + contents[i]!);
    job.good[i] = isMacOf(backend, protection, covered, bytes, job.macs[i]!) ? 1 : 0;
  }
}

/** Writes statuses and plaintexts; returns the end of the output. */
function deliver(
  protection: StreamProtection,
  batch: OpenBatch,
  results: OpenResults,
  first: number,
  last: number,
  outputAt: number,
): number {
  let at = outputAt;
  for (let row = first; row < last; row++) {
    const i = row - first;
    const type = batch.rows[row * ROW_WIDTH]!;
    const start = starts[i]!;
    if (start < 0) {
      refuseRow(results, row, OPEN_BAD_LENGTH, type);
      continue;
    }
    // TLS_NULL_WITH_NULL_NULL has no MAC: there is nothing that could fail.
    const authentic = protection.macLength === 0 || job.good[i] === 1;
    const content = contents[i]!;
    results.output.set(work.bytes.subarray(start, start + content), at);
    deliverRow(results, row, authentic ? OPEN_OK : OPEN_BAD_MAC, type, false, at, content);
    at += content;
  }
  return at;
}
