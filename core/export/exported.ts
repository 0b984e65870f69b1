import type { Secret } from '../keys/secret.ts';

/** One line of a key log: what opens one session, or one direction and stage of one. */
export interface SessionSecret {
  readonly label: string;
  readonly clientRandom: Uint8Array;
  readonly secret: Secret;
  readonly conversation: number;
}

/** One frame as it was captured. `link` is a place in the list of link types that goes with it. */
export interface ExportedFrame {
  readonly link: number;
  /** Since 1970-01-01 UTC: whole seconds and nanoseconds 0..999,999,999. */
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly originalLength: number;
  readonly bytes: Uint8Array;
}

/** One end of a conversation: four big-endian words of which IPv4 uses the first. */
export interface ExportedEnd {
  readonly ipVersion: 0 | 4 | 6;
  readonly words: readonly number[];
  readonly port: number;
}

/** One SIP message, clear or decrypted. */
export interface ExportedMessage {
  readonly frame: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly conversation: number;
  readonly decrypted: boolean;
  readonly source: ExportedEnd;
  readonly destination: ExportedEnd;
  readonly startLine: string;
  readonly callId: string;
  readonly cseq: string;
  readonly bytes: Uint8Array;
}
