import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** One file of the page as it goes to the browser. */
export interface PageFile {
  readonly status: 200 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** What vite writes into index.html where the nonce of style elements belongs. */
const NONCE_PLACE = '__CSP_NONCE__';

/**
 * A file of the built page in `folder` for the path of a URL ("/" is index.html), under a policy that lets nothing in
 * from elsewhere. `connect` names where the page may connect to, beside its own origin.
 */
export async function readPageFile(folder: string, urlPath: string, connect = ''): Promise<PageFile> {
  const name = nameOf(urlPath);
  const type = name === null ? undefined : TYPES[extname(name)];
  if (name === null || type === undefined) return NOT_FOUND;
  try {
    const bytes = await readFile(join(folder, name));
    const nonce = randomBytes(16).toString('base64');
    const headers = {
      ...SECURITY_HEADERS,
      'Content-Type': type,
      'Content-Security-Policy': policyWith(nonce, connect),
    };
    const body = name.endsWith('.html')
      ? bytesOf(bytes.toString('utf8').replaceAll(NONCE_PLACE, nonce))
      : bytes;
    return { status: 200, headers, body: Uint8Array.from(body) };
  } catch {
    return NOT_FOUND;
  }
}

/** Sent with everything, so that no address with a token and no byte of a capture stays in a cache or a referrer. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const NOT_FOUND: PageFile = {
  status: 404,
  headers: { ...SECURITY_HEADERS, 'Content-Type': 'text/plain; charset=utf-8' },
  body: bytesOf('Not found\n'),
};

/** AG Grid writes style elements: they carry the nonce. Nothing else is inline, and nothing is evaluated. */
function policyWith(nonce: string, connect: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self' data:",
    // Sound that the page was given by its host, as a Blob.
    'media-src blob:',
    `connect-src 'self'${connect === '' ? '' : ` ${connect}`}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The relative name that a URL's path means; null for one that could leave the folder. */
function nameOf(urlPath: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.some((part) => part.startsWith('.') || /[\\:\0]/.test(part))) return null;
  return parts.length === 0 ? 'index.html' : parts.join('/');
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
