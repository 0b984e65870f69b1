/** The whole of what crosses between preload and main. */
export const REQUEST_CHANNEL = 'sipher:request';
export const PUSH_CHANNEL = 'sipher:push';
/** Preload alone uses it: a path that it got from the system, for a token. */
export const PATHS_CHANNEL = 'sipher:paths';

/** The page's own address: a scheme of ours, because file: pages may read other files. */
export const PAGE_SCHEME = 'app';
export const PAGE_ORIGIN = 'app://sipher';
