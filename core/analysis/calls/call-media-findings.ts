import type { MediaStreamRow } from '../../api-calls.ts';
import type { Finding, RichText } from '../../api.ts';
import { toFinding } from '../../diagnosis/findings.ts';
import { frameLink, rich } from '../../diagnosis/rich-text.ts';
import type { Severity } from '../../verdict.ts';

/** What is remarked of the streams of a call. */
export function findInMedia(rows: readonly MediaStreamRow[]): Finding[] {
  return rows.flatMap((row) => {
    const found: Finding[] = [];
    const add = (
      id: string,
      severity: Severity,
      sentence: RichText,
      confidence: Finding['confidence'] = 'certain',
    ): void => {
      const finding = { severity, sentence, frames: [row.firstFrame], fix: '', confidence };
      found.push(toFinding(id, finding, row.conversation));
    };
    const stream = rich`${row.type === '' ? 'Media' : `The ${row.type}`} from ${row.source} to ${row.destination} (from ${frameLink(row.firstFrame)} on)`;
    const lost = row.expected === 0 ? 0 : row.lost / row.expected;
    if (lost > NOTABLE_LOSS)
      add(
        'media-loss',
        lost > HEAVY_LOSS ? 'error' : 'warning',
        rich`${stream} lost ${row.lost} of ${row.expected} packets (${(lost * 100).toFixed(1)} %).`,
      );
    if (row.failed > 0)
      add(
        'media-not-authentic',
        'warning',
        rich`${stream}: the tag of ${row.failed} packets does not fit the key.`,
      );
    else if (row.protection !== 'none' && row.authenticated === 0 && row.srtp.length > 0)
      add('media-locked', 'note', rich`${stream} cannot be opened. ${row.srtp}`, 'likely');
    for (const remark of row.remarks) add('media-remark', 'warning', rich`${stream}: ${remark}`);
    return found;
  });
}

/** Shares of packets: what can be heard, and what cannot be understood. */
const NOTABLE_LOSS = 0.01;
const HEAVY_LOSS = 0.05;
