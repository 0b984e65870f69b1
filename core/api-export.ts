/** The part of the contract that speaks of what is handed over: types only, see api.ts. */
import type { FrameFilter } from './api-frames.ts';

/** What is to be handed over. */
export type ExportScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'filtered'; readonly filter: FrameFilter }
  | { readonly kind: 'call'; readonly call: string }
  | { readonly kind: 'conversation'; readonly conversation: string };

/** In the order in which they are offered. */
export const EXPORT_FORMATS = [
  'report',
  'pcapng-with-secrets',
  'clear-pcapng',
  'keylog',
  'text',
  'ladder-svg',
  'ladder-text',
  'json',
  'csv',
] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportWish {
  readonly format: ExportFormat;
  readonly scope: ExportScope;
  readonly redact: boolean;
  /** Of a report: two conversations that it holds against each other. */
  readonly compare?: readonly [string, string] | null | undefined;
}

/** What a file would hold, said before it is written. */
export interface ExportPreview {
  readonly fileName: string;
  /** Which secrets it will hold, what it will not; one sentence each. */
  readonly sentences: readonly string[];
  readonly confidential: boolean;
  /** Why it cannot be made; empty where it can. */
  readonly problem: string;
}

export interface ExportRequests {
  'export.preview': { readonly params: ExportWish; readonly result: ExportPreview };
  /** Desktop: asks where and writes there; browser host: `url` is where the page fetches it, once. Null: cancelled. */
  'export.save': {
    readonly params: ExportWish;
    readonly result: { readonly url: string | null; readonly sentences: readonly string[] } | null;
  };
}
