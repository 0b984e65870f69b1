/** The part of the contract that speaks of conversations: types only, see api.ts. */
import type { WhyPanel } from './api-frames.ts';
import type { RowOrder } from './api-order.ts';
import type { Finding, RichText } from './api.ts';
import type { CauseId, ConversationVerdictId, RecordVerdictId } from './verdict.ts';

export interface CertificateDetail {
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly publicKey: string;
  readonly signature: string;
  readonly sha256: string;
  readonly sha256OfPublicKey: string;
  readonly names: readonly string[];
  readonly frame: number;
  readonly pem: string;
}

export interface ConversationRow {
  readonly conversation: string;
  readonly transport: string;
  readonly protocol: string;
  readonly client: string;
  readonly server: string;
  readonly rolesAssumed: boolean;
  readonly firstFrame: number;
  readonly lastFrame: number;
  readonly frames: number;
  readonly start: string;
  readonly duration: number;
  readonly version: string | null;
  readonly cipherSuite: string | null;
  readonly serverName: string | null;
  readonly verdict: ConversationVerdictId;
  readonly cause: CauseId | null;
  readonly key: string | null;
  readonly decrypted: number;
  readonly opaque: number;
  readonly clear: number;
  readonly sipMessages: number;
}

/** The list as it is asked for; empty members do not filter. */
export interface ConversationListWish {
  readonly text: string;
  readonly verdicts: readonly ConversationVerdictId[];
  readonly order?: RowOrder<'conversations'> | null | undefined;
}

export interface ConversationWindow {
  readonly revision: number;
  readonly total: number;
  /** False as long as the rows stand as captured though another order was asked for. */
  readonly ordered: boolean;
  readonly from: number;
  readonly rows: readonly ConversationRow[];
}

/** One arrow or mark of a conversation's ladder. */
export interface LadderStep {
  readonly frame: number;
  readonly time: string;
  readonly relative: number;
  readonly from: 'client' | 'server' | 'both';
  readonly layer: 'tcp' | 'tls' | 'application' | 'mark';
  readonly label: string;
  readonly detail: string;
  readonly verdict: RecordVerdictId | 'gap' | 'retransmission' | 'failure' | 'plain';
  /** True where only decryption shows it. */
  readonly decrypted: boolean;
  readonly message: number | null;
}

export interface ConversationDetail {
  readonly row: ConversationRow;
  readonly headline: RichText;
  readonly keyExchange: string | null;
  readonly resumed: 'session-id' | 'ticket' | 'psk' | null;
  readonly certificates: readonly CertificateDetail[];
  readonly clientCertificates: readonly CertificateDetail[];
  readonly canBeDecryptedBy: readonly string[];
  readonly findings: readonly Finding[];
  readonly why: WhyPanel | null;
  readonly ladder: readonly LadderStep[];
  /** False where the ladder was cut at its bound of steps. */
  readonly ladderComplete: boolean;
}

export interface TimingStep {
  readonly label: string;
  readonly from: 'client' | 'server';
  readonly frame: number;
  /** Seconds since the first step, and since the step before. */
  readonly relative: number;
  readonly delay: number;
}

/** One handshake, as the place of the capture saw it. */
export interface HandshakeTiming {
  readonly resumed: boolean;
  /** Seconds from Client Hello to the last Finished; null where one of them is missing. */
  readonly duration: number | null;
  /** Seconds waited for each side. */
  readonly clientTime: number;
  readonly serverTime: number;
  readonly steps: readonly TimingStep[];
  readonly sentence: RichText;
}

/** One fact of two conversations side by side; null where a side does not have it. */
export interface CompareRow {
  readonly section: string;
  readonly field: string;
  readonly left: string | null;
  readonly right: string | null;
  readonly leftFrame: number | null;
  readonly rightFrame: number | null;
  readonly same: boolean;
  /** Whether the difference can have to do with the outcome, judged by rule. */
  readonly matters: 'yes' | 'maybe' | 'no';
  /** The rule in words; empty where it says nothing. */
  readonly why: string;
}

export interface Comparison {
  readonly left: ConversationRow;
  readonly right: ConversationRow;
  readonly sentence: RichText;
  /** Differences that matter first, equal rows last. */
  readonly rows: readonly CompareRow[];
}

export interface ConversationRequests {
  'conversations.window': {
    readonly params: ConversationListWish & { readonly from: number; readonly count: number };
    readonly result: ConversationWindow;
  };
  /** The row at which a conversation stands in the list; null where the filter hides it. */
  'conversations.rowOf': {
    readonly params: ConversationListWish & { readonly conversation: string };
    readonly result: number | null;
  };
  'conversation.detail': {
    readonly params: { readonly conversation: string };
    readonly result: ConversationDetail;
  };
  /** One entry a handshake of the conversation, in order. */
  'conversation.timing': {
    readonly params: { readonly conversation: string };
    readonly result: readonly HandshakeTiming[];
  };
  'conversations.compare': {
    readonly params: { readonly left: string; readonly right: string };
    readonly result: Comparison;
  };
  /** The ladder to keep: as text in the manner of ssldump, or as an SVG image. */
  'conversation.ladder': {
    readonly params: { readonly conversation: string; readonly as: 'text' | 'svg' };
    readonly result: { readonly text: string };
  };
  /** All that can be read of both directions, in order, as text. Cut at `limit` characters. */
  'conversation.text': {
    readonly params: { readonly conversation: string; readonly limit: number };
    readonly result: { readonly text: string; readonly complete: boolean };
  };
  /** What the conversation's TLS did, in the terms of Wireshark's debug log. Never a secret. */
  'conversation.debug-log': {
    readonly params: { readonly conversation: string };
    readonly result: { readonly text: string; readonly complete: boolean };
  };
}
