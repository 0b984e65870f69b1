import type { MediaStreamRow } from '../../../core/api-calls.ts';
import { formatCount } from '../../model/format.ts';

export const PROTECTION_WORDS: Readonly<Record<MediaStreamRow['protection'], string>> = {
  none: 'none (RTP)',
  sdes: 'SRTP, keys in SDP',
  'dtls-srtp': 'SRTP, DTLS',
  unknown: 'unknown',
};

/** How a stream can be heard: the tone of its row. */
export function toneOfStream(row: MediaStreamRow): string {
  if (isShut(row)) return 'tone-opaque';
  if (row.protection === 'sdes' || row.protection === 'dtls-srtp') return 'tone-decrypted';
  return 'tone-clear';
}

export const STREAM_TONES: readonly string[] = ['tone-opaque', 'tone-decrypted', 'tone-clear'];

export function wordOfStream(row: MediaStreamRow): string {
  if (row.protection === 'unknown') return isShut(row) ? 'Seems encrypted' : 'Unknown';
  if (isShut(row)) return 'Encrypted';
  return row.protection === 'none' ? 'In clear' : 'Decrypted';
}

/** Protected, or so it seems, and not one packet's tag fits: it stays shut. */
function isShut({ protection, authenticated, srtp }: MediaStreamRow): boolean {
  if (protection === 'unknown') return srtp.length > 0;
  return protection !== 'none' && authenticated === 0;
}

/** "12 (1.4 %)". */
export function formatLoss({ lost, expected }: MediaStreamRow): string {
  if (lost === 0) return '0';
  const share = expected === 0 ? '' : ` (${((lost / expected) * 100).toFixed(1)} %)`;
  return `${formatCount(lost)}${share}`;
}

export function formatMilliseconds(milliseconds: number): string {
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}

/** A MOS in words, in the bands of ITU-T G.107 Annex B. */
export function wordOfMos(mos: number): string {
  if (mos >= 4.34) return 'very good';
  if (mos >= 4.03) return 'good';
  if (mos >= 3.6) return 'fair';
  return mos >= 3.1 ? 'poor' : 'bad';
}

export function formatMos(mos: number | null): string {
  return mos === null ? '' : `${mos.toFixed(1)} ${wordOfMos(mos)}`;
}
