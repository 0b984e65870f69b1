/** One thread of OpenerPool: opens batches that lie in shared memory, and does RSA. */
import { isUtf8 } from 'node:buffer';
import { parentPort } from 'node:worker_threads';
import { OPEN_OK, type OpenResults, type RecordProtection } from '../tls/open/batch.ts';
import { LineFinisher } from '../analysis/messages/finish-lines.ts';
import { openBatch } from '../tls/open/open-batch.ts';
import { ScanBatch } from '../app/sip/scan-batch.ts';
import { SCAN_WIDTH } from '../app/sip/scan-headers.ts';
import { createNodeBackend } from './crypto-backend.ts';
import { importHandleInWorker } from './keys/key-handle.ts';
import { APPLICATION_DATA } from '../tls/tables/content-types.ts';
import {
  JOB_WIDTH,
  type JobPlace,
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

function openJobs({ protections: added, places, jobs, lines }: OpenRequest): void {
  for (const [number, protection] of added) protections.set(number, protection);
  if (lines === null) scanBatch.keep(0, 0);
  else lineFinisher.begin(lines.work, lines.part);
  for (let at = 0; at < jobs.length; at += JOB_WIDTH) openJob(places, jobs, at);
  if (lines !== null) lineFinisher.finish(lines.work, lines.part);
}

function openJob(places: readonly JobPlace[], jobs: Float64Array, at: number): void {
  const protection = protections.get(jobs[at]!);
  const place = places[jobs[at + 1]!];
  if (protection === undefined || place === undefined) return;
  const { input, rows, results, scans } = place;
  const first = jobs[at + 2]! | 0;
  const count = jobs[at + 3]! | 0;
  const outputFrom = jobs[at + 4]! | 0;
  const keystreamUsed = jobs[at + 5]!;
  openBatch(backend, { protection, first, count, input, rows, outputFrom, keystreamUsed }, results);
  if (scans !== null) scanPlaintexts(results, first, first + count, scans);
}

/** Looks what SIP begins in application data, while its bytes are in this processor's cache. */
function scanPlaintexts(results: OpenResults, first: number, end: number, scans: Int32Array): void {
  const { output, offsets, lengths, status, types } = results;
  scanBatch.begin(output);
  for (let row = first; row < end; row++) {
    if (status[row] !== OPEN_OK || types[row] !== APPLICATION_DATA) continue;
    const from = offsets[row]!;
    scanBatch.add(from, from + lengths[row]!, row * SCAN_WIDTH);
  }
  scanBatch.finish(scans);
}

function decryptAll({ key, ciphertexts }: RsaRequest): (Uint8Array | null)[] {
  const handle = importHandleInWorker(key);
  return ciphertexts.map((ciphertext) => backend.rsaDecryptRaw(handle, ciphertext));
}
