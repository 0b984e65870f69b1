/** What passes between OpenerPool and its threads. Bytes lie in shared memory and are named by buffer and offset. */
import type { OpenResults, RecordProtection } from '../tls/open/batch.ts';
import type { LinePart, LineWork } from '../analysis/messages/finish-lines.ts';
import type { PortableKey } from './keys/key-handle.ts';

/** Numbers per job in OpenRequest.jobs. */
export const JOB_WIDTH = 6;

/** Arrays of one batch or more; all lie in shared memory. */
export interface JobPlace {
  readonly input: Uint8Array;
  readonly rows: Uint32Array;
  readonly results: OpenResults;
  readonly scans: Int32Array | null;
}

export interface OpenRequest {
  readonly kind: 'open';
  readonly id: number;
  /** Protections that this thread has not seen yet, with the numbers they go by from now on. */
  readonly protections: readonly (readonly [number, RecordProtection])[];
  readonly places: readonly JobPlace[];
  /** JOB_WIDTH numbers a job: protection, place, first row, count, where its output begins, key stream used. */
  readonly jobs: Float64Array;
  /** Lines to finish once the jobs are done; null for none. */
  readonly lines: LineShare | null;
}

/** What one thread has of a batch's lines. */
export interface LineShare {
  readonly work: LineWork;
  readonly part: LinePart;
}

export interface RsaRequest {
  readonly kind: 'rsa';
  readonly id: number;
  readonly key: PortableKey;
  readonly ciphertexts: readonly Uint8Array[];
}

export interface ForgetRequest {
  readonly kind: 'forget';
}

export type OpenerRequest = OpenRequest | RsaRequest | ForgetRequest;

export type OpenerReply =
  | { readonly kind: 'opened'; readonly id: number }
  | { readonly kind: 'rsa'; readonly id: number; readonly premasters: readonly (Uint8Array | null)[] };
