/**
 * The one contract between a host (Electron's main process, the browser host, a worker) and the page.
 * Plain data only: all of it survives structured cloning and JSON. Bytes travel as base64 text.
 * No private key, password or secret is a member of any type here.
 */
import type { CallRequests, ExportRequests } from './api-calls.ts';
import type {
  CauseId,
  ConversationVerdictId,
  DecoderState,
  FrameVerdictId,
  RecordVerdictId,
  Severity,
  StateFlag,
} from './verdict.ts';

/** Who hosts the page, and what it can do for it. */
export interface HostInfo {
  readonly version: string;
  readonly host: 'electron' | 'browser';
  readonly platform: string;
  /** True where the host shows native open dialogs (Electron); else the page uploads what the user chose. */
  readonly nativeDialogs: boolean;
  /** Why this is not the desktop app, where the browser host was a fallback. */
  readonly fallbackReason: string | null;
}

/** Where the analysis stands. Pushed at most ten times a second while anything changes. */
export interface CaptureStatus {
  /** 0 where no capture is open; a new number for each capture set opened. */
  readonly capture: number;
  readonly phase: 'empty' | 'reading' | 'opening' | 'done' | 'cancelled' | 'failed';
  /** File names without folders. */
  readonly files: readonly string[];
  readonly bytesRead: number;
  /** null where the size is not known (standard input). */
  readonly bytesTotal: number | null;
  readonly frames: number;
  readonly conversations: number;
  readonly sipMessages: number;
  /** Changes whenever any verdict may have changed (a key was added): rows on the screen are to be asked for again. */
  readonly revision: number;
  readonly verdicts: Readonly<Record<FrameVerdictId, number>>;
  /** Sentences for people: damage with its byte offset, what was skipped. */
  readonly warnings: readonly string[];
  /** Set in phase `failed`: one clear sentence. */
  readonly error: string | null;
  /** The capture in one sentence: what would decrypt what. Empty until known. */
  readonly summary: string;
}

export interface FrameRow {
  readonly frame: number;
  /** Seconds since the first frame, and the absolute time as "seconds.nanoseconds" since 1970 UTC. */
  readonly relative: number;
  readonly time: string;
  readonly source: string;
  readonly destination: string;
  readonly conversation: string | null;
  readonly protocol: string;
  readonly length: number;
  readonly verdict: FrameVerdictId;
  readonly cause: CauseId | null;
  readonly state: number | null;
  readonly decoder: DecoderState | null;
  readonly info: string;
}

/** What a list shows: text is matched on what the row shows and in decrypted SIP; empty members do not filter. */
export interface FrameFilter {
  readonly text: string;
  readonly verdicts: readonly FrameVerdictId[];
  readonly conversation: string | null;
}

export interface FrameWindow {
  readonly revision: number;
  /** Rows that the filter lets through so far; complete once `settled`. */
  readonly total: number;
  readonly settled: boolean;
  readonly from: number;
  readonly rows: readonly FrameRow[];
}

export interface RecordDetail {
  readonly record: number;
  readonly type: string;
  readonly innerType: string | null;
  readonly version: string;
  readonly length: number;
  readonly from: 'client' | 'server';
  readonly frames: readonly number[];
  readonly verdict: RecordVerdictId;
  readonly cause: CauseId | null;
  readonly otherCauses: readonly CauseId[];
  readonly state: number;
  readonly decoder: DecoderState;
  /** In words: suite, sequence number, key or key log line used, MAC or tag ok. */
  readonly decoderWords: string;
  readonly cipherSuite: string | null;
  readonly sequence: number | null;
  /** The source of the key: a file, or a file and a line. Never the key. */
  readonly key: string | null;
  readonly epoch: number | null;
  readonly resynchronised: number | null;
  readonly authenticated: boolean | null;
  /** What it holds, in words ("Client Hello", "Alert: fatal, unknown_ca"). */
  readonly content: string;
  /** Where its header and body lie in the frame in which it ends: offset and length in that frame; may be several. */
  readonly bytesInFrame: readonly { readonly offset: number; readonly length: number }[];
  readonly hasPlaintext: boolean;
}

/** One node of a protocol tree. `offset` and `length` are bytes of the frame, or of the plaintext of `record` where given. */
export interface TreeNode {
  readonly label: string;
  readonly offset: number | null;
  readonly length: number | null;
  readonly record: number | null;
  readonly children: readonly TreeNode[];
}

