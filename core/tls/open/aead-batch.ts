/** AEAD records in a kernel: a chunk of records is copied to its memory, opened there and copied out as one run. */
import { copyBytes } from '../../bytes/copy-bytes.ts';
import type { AeadName, BlockCipherName, CryptoBackend } from '../../crypto/backend.ts';
import { chachaKernel, gcmKernel, type AeadKernel } from '../../crypto/kernels/aead-kernel.ts';
import { isAeadRowSound, openAeadRow } from './aead-row.ts';
import { additionalLengthOf, writeAdditionalData, writeNonce, type AeadProtection } from './aead-inputs.ts';
import { OPEN_BAD_LENGTH, OPEN_OK, ROW_WIDTH, type OpenBatch, type OpenResults } from './batch.ts';
import { deliverRow, refuseRow } from './deliver.ts';

/** Opens all rows where that is quicker by a kernel than by the host; else does nothing and returns false. */
export function openAeadBatch(
  backend: CryptoBackend,
  protection: AeadProtection,
  batch: OpenBatch,
  results: OpenResults,
): boolean {
  const { key } = protection;
  if (protection.cipher === 'chacha20-poly1305') {
    const kernel = chachaKernel();
    if (kernel === null) return false;
    openChunks(backend, protection, batch, results, kernel, () => kernel.open(key));
    return true;
  }
  const block = blockCipherOf(protection.cipher);
  if (block === null || batch.count < LEAST_FOR_GCM) return false;
  const kernel = gcmKernel();
  if (kernel === null) return false;
  const encrypt = (blocks: Uint8Array): Uint8Array => backend.ecbEncrypt(block, key, blocks);
  openChunks(backend, protection, batch, results, kernel, () => kernel.open(encrypt));
  return true;
}

function openChunks(
  backend: CryptoBackend,
  protection: AeadProtection,
  batch: OpenBatch,
  results: OpenResults,
  kernel: AeadKernel,
  open: () => void,
): void {
  let outputAt = batch.outputFrom;
  for (let first = batch.first; first < batch.first + batch.count;) {
    // Alike modulo eight with where they come out: shared bytes are copied by words only then.
    const shift = (results.output.byteOffset + outputAt) & 7;
    const last = layOut(kernel, protection, batch, first, shift);
    open();
    outputAt = deliver(backend, kernel, protection, batch, results, first, last, outputAt);
    first = last;
  }
}

/** The table of a hash key is not worth making for one row. ChaCha20 has none. */
const LEAST_FOR_GCM = 2;
const CHUNK_BYTES = 1 << 16;
const CHUNK_ROWS = 512;
const TAG_LENGTH = 16;

/** Per row of the chunk: its number in the kernel, -1 where its length is impossible, and where its content stands. */
const numbers = new Int32Array(CHUNK_ROWS);
const contents = new Int32Array(CHUNK_ROWS);
/** Bytes of the kernel's memory that the chunk's fragments take, and where they begin. */
let used = 0;
let dataFrom = 0;

/**
 * Copies rows from `first` on to the kernel, as many as a chunk takes, `shift` bytes behind where its data begins; returns
 * the row behind the last one.
 */
function layOut(
  kernel: AeadKernel,
  protection: AeadProtection,
  batch: OpenBatch,
  first: number,
  shift: number,
): number {
  const overhead = protection.explicitNonceLength + TAG_LENGTH;
  const last = measureChunk(protection, batch, first);
  kernel.begin(last - first, shift + used, additionalUsed);
  const bytes = kernel.bytes;
  dataFrom = kernel.dataAt + shift;
  let at = dataFrom;
  // Mostly the fragments stand one behind the other: then they are copied as one.
  if (isOneRun) {
    const from = batch.rows[first * ROW_WIDTH + 2]!;
    copyBytes(batch.input, from, from + used, bytes, at);
  }
  for (let row = first; row < last; row++) {
    const i = row - first;
    if (numbers[i]! < 0) continue;
    const base = row * ROW_WIDTH;
    const offset = batch.rows[base + 2]!;
    const length = batch.rows[base + 3]!;
    if (!isOneRun) copyBytes(batch.input, offset, offset + length, bytes, at);
    contents[i] = at + protection.explicitNonceLength;
    const additionalLength = additionalLengthOf(protection, batch, row);
    numbers[i] = kernel.add(contents[i]!, length - overhead, additionalLength);
    writeNonce(protection, batch, row, bytes, kernel.nonceAt);
    writeAdditionalData(protection, batch, row, length - overhead, bytes, kernel.additionalAt);
    at += length;
  }
  return last;
}

let isOneRun = false;
let additionalUsed = 0;

/** Finds how many rows make a chunk and what they need; unsound rows get number -1. */
function measureChunk(protection: AeadProtection, batch: OpenBatch, first: number): number {
  used = 0;
  isOneRun = true;
  additionalUsed = 0;
  let expected = batch.rows[first * ROW_WIDTH + 2]!;
  const end = Math.min(batch.first + batch.count, first + CHUNK_ROWS);
  let row = first;
  for (; row < end; row++) {
    const base = row * ROW_WIDTH;
    if (!isAeadRowSound(protection, batch, row)) {
      numbers[row - first] = -1;
      isOneRun = false;
      continue;
    }
    const length = batch.rows[base + 3]!;
    if (used > 0 && used + length > CHUNK_BYTES) break;
    if (batch.rows[base + 2] !== expected) isOneRun = false;
    expected = batch.rows[base + 2]! + length;
    additionalUsed += additionalLengthOf(protection, batch, row);
    numbers[row - first] = 0;
    used += length;
  }
  return row;
}

/** Writes statuses and plaintexts; returns the end of the output. */
function deliver(
  backend: CryptoBackend,
  kernel: AeadKernel,
  protection: AeadProtection,
  batch: OpenBatch,
  results: OpenResults,
  first: number,
  last: number,
  outputAt: number,
): number {
  const overhead = protection.explicitNonceLength + TAG_LENGTH;
  results.output.set(kernel.bytes.subarray(dataFrom, dataFrom + used), outputAt);
  for (let row = first; row < last; row++) {
    const i = row - first;
    const base = row * ROW_WIDTH;
    const type = batch.rows[base]!;
    if (numbers[i]! < 0) {
      refuseRow(results, row, OPEN_BAD_LENGTH, type);
      continue;
    }
    const offset = outputAt + contents[i]! - dataFrom;
    // What the kernel refuses is opened again by the host: a fault of the kernel's must not become a verdict.
    if (!kernel.isGood(numbers[i]!)) openAeadRow(backend, protection, batch, results, row, offset);
    else {
      const length = batch.rows[base + 3]! - overhead;
      deliverRow(results, row, OPEN_OK, type, protection.tls13, offset, length);
    }
  }
  return outputAt + used;
}

function blockCipherOf(cipher: AeadName): BlockCipherName | null {
  switch (cipher) {
    case 'aes-128-gcm':
      return 'aes-128';
    case 'aes-256-gcm':
      return 'aes-256';
    case 'camellia-128-gcm':
      return 'camellia-128';
    case 'camellia-256-gcm':
      return 'camellia-256';
    case 'aria-128-gcm':
      return 'aria-128';
    case 'aria-256-gcm':
      return 'aria-256';
    case 'sm4-gcm':
      return 'sm4';
    default:
      return null;
  }
}
