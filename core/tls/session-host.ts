import type { RecordTable } from '../store/record-table.ts';
import type { RawInflater } from './compression.ts';
import type { Epoch, EpochStage, Stretch } from './epoch.ts';
import type { Flow } from './flow.ts';
import type { Handshake } from './handshake.ts';
import { type Side } from './handshake.ts';
import type { SecretFinder } from './secrets/master-secret.ts';
import type { TlsSession } from './session.ts';

/** What a session needs of the opening that drives it. */
export interface SessionHost extends SecretFinder {
  readonly records: RecordTable;
  /** The body of a record that was kept (all but application data), empty where it was not. Stays good. */
  bodyOf(row: number): Uint8Array;
  addStretch(
    conversation: number,
    side: Side,
    stage: EpochStage,
    handshake: Handshake | null,
    frame: number,
  ): Stretch;
  /**
   * Opens one record now; the status, and where it is OPEN_OK the plaintext in `plaintext` (good until the next call)
   * and its content type in `plaintextType`. `previousRow` is the record before it in the same epoch, -1 for none.
   */
  openNow(flow: Flow, epoch: Epoch, row: number, sequence: number): number;
  readonly plaintext: Uint8Array;
  readonly plaintextType: number;
  /** A record with its header, as on the wire; null where its bytes are gone. */
  recordBytes(row: number): Uint8Array | null;
  /** As openNow, of bytes that the caller laid out (DTLS). */
  openBytes(epoch: Epoch, request: DatagramRequest): number;
  /** Puts a record into a batch; TlsSession.settle is called with the result, in order. */
  queue(session: TlsSession, flow: Flow, epoch: Epoch, row: number, sequence: number): void;
  /** Application bytes of a TlsSession.stream in order: bytes[from, to), good during the call only. */
  deliver(stream: number, direction: 0 | 1, row: number, bytes: Uint8Array, from: number, to: number): void;
  /** Application bytes are missing before the next that is delivered. */
  deliverGap(stream: number, direction: 0 | 1): void;
  /** Raw DEFLATE with a full window; null where the host has none. */
  createInflater(): RawInflater | null;
  /** Trials that one conversation and the whole opening may still make; false where the bound is reached. */
  spendTrial(session: { trials: number }): boolean;
}

/** One DTLS record to be opened: input[bodyAt, bodyAt + bodyLength), with its own additional data where it has some. */
export interface DatagramRequest {
  readonly type: number;
  readonly version: number;
  readonly input: Uint8Array;
  readonly bodyAt: number;
  readonly bodyLength: number;
  /** Additional data at the begin of `input`; -1: the standard one. */
  readonly additionalLength: number;
  /** Sequence number as it enters MAC and nonce: high and low word. */
  readonly high: number;
  readonly low: number;
}

/** Something that was opened though the usual way to its key was cut off. */
export interface Rescue {
  readonly kind:
    | 'resynchronised'
    | 'keys-updated-unseen'
    | 'client-hello-by-trial'
    | 'server-hello-by-trial'
    | 'mid-stream-by-trial'
    | 'secret-borrowed'
    | 'change-cipher-spec-missed';
  /** The record with which it was found. */
  readonly row: number;
  readonly side: Side;
  /** Sequence numbers passed over, and bytes lost before. */
  readonly skipped: number;
  readonly lost: number;
  /** The connection whose secret it is; null where it is not borrowed, or from a line of a key log alone. */
  readonly from: number | null;
}
