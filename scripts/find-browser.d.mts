/** Path of a Chromium, Chrome or Edge; SIPHER_BROWSER names another. null where there is none. */
export function findBrowser(): string | null;
