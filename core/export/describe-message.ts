import { formatAddress, formatEndpoint } from '../net/addresses.ts';
import type { ExportedEnd, ExportedMessage } from './exported.ts';

/** "10.0.0.5:5061". */
export function describeEnd(end: ExportedEnd): string {
  return formatEndpoint(formatAddress(end.ipVersion, end.words, 0), end.port);
}

/** "seconds.nanoseconds" since 1970 UTC, as in the frame list. */
export function describeTime(message: ExportedMessage): string {
  return `${message.seconds}.${String(message.nanoseconds).padStart(9, '0')}`;
}
