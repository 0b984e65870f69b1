import { formatCount } from './format.ts';

/** A SIP URI as people say it: without its scheme and parameters. What is no URI stays as it is. */
export function formatParty(uri: string): string {
  const bare = uri.trim().replace(/^</, '').replace(/>.*$/, '');
  const found = /^(?:sips?|tel):([^;?]+)/i.exec(bare);
  return found?.[1] ?? bare;
}

/** "486 Busy Here"; empty where nobody answered finally. */
export function formatFinal(status: number, reason: string): string {
  return status === 0 ? '' : `${status} ${reason}`.trim();
}

/** A span of time in a column; empty where one end was not seen. */
export function formatSpan(seconds: number | null, format: (seconds: number) => string): string {
  return seconds === null ? '' : format(seconds);
}

/** "12 / 14": messages that came out of encryption, of all. "14 clear" where none did. */
export function formatDecrypted(decrypted: number, messages: number): string {
  if (messages === 0) return '';
  return decrypted === 0
    ? `${formatCount(messages)} clear`
    : `${formatCount(decrypted)} / ${formatCount(messages)}`;
}
