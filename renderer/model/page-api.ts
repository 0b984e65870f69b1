import type { ApiError, SipherApi } from '../../core/api.ts';

/** The contract as the page uses it, and how files that the user dropped or chose cross to the host. */
export interface PageApi extends SipherApi {
  /**
   * Tokens for captures, for `capture.open`: Electron's for dropped files, the browser host's for uploads.
   * Rejects with ApiError.
   */
  stageCaptures(
    files: readonly File[],
    onProgress: (progress: UploadProgress) => void,
  ): Promise<readonly string[]>;
  /** Whether the host answers. Called at once with where it stands, then at each change. */
  watchConnection(listener: (connection: Connection) => void): () => void;
}

export interface UploadProgress {
  readonly name: string;
  readonly sent: number;
  readonly total: number;
}

export type Connection = 'connecting' | 'connected' | 'lost';

/** The sentence of whatever a request was rejected with. */
export function messageOf(error: unknown): string {
  if (isApiError(error)) return error.message;
  return error instanceof Error && error.message !== '' ? error.message : 'The request failed.';
}

/** True where the user ended it, which needs no message. */
export function wasCancelled(error: unknown): boolean {
  return isApiError(error) && error.code === 'cancelled';
}

/** True where what was asked for is not there any more. */
export function wasNotFound(error: unknown): boolean {
  return isApiError(error) && error.code === 'not-found';
}

function isApiError(error: unknown): error is ApiError {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    'message' in error &&
    typeof error.code === 'string' &&
    typeof error.message === 'string'
  );
}
