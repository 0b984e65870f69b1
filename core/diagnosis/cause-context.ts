import type { RichText } from '../api.ts';
import type { Hole } from './hole.ts';
import type { Stretch } from '../tls/epoch.ts';
import type { Handshake } from '../tls/handshake.ts';
import type { TlsSession } from '../tls/session.ts';
import type { Certificate, MalformedCertificate } from '../x509/certificate.ts';
import type { ConversationEvidence } from './decide-cause.ts';
import type { Complaint } from './finding-context.ts';
import type { RecognisedProduct } from './recipes/products.ts';

/** One loaded key, as far as sentences speak of it. */
export interface LoadedKeyName {
  readonly name: string;
  readonly kind: string;
  readonly sha256OfPublicKey: string | null;
  readonly subject: string | null;
}

/** A key log that is loaded. */
export interface LoadedKeyLogName {
  readonly name: string;
  readonly secrets: number;
}

/** Everything a sentence about one stretch of opaque records may need, of this capture. */
export interface CauseContext {
  readonly conversation: string;
  readonly client: string;
  readonly server: string;
  readonly evidence: ConversationEvidence;
  readonly session: TlsSession | null;
  readonly handshake: Handshake | null;
  readonly stretch: Stretch | null;
  readonly serverCertificate: Certificate | MalformedCertificate | null;
  readonly clientCertificate: Certificate | MalformedCertificate | null;
  readonly keys: readonly LoadedKeyName[];
  readonly keyLogs: readonly LoadedKeyLogName[];
  readonly psks: number;
  /** Why it cannot be TLS 1.3, where the capture does not show which version was chosen; null where it may be. */
  readonly notTls13: RichText | null;
  /** The products that speak here, where they were recognised. */
  readonly products: readonly RecognisedProduct[];
  /** bad_record_mac and its like, held against our own check. */
  readonly complaints: readonly Complaint[];
  /** First and last frame of the conversation, and of the capture. */
  readonly firstFrame: number;
  readonly lastFrame: number;
  /** Another conversation of the same two hosts that does decrypt; null where there is none. */
  readonly decryptingSibling: string | null;
  /** Conversations that one of the loaded keys opens. */
  readonly opensElsewhere: readonly { readonly key: string; readonly conversation: string }[];
  /** Holes in the conversation's streams. */
  readonly holes: readonly Hole[];
  /** The record in question, where there is one. */
  readonly record: {
    readonly frame: number;
    readonly from: 'client' | 'server';
    readonly length: number;
    readonly lost: number;
    readonly captured: number;
    readonly original: number;
    readonly sequence: number;
  } | null;
}
