import type { ExportWish } from '../api-export.ts';
import type { ApiError, RequestName } from '../api.ts';
import type { Push } from '../transport.ts';
import type { KeySources } from './host/analysis-host.ts';

/** Host to analysis thread. Params were decoded by the host. */
export type DeskOrder =
  | { readonly kind: 'request'; readonly id: number; readonly name: RequestName; readonly params: never }
  | {
      readonly kind: 'open';
      readonly id: number;
      readonly paths: readonly string[];
      readonly keys: KeySources;
    }
  /** `path` null: it is fetched piece by piece. */
  | { readonly kind: 'export'; readonly id: number; readonly wish: ExportWish; readonly path: string | null }
  | { readonly kind: 'export-take'; readonly id: number; readonly export: number }
  | { readonly kind: 'export-end'; readonly id: number; readonly export: number }
  | { readonly kind: 'close'; readonly id: number };

/** Analysis thread to host. */
export type DeskMessage =
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ApiError }
  | { readonly kind: 'push'; readonly push: Push };