/** A sentence in which frame numbers and conversations can be links. */
export type RichText = readonly (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'frame'; readonly frame: number }
  | { readonly kind: 'conversation'; readonly conversation: string }
  | { readonly kind: 'term'; readonly text: string; readonly meaning: string }
)[];

export interface WhyPanel {
  readonly verdict: FrameVerdictId;
  readonly cause: CauseId | null;
  readonly otherCauses: readonly CauseId[];
  readonly title: string;
  readonly what: RichText;
  readonly proof: readonly RichText[];
  readonly fixNow: readonly RichText[];
  readonly fixNext: readonly RichText[];
  readonly checklist: readonly {
    readonly item: string;
    readonly status: 'present' | 'missing' | 'not-needed' | 'unknown';
    readonly frame: number | null;
    readonly note: RichText;
  }[];
  readonly state: {
    readonly mask: number;
    readonly bits: readonly {
      readonly flag: StateFlag;
      readonly value: number;
      readonly set: boolean;
      readonly meaning: string;
    }[];
  } | null;
}

export interface SipMessageRow {
  readonly message: number;
  readonly frame: number;
  readonly time: string;
  readonly conversation: string | null;
  readonly source: string;
  readonly destination: string;
  readonly startLine: string;
  readonly callId: string;
  readonly cseq: string;
  readonly decrypted: boolean;
}

export interface FrameDetail {
  readonly row: FrameRow;
  readonly file: string;
  readonly frameInFile: number;
  readonly captured: number;
  readonly completedIn: number | null;
  readonly duplicateOf: number | null;
  readonly tree: readonly TreeNode[];
  readonly records: readonly RecordDetail[];
  readonly sip: readonly { readonly message: SipMessageRow; readonly text: string }[];
  readonly why: WhyPanel;
  readonly bytes: string;
}

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

export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  readonly sentence: string;
  readonly rich: RichText;
  readonly frames: readonly number[];
  readonly fix: string;
  readonly confidence: 'certain' | 'likely' | 'possible';
  readonly conversation: string | null;
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

