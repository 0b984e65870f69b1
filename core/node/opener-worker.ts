/** One thread of OpenerPool: opens batches that lie in shared memory, and does RSA. */
import { isUtf8 } from 'node:buffer';
import { parentPort } from 'node:worker_threads';
import { OPEN_OK, type OpenResults, ROW_WIDTH, type RecordProtection } from '../tls/open/batch.ts';
import { LineFinisher } from '../analysis/messages/finish-lines.ts';
import { openBatch } from '../tls/open/open-batch.ts';
import { ScanBatch } from '../app/sip/scan-batch.ts';
import { SCAN_WIDTH } from '../app/sip/scan-headers.ts';
import { createNodeBackend } from './crypto-backend.ts';
import { importHandleInWorker } from './keys/key-handle.ts';
import { APPLICATION_DATA } from '../tls/tables/content-types.ts';
import {
  JOB_VIEWS,
  JOB_WIDTH,
  type OpenerReply,
  type OpenerRequest,
  type OpenRequest,
  type RsaRequest,
} from './opener-messages.ts';

const backend = createNodeBackend();
const scanBatch = new ScanBatch();
const lineFinisher = new LineFinisher(scanBatch, isUtf8);
const protections = new Map<number, RecordProtection>();

parentPort?.on('message', (request: OpenerRequest) => {
  switch (request.kind) {
    case 'open':
      openJobs(request);
      return reply({ kind: 'opened', id: request.id });
    case 'rsa':
      return reply({ kind: 'rsa', id: request.id, premasters: decryptAll(request) });
    case 'forget':
      return protections.clear();
  }
});

function reply(message: OpenerReply): void {
  parentPort?.postMessage(message);
}

function openJobs(request: OpenRequest): void {
  for (const [number, protection] of request.protections) protections.set(number, protection);
  const { jobs, lines } = request;
  if (lines === null) scanBatch.keep(0, 0);
  else keepTexts(jobs);
  for (let at = 0; at < jobs.length; at += JOB_WIDTH) openJob(request, at);
  if (lines !== null) lineFinisher.finish(lines.work, lines.part);
}

const OUTPUT = JOB_VIEWS.indexOf('output');

/** The outputs of all jobs stand in one buffer, one behind the other. */
function keepTexts(jobs: Float64Array): void {
  const last = jobs.length - JOB_WIDTH;
  if (last >= 0) scanBatch.keep(jobs[5 + OUTPUT]!, jobs[last + 5 + OUTPUT]! + jobs[last + 4]!);
}

function openJob({ jobs, buffers }: OpenRequest, at: number): void {
  const protection = protections.get(jobs[at]!);
  if (protection === undefined) return;
  const count = jobs[at + 1]!;
  const places = jobs[at + 5 + JOB_VIEWS.length]!;
  const bytes = (view: number, length: number): Uint8Array =>
    new Uint8Array(bufferOf(buffers, places, view), jobs[at + 5 + view]!, length);
  const words = (view: number, length: number): Uint32Array =>
    new Uint32Array(bufferOf(buffers, places, view), jobs[at + 5 + view]!, length);
  const results = {
    output: bytes(2, jobs[at + 4]!),
    offsets: words(3, count),
    lengths: words(4, count),
    status: bytes(5, count),
    types: bytes(6, count),
    readable: bytes(7, count),
  };
  openBatch(
    backend,
    {
      protection,
      count,
      keystreamUsed: jobs[at + 2]!,
      input: bytes(0, jobs[at + 3]!),
      rows: words(1, count * ROW_WIDTH),
    },
    results,
  );
  const scans = jobs[at + 6 + JOB_VIEWS.length]!;
  if (scans > 0)
    scanPlaintexts(results, new Int32Array(bufferOf(buffers, places, 1), scans - 1, count * SCAN_WIDTH));
}

/** Looks what SIP begins in application data, while its bytes are in this processor's cache. */
function scanPlaintexts({ output, offsets, lengths, status, types }: OpenResults, scans: Int32Array): void {
  scanBatch.begin(output);
  for (let row = 0; row < status.length; row++) {
    if (status[row] !== OPEN_OK || types[row] !== APPLICATION_DATA) continue;
    const from = offsets[row]!;
    scanBatch.add(from, from + lengths[row]!, row * SCAN_WIDTH);
  }
  scanBatch.finish(scans);
}

function bufferOf(buffers: readonly SharedArrayBuffer[], places: number, view: number): SharedArrayBuffer {
  const buffer = buffers[(places >>> (4 * view)) & 15];
  if (buffer === undefined) throw new Error('a job names a buffer that was not sent');
  return buffer;
}

function decryptAll({ key, ciphertexts }: RsaRequest): (Uint8Array | null)[] {
  const handle = importHandleInWorker(key);
  return ciphertexts.map((ciphertext) => backend.rsaDecryptRaw(handle, ciphertext));
}
