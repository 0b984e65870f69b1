import { randomBytes } from 'node:crypto';

/**
 * Stands between the page and the file system: the page names a file by a token that the host gave out for a file the
 * user chose, dropped or uploaded, never by a path.
 */
export interface PathTokens {
  /** The token for a path; the same one each time. */
  tokenFor(path: string): string;
  /** The path of a token; null for one that was never given out. */
  pathOf(token: string): string | null;
}

// A user drops tens of files, not thousands; the oldest are forgotten.
const MOST_TOKENS = 10_000;

export function createPathTokens(): PathTokens {
  const paths = new Map<string, string>();
  const tokens = new Map<string, string>();
  return {
    tokenFor(path) {
      const known = tokens.get(path);
      if (known !== undefined) return known;
      const token = randomBytes(16).toString('base64url');
      paths.set(token, path);
      tokens.set(path, token);
      const oldest = paths.entries().next();
      if (paths.size > MOST_TOKENS && oldest.done !== true) {
        paths.delete(oldest.value[0]);
        tokens.delete(oldest.value[1]);
      }
      return token;
    },
    pathOf: (token) => paths.get(token) ?? null,
  };
}
