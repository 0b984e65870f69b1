import type { Hole } from './hole.ts';
import type { RichText } from '../api.ts';
import type { Handshake } from '../tls/handshake.ts';
import type { Rescue } from '../tls/session-host.ts';
import type { TlsSession } from '../tls/session.ts';
import type { Severity } from '../verdict.ts';
import type { Certificate, MalformedCertificate } from '../x509/certificate.ts';
import type { RecognisedProduct } from './recipes/products.ts';
import type { Closing, HandshakeFailure } from './handshake-outcome.ts';

/** Everything that the findings about one conversation are judged from. */
export interface FindingContext {
  readonly conversation: string;
  /** Endpoints: address:port. */
  readonly client: string;
  readonly server: string;
  readonly serverAddress: string;
  readonly serverPort: number;
  readonly firstFrame: number;
  readonly session: TlsSession | null;
  /** Of every connection of the conversation: over SCTP there may be several. */
  readonly rescues: readonly Rescue[];
  /** The handshake whose facts describe the connection; the newest attempt where that failed. */
  readonly handshake: Handshake | null;
  /** The full handshake whose session it resumes, where that is in the capture: with the chain that its server sent. */
  readonly origin: {
    readonly conversation: string;
    readonly handshake: Handshake;
    readonly serverChain: readonly DecodedCertificate[];
  } | null;
  /** The conversation that a DTLS connection was in before one of its endpoints went on from another address; else null. */
  readonly movedFrom: {
    readonly conversation: string;
    readonly client: string;
    readonly server: string;
  } | null;
  readonly failure: HandshakeFailure | null;
  /** Why it cannot be TLS 1.3, where the capture does not show which version was chosen; null where it may be. */
  readonly notTls13: RichText | null;
  /** Frames of the SYNs by side, 0 for none. */
  readonly syn: readonly [number, number];
  readonly closing: Closing;
  /** Chains as sent, by side: the sender's own certificate first. */
  readonly chains: readonly [readonly DecodedCertificate[], readonly DecodedCertificate[]];
  /** Certificates that stood above another one in any chain of the capture. */
  readonly authorities: readonly Certificate[];
  /** What is spoken in clear and inside TLS ("SIP", "HTTP" …); empty where nothing was recognised. */
  readonly spokenInClear: string;
  readonly spokenInTls: string;
  /** First frame with a message that is spoken in clear; 0 where none. */
  readonly clearFrame: number;
  /** Another conversation with the same server endpoint in which TLS was set up, and one in which SIP was spoken. */
  readonly tlsElsewhere: string | null;
  readonly sipElsewhere: string | null;
  readonly holes: readonly Hole[];
  /** The record to which an alert answers, and whether it passed our own check. */
  readonly complaints: readonly Complaint[];
  /** Records that could be read though their check could not be made: their frames. */
  readonly unauthenticated: readonly number[];
  /** The products that speak here, where headers, certificates or hellos tell. */
  readonly products: readonly RecognisedProduct[];
  readonly keyLogs: number;
  readonly rsaKeys: number;
  /** Seconds since 1970 of a frame. */
  secondsOf(frame: number): number;
  /** The frame of a record row. */
  frameOfRow(row: number): number;
  isDecrypted(row: number): boolean;
  /** What a conversation is called, by its number. */
  idOf(conversation: number): string;
}

export type DecodedCertificate = Certificate | MalformedCertificate;

/** `bad_record_mac` and its like, held against our own check of what the other side had sent. */
export interface Complaint {
  readonly alertFrame: number;
  readonly by: 'client' | 'server';
  readonly description: number;
  /** The other side's last record before it; null where there is none. */
  readonly record: { readonly frame: number; readonly outcome: 'passed' | 'failed' | 'unknown' } | null;
}

/** One thing that was found, before it has its id. */
export interface Found {
  readonly severity: Severity;
  readonly sentence: RichText;
  readonly frames: readonly number[];
  /** What to do; empty where nothing is to be done. */
  readonly fix: string;
  readonly confidence: 'certain' | 'likely' | 'possible';
}
