/**
 * Names of SIP headers (IANA, Session Initiation Protocol Parameters, 2026). Canonical is lower case and long.
 */

/** Compact forms (RFC 3261 §7.3.3 and the RFCs that added some). */
const COMPACT: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  n: 'identity-info',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity',
};

/** Headers whose value is a list separated by commas (RFC 3261 §7.3.1). */
const LISTS = new Set([
  'accept',
  'accept-contact',
  'accept-encoding',
  'accept-language',
  'alert-info',
  'allow',
  'allow-events',
  'call-info',
  'contact',
  'content-encoding',
  'content-language',
  'diversion',
  'error-info',
  'history-info',
  'in-reply-to',
  'p-asserted-identity',
  'p-associated-uri',
  'p-preferred-identity',
  'path',
  'proxy-require',
  'reason',
  'record-route',
  'reject-contact',
  'require',
  'route',
  'security-client',
  'security-server',
  'security-verify',
  'service-route',
  'supported',
  'unsupported',
  'via',
  'warning',
]);

/** Headers that may stand only once (RFC 3261 §20; §7.3.1 for what that means). */
export const SINGLE_HEADERS: ReadonlySet<string> = new Set([
  'call-id',
  'content-disposition',
  'content-length',
  'content-type',
  'cseq',
  'date',
  'event',
  'expires',
  'from',
  'max-forwards',
  'min-expires',
  'mime-version',
  'organization',
  'priority',
  'refer-to',
  'replaces',
  'reply-to',
  'retry-after',
  'server',
  'subject',
  'timestamp',
  'to',
  'user-agent',
]);

/** The lower-case long form of a header name as sent. */
export function canonicalHeaderName(name: string): string {
  const lower = name.toLowerCase();
  return lower.length === 1 ? (COMPACT[lower] ?? lower) : lower;
}

export function isListHeader(canonical: string): boolean {
  return LISTS.has(canonical);
}