export interface ConversationWindow {
  readonly revision: number;
  readonly total: number;
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

/** What a file or pasted text of keys is, and what came of it. */
export interface KeyRow {
  readonly key: number;
  /** File name without folders, or "pasted text". */
  readonly name: string;
  readonly kind:
    | 'rsa-private-key'
    | 'ec-private-key'
    | 'ed25519-private-key'
    | 'other-private-key'
    | 'certificate'
    | 'csr'
    | 'public-key'
    | 'keylog'
    | 'psk'
    | 'locked'
    | 'unknown';
  readonly format: string;
  readonly encrypted: boolean;
  readonly usable: boolean;
  readonly bits: number | null;
  readonly sha256OfPublicKey: string | null;
  readonly subject: string | null;
  readonly notAfter: string | null;
  /** Key logs: how many lines, how many used in this capture. */
  readonly lines: number | null;
  readonly linesUsed: number | null;
  /** How many conversations it opens now; those whose server certificate it matches. */
  readonly opens: number;
  readonly matches: number;
  readonly problem: string | null;
}

export interface AddKeysOutcome {
  readonly keys: readonly KeyRow[];
  readonly added: number;
  /** One sentence a file that gave nothing: what it is and what is needed. */
  readonly problems: readonly string[];
}

/** How a loaded key stands to the connections of the capture: ids of conversations. */
export interface KeyRole {
  readonly key: number;
  readonly opens: readonly string[];
  /** It is the server's key, but something else is missing. */
  readonly lacking: readonly string[];
  /** Its host is the server, but the key only signed there: forward secrecy, TLS 1.3, a resumed session. */
  readonly onlySigned: readonly string[];
  /** Its host is the client: it never can. */
  readonly asClient: readonly string[];
  readonly sentence: RichText;
}

/** Conversations that need the same thing, whatever keys are loaded. */
export interface NeedGroup {
  /** "the private key of CN=pbx.example", "a key log", … */
  readonly need: string;
  readonly conversations: readonly string[];
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

/** Requests by name: what the page sends and what it gets. A host that cannot answer rejects with ApiError. */
export interface Requests extends CallRequests, ExportRequests {
  'host.info': { readonly params: null; readonly result: HostInfo };
  /** Native dialog (Electron only); null where cancelled. */
  'capture.choose': { readonly params: null; readonly result: CaptureStatus | null };
  /** Files dropped on the window, by the host's tokens for them (paths never cross from the page as free text in the browser host). */
  'capture.open': { readonly params: { readonly paths: readonly string[] }; readonly result: CaptureStatus };
  'capture.openSample': { readonly params: null; readonly result: CaptureStatus };
  'capture.cancel': { readonly params: null; readonly result: CaptureStatus };
  'capture.close': { readonly params: null; readonly result: CaptureStatus };
  'capture.status': { readonly params: null; readonly result: CaptureStatus };
  'capture.findings': { readonly params: null; readonly result: readonly Finding[] };
  /** What would decrypt what, before any key is given. */
  'capture.needs': { readonly params: null; readonly result: readonly NeedGroup[] };
  /** `from` and `count` are rows of the filtered list; count at most 1000. */
  'frames.window': {
    readonly params: { readonly filter: FrameFilter; readonly from: number; readonly count: number };
    readonly result: FrameWindow;
  };
  /** The row at which a frame stands in the filtered list; null where the filter hides it. */
  'frames.rowOf': {
    readonly params: { readonly filter: FrameFilter; readonly frame: number };
    readonly result: number | null;
  };
  'frame.detail': { readonly params: { readonly frame: number }; readonly result: FrameDetail };
  'record.plaintext': {
    readonly params: { readonly record: number };
    readonly result: { readonly bytes: string; readonly authenticated: boolean };
  };
  'conversations.window': {
    readonly params: {
      readonly text: string;
      readonly verdicts: readonly ConversationVerdictId[];
      readonly from: number;
      readonly count: number;
    };
    readonly result: ConversationWindow;
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
  'sip.window': {
    readonly params: { readonly text: string; readonly from: number; readonly count: number };
    readonly result: {
      readonly total: number;
      readonly from: number;
      readonly rows: readonly SipMessageRow[];
    };
  };
  'sip.text': { readonly params: { readonly message: number }; readonly result: { readonly text: string } };
  'keys.roles': { readonly params: null; readonly result: readonly KeyRole[] };
  'keys.list': { readonly params: null; readonly result: readonly KeyRow[] };
  /** Native dialog (Electron only); null where cancelled. */
  'keys.choose': { readonly params: null; readonly result: AddKeysOutcome | null };
  'keys.addPaths': {
    readonly params: { readonly paths: readonly string[] };
    readonly result: AddKeysOutcome;
  };
  /** Pasted text, or a file that the page read (base64). */
  'keys.addBytes': {
    readonly params: { readonly name: string; readonly bytes: string };
    readonly result: AddKeysOutcome;
  };
  /** Sent once; never kept by the page. */
  'keys.unlock': {
    readonly params: { readonly key: number; readonly password: string };
    readonly result: AddKeysOutcome;
  };
  'keys.remove': { readonly params: { readonly key: number }; readonly result: readonly KeyRow[] };
}

export type RequestName = keyof Requests;

/** What a host pushes without being asked. */
export interface Pushes {
  status: CaptureStatus;
  keys: readonly KeyRow[];
  /** A menu item or shortcut of the host's that the page carries out. */
  command: { readonly command: Command };
}

export type PushName = keyof Pushes;

export const COMMANDS = [
  'open-capture',
  'open-sample',
  'close-capture',
  'add-keys',
  'export',
  'find',
  'go-to-frame',
  'show-calls',
  'show-frames',
  'show-conversations',
  'show-sip',
  'show-findings',
  'show-keys',
  'toggle-theme',
  'show-shortcuts',
] as const;
export type Command = (typeof COMMANDS)[number];

/** Why a request was not answered: one clear sentence for people, without secrets. */
export interface ApiError {
  readonly code:
    'bad-request' | 'not-found' | 'unreadable' | 'unsupported-by-host' | 'cancelled' | 'internal';
  readonly message: string;
}

/** What every host offers, and all that the page uses. */
export interface SipherApi {
  request<N extends RequestName>(name: N, params: Requests[N]['params']): Promise<Requests[N]['result']>;
  /** Returns the function that ends the subscription. */
  subscribe<N extends PushName>(name: N, listener: (value: Pushes[N]) => void): () => void;
}
