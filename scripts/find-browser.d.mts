/** How it runs here: without a sandbox, since also as root, without a GPU, and reaching out to nobody. */
export const BROWSER_FLAGS: string[];
/** Path of a Chromium, Chrome or Edge; SIPHER_BROWSER names another. null where there is none. */
export function findBrowser(): string | null;
