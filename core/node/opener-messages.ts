/** What passes between OpenerPool and its threads. Bytes lie in shared memory and are named by buffer and offset. */
import type { RecordProtection } from '../tls/open/batch.ts';
import type { LinePart, LineWork } from '../analysis/messages/finish-lines.ts';
import type { PortableKey } from './keys/key-handle.ts';

/** Numbers per job in OpenRequest.jobs. */
export const JOB_WIDTH = 16;

/**
 * Where each view of a job lies: index of its buffer and byte offset, in this order; lengths follow from the count but
 * for input and output.
 */
export const JOB_VIEWS = [
  'input',
  'rows',
  'output',
  'offsets',
  'lengths',
  'status',
  'types',
  'readable',
] as const;

export interface OpenRequest {
  readonly kind: 'open';
  readonly id: number;
  /** Protections that this thread has not seen yet, with the numbers they go by from now on. */
  readonly protections: readonly (readonly [number, RecordProtection])[];
  readonly buffers: readonly SharedArrayBuffer[];
  /**
   * JOB_WIDTH numbers a job: protection, count, key stream used, bytes of input, bytes of output; then for each of the
   * eight views its offset; then one number with four bits per view that say in which buffer; then the offset of its
   * scans in the buffer of its rows plus 1, 0 for none.
   */
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
