import { chmodSync, closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

export interface ExportFileOptions {
  /** Replace a file that is there. */
  readonly force: boolean;
  /** For the user's eyes only (mode 0600): it holds what opens or was encrypted. */
  readonly confidential: boolean;
}

/** As writeExportFile, with a pause for others between slices. */
export async function writeExportFileInSlices(
  path: string,
  pieces: Iterable<Uint8Array>,
  options: ExportFileOptions,
  pause: () => Promise<unknown>,
): Promise<string | null> {
  const steps = writeSteps(path, pieces, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await pause();
  }
}

/**
 * Writes pieces to a file; a sentence where that fails. A file that is there stays as it is unless `force`, and then
 * until the new one is whole.
 */
export function writeExportFile(
  path: string,
  pieces: Iterable<Uint8Array>,
  options: ExportFileOptions,
): string | null {
  const steps = writeSteps(path, pieces, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Writes, and stops for a moment behind each slice. */
function* writeSteps(
  path: string,
  pieces: Iterable<Uint8Array>,
  options: ExportFileOptions,
): Generator<undefined, string | null> {
  const target = options.force ? `${path}.part` : path;
  let file: number;
  try {
    if (options.force) rmSync(target, { force: true });
    file = openSync(target, 'wx', options.confidential ? 0o600 : 0o666);
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (exists) return `${path} is there already. --force replaces it.`;
    return `${path} cannot be written: ${reasonNotWritten(error)}.`;
  }
  try {
    try {
      let slice = 0;
      let written = 0;
      for (const piece of pieces) {
        for (let at = 0; at < piece.length;) at += writeSync(file, piece, at, piece.length - at);
        slice += piece.length;
        written += 1;
        if (slice < SLICE && written < PIECES_AT_ONCE && piece.length > 0) continue;
        slice = 0;
        written = 0;
        yield;
      }
    } finally {
      closeSync(file);
    }
    if (options.confidential) chmodSync(target, 0o600);
    if (target !== path) renameSync(target, path);
    return null;
  } catch (error) {
    rmSync(target, { force: true });
    if (error instanceof Error && 'code' in error)
      return `${path} cannot be written: ${reasonNotWritten(error)}.`;
    throw error;
  }
}

/** Written between two stops; an empty piece is one as well. */
const SLICE = 1 << 18;
const PIECES_AT_ONCE = 50;

function reasonNotWritten(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
      return 'there is no such folder';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'this user may not write there';
    case 'EISDIR':
      return 'it is a folder';
    case 'ENOSPC':
      return 'there is no room left';
    default:
      return code === '' ? 'the system refused' : `the system answered ${code}`;
  }
}
