import type { CallDetail, MediaStreamRow } from '../api-calls.ts';
import type { Comparison, ConversationRow, Finding, NeedGroup, WhyPanel } from '../api.ts';
import type { ExportedMessage } from './exported.ts';
import type { ReplacedKind } from './replacements.ts';

export interface ReportFact {
  readonly label: string;
  readonly value: string;
}

/** One conversation as the report tells it. */
export interface ConversationStory {
  readonly row: ConversationRow;
  /** Why it, or a part of it, stays encrypted; null where there is nothing to say. */
  readonly why: WhyPanel | null;
  readonly certificates: readonly {
    readonly subject: string;
    readonly issuer: string;
    readonly notBefore: string;
    readonly notAfter: string;
    readonly sha256: string;
  }[];
  /** An SVG image of our own; empty where it is not drawn. */
  readonly ladder: string;
}

/** A list that was cut at its bound. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly leftOut: number;
}

/** All that a case report tells. It holds no key, password or session secret; the messages can hold keys of media. */
export interface CaseReport {
  /** "Sipher 0.1.0". */
  readonly program: string;
  /** When it was made, for people; empty where the host does not say. */
  readonly made: string;
  readonly asked: readonly ReportFact[];
  /** What the file holds, one sentence each. */
  readonly holds: readonly string[];
  readonly summary: string;
  readonly facts: readonly ReportFact[];
  readonly warnings: readonly string[];
  readonly verdicts: readonly { readonly verdict: string; readonly frames: number }[];
  readonly needs: readonly NeedGroup[];
  readonly findings: Listed<Finding>;
  readonly comparison: Comparison | null;
  readonly calls: Listed<{ readonly detail: CallDetail; readonly ladder: string }>;
  readonly streams: Listed<MediaStreamRow>;
  readonly conversations: Listed<ConversationStory>;
  readonly messages: Listed<ExportedMessage>;
}

/** What a report says of its own redaction. */
export interface ReportRedaction {
  readonly replaced: readonly { readonly kind: ReplacedKind; readonly count: number }[];
}
