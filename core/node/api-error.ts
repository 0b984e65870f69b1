import type { ApiError } from '../api.ts';

/** An ApiError is thrown as it is: it crosses to the page by value. */
export function apiError(code: ApiError['code'], message: string): ApiError & Error {
  return Object.assign(new Error(message), { code });
}

/** What was asked for; rejects with `sentence` where there is none. */
export function found<T>(value: T | null | undefined, sentence: string): T {
  if (value === null || value === undefined) throw apiError('not-found', sentence);
  return value;
}
