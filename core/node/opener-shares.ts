/** How a batch is shared out among the threads of OpenerPool, and written down for them. */
import type { BatchJob } from '../analysis/batch-opener.ts';
import type { LineWork } from '../analysis/messages/finish-lines.ts';
import type { RecordProtection } from '../tls/open/batch.ts';
import { JOB_WIDTH, type JobPlace, type LineShare, type OpenRequest } from './opener-messages.ts';
import type { OpenerThread } from './opener-thread.ts';

/** Consecutive jobs for at most `threads` threads, about the same number of bytes each. */
export function shareOut(jobs: readonly BatchJob[], threads: number): BatchJob[][] {
  let total = 0;
  for (const job of jobs) total += job.bytes;
  const share = Math.max(total / threads, LEAST_SHARE);
  const parts: BatchJob[][] = [];
  let part: BatchJob[] = [];
  let bytes = 0;
  for (const job of jobs) {
    part.push(job);
    bytes += job.bytes;
    if (bytes < share) continue;
    parts.push(part);
    part = [];
    bytes = 0;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

/** Jobs of one batch stand one behind the other: the rows of each part, and as much of the room for lines as its records have of all bytes. */
export function shareLines(work: LineWork, parts: readonly (readonly BatchJob[])[]): LineShare[] {
  const sizes = parts.map((part) => part.reduce((sum, { bytes }) => sum + bytes, 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const shares: LineShare[] = [];
  let from = 0;
  for (const [at, part] of parts.entries()) {
    const [begin, last] = [part[0], part.at(-1)];
    if (begin === undefined || last === undefined) continue;
    const to = from + Math.floor((work.lines.length * (sizes[at] ?? 0)) / Math.max(total, 1));
    const first = begin.batch.first;
    const end = last.batch.first + last.batch.count;
    const textsFrom = begin.batch.outputFrom;
    const textsTo = last.batch.outputFrom + last.bytes;
    shares.push({ work, part: { first, end, textsFrom, textsTo, from, to } });
    from = to;
  }
  return shares;
}

/** null where something of a job does not lie in shared memory. */
export function packJobs(
  thread: OpenerThread,
  jobs: readonly BatchJob[],
  lines: LineShare | null,
): OpenRequest | null {
  const places: JobPlace[] = [];
  const numbers = new Float64Array(jobs.length * JOB_WIDTH);
  let at = 0;
  for (const job of jobs) {
    const place = placeOf(job, places);
    if (place < 0) return null;
    const { first, count, outputFrom, keystreamUsed } = job.batch;
    numbers[at + 1] = place;
    numbers[at + 2] = first;
    numbers[at + 3] = count;
    numbers[at + 4] = outputFrom;
    numbers[at + 5] = keystreamUsed;
    at += JOB_WIDTH;
  }
  // Only now: what is noted as known must also be sent.
  if (thread.known.size + jobs.length > MOST_KNOWN) {
    thread.known.clear();
    thread.worker.postMessage({ kind: 'forget' });
  }
  const protections: (readonly [number, RecordProtection])[] = [];
  for (let i = 0; i < jobs.length; i++)
    numbers[i * JOB_WIDTH] = numberOf(thread, jobs[i]!.batch.protection, protections);
  return { kind: 'open', id: thread.nextId++, protections, places, jobs: numbers, lines };
}

/** The number of the place where the job's bytes lie, which it mostly shares with the job before; -1: not shared memory. */
function placeOf({ batch, results, scans }: BatchJob, places: JobPlace[]): number {
  const { input, rows } = batch;
  const known = places.findLastIndex(
    (place) =>
      place.input === input && place.rows === rows && place.results === results && place.scans === scans,
  );
  if (known >= 0) return known;
  const { output, offsets, lengths, status, types, readable } = results;
  for (const { buffer } of [input, rows, output, offsets, lengths, status, types, readable, scans ?? rows])
    if (!(buffer instanceof SharedArrayBuffer)) return -1;
  return places.push({ input, rows, results, scans }) - 1;
}

function numberOf(
  thread: OpenerThread,
  protection: RecordProtection,
  added: (readonly [number, RecordProtection])[],
): number {
  const known = thread.known.get(protection);
  if (known !== undefined) return known;
  const number = thread.nextId++;
  thread.known.set(protection, number);
  added.push([number, withOwnKeys(protection)]);
  return number;
}

/** Copies of the keys: a view would take the whole buffer behind it to the thread. */
function withOwnKeys(protection: RecordProtection): RecordProtection {
  const key = new Uint8Array(protection.key);
  if (protection.kind === 'aead') return { ...protection, key, iv: new Uint8Array(protection.iv) };
  return { ...protection, key, macKey: new Uint8Array(protection.macKey) };
}

/** Protections that a thread remembers at most. */
const MOST_KNOWN = 1 << 16;
/** Below this many bytes a call is not worth the message to another thread. */
const LEAST_SHARE = 1 << 17;
