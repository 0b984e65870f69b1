import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Decides whose requests are the user's own. Other users of the machine, pages on other ports of it and pages anywhere
 * that rebind a name to 127.0.0.1 can all reach a loopback port.
 */
export interface Gate {
  /** One-time token for the URL that is printed. */
  readonly token: string;
  /** Exchanges the token for a cookie, once; null where it is not the token or was used. The value of Set-Cookie. */
  exchange(token: string): string | null;
  /** Whether the request names this host as its own and comes from a page of ours. Asked of every request. */
  isOurs(request: IncomingMessage): boolean;
  /** Whether the request carries the cookie. */
  isSignedIn(request: IncomingMessage): boolean;
}

/** `port` is where we listen; a tunnel (`ssh -L`) may show the page another one, so only the name in Host is ours. */
export function createGate(port: number): Gate {
  const token = randomBytes(32).toString('base64url');
  const secret = randomBytes(32).toString('base64url');
  // Cookies ignore ports: two hosts at once must not overwrite each other's.
  const cookie = `sipher-${port}`;
  let used = false;
  return {
    token,
    exchange(given) {
      if (used || !isSame(given, token)) return null;
      used = true;
      return `${cookie}=${secret}; Path=/; HttpOnly; SameSite=Strict`;
    },
    isOurs(request) {
      const host = request.headers.host;
      if (host === undefined || !LOOPBACK.test(host)) return false;
      const origin = request.headers.origin;
      // A browser sends Origin with all that can change something, and with every WebSocket.
      if (origin === undefined)
        return request.method === 'GET' && request.headers.upgrade === undefined && comesAlone(request);
      return origin === `http://${host}`;
    },
    isSignedIn: (request) => isSame(cookieOf(request, cookie), secret),
  };
}

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/;

/** A page on another local port is "same-site" to a browser: scripts and images that it embeds from us are not ours. */
function comesAlone(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return true;
  // The link was followed from elsewhere (a web terminal): only the start page opens so, and it needs the token.
  return request.headers['sec-fetch-mode'] === 'navigate' && request.headers['sec-fetch-dest'] === 'document';
}

function cookieOf(request: IncomingMessage, name: string): string {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=');
    if (key === name) return value ?? '';
  }
  return '';
}

function isSame(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}
