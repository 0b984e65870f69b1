/** The part of the contract that speaks of frames, their records and the messages in them: types only, see api.ts. */
import type { RowOrder } from './api-order.ts';
import type { RichText } from './api.ts';
import type { CauseId, DecoderState, FrameVerdictId, RecordVerdictId, StateFlag } from './verdict.ts';

export interface FrameRow {
  readonly frame: number;
  /** Seconds since the first frame, and the absolute time as "seconds.nanoseconds" since 1970 UTC. */
  readonly relative: number;
  readonly time: string;
  /** Seconds since the row above it in the list; null in the first row, and where no list was asked for. */
  readonly delta: number | null;
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
  /** False as long as the rows stand as captured, or as before, though another order was asked for: it is being made. */
  readonly ordered: boolean;
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

export interface FrameRequests {
  /** `from` and `count` are rows of the filtered list in its order; count at most 1000. */
  'frames.window': {
    readonly params: {
      readonly filter: FrameFilter;
      readonly order?: RowOrder<'frames'> | null | undefined;
      readonly from: number;
      readonly count: number;
    };
    readonly result: FrameWindow;
  };
  /** The row at which a frame stands in the list; null where the filter hides it. */
  'frames.rowOf': {
    readonly params: {
      readonly filter: FrameFilter;
      readonly order?: RowOrder<'frames'> | null | undefined;
      readonly frame: number;
    };
    readonly result: number | null;
  };
  'frame.detail': { readonly params: { readonly frame: number }; readonly result: FrameDetail };
  'record.plaintext': {
    readonly params: { readonly record: number };
    readonly result: { readonly bytes: string; readonly authenticated: boolean };
  };
  'sip.window': {
    readonly params: {
      readonly text: string;
      readonly order?: RowOrder<'sip'> | null | undefined;
      readonly from: number;
      readonly count: number;
    };
    readonly result: {
      readonly total: number;
      readonly ordered: boolean;
      readonly from: number;
      readonly rows: readonly SipMessageRow[];
    };
  };
  'sip.text': { readonly params: { readonly message: number }; readonly result: { readonly text: string } };
}
