/**
 * The one contract between a host (Electron's main process, the browser host, a worker) and the page; its parts, a file
 * per subject, stand beside it as api-*.ts.
 * Plain data only: all of it survives structured cloning and JSON. Bytes travel as base64 text.
 * No private key, password or secret is a member of any type here.
 */
import type { CallRequests } from './api-calls.ts';
import type { ConversationRequests } from './api-conversations.ts';
import type { ExportRequests } from './api-export.ts';
import type { FrameRequests } from './api-frames.ts';
import type { KeyRequests, KeyRow } from './api-keys.ts';
import type { FrameVerdictId, Severity } from './verdict.ts';

export type {
  CertificateDetail,
  CompareRow,
  Comparison,
  ConversationDetail,
  ConversationRow,
  ConversationWindow,
  HandshakeTiming,
  LadderStep,
  TimingStep,
} from './api-conversations.ts';
export type {
  FrameDetail,
  FrameFilter,
  FrameRow,
  FrameWindow,
  RecordDetail,
  SipMessageRow,
  TreeNode,
  WhyPanel,
} from './api-frames.ts';
export type { AddKeysOutcome, KeyRole, KeyRow } from './api-keys.ts';

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
  /** Changes whenever any verdict may have changed (a key was added): what was numbered or selected by it is numbered anew. */
  readonly revision: number;
  /** Changes with it, and whenever rows are told more exactly than before (SRTP where RTP stood): they are to be asked for again. */
  readonly told: number;
  readonly verdicts: Readonly<Record<FrameVerdictId, number>>;
  /** Sentences for people: damage with its byte offset, what was skipped. */
  readonly warnings: readonly string[];
  /** Set in phase `failed`: one clear sentence. */
  readonly error: string | null;
  /** The capture in one sentence: what would decrypt what. Empty until known. */
  readonly summary: string;
}

/** A sentence in which frame numbers and conversations can be links. */
export type RichText = readonly (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'frame'; readonly frame: number }
  | { readonly kind: 'conversation'; readonly conversation: string }
  | { readonly kind: 'term'; readonly text: string; readonly meaning: string }
)[];

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

/** Conversations that need the same thing, whatever keys are loaded. */
export interface NeedGroup {
  /** "the private key of CN=pbx.example", "a key log", … */
  readonly need: string;
  readonly conversations: readonly string[];
}

/** Requests by name: what the page sends and what it gets. A host that cannot answer rejects with ApiError. */
export interface Requests
  extends CallRequests, ConversationRequests, ExportRequests, FrameRequests, KeyRequests {
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
