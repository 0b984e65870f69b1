import { CAUSE_IDS, type CauseId } from '../verdict.ts';

/** Causes of single records, whose own bytes are missing or wrong: no key and no setting changes that. */
const OF_ITS_OWN_BYTES: ReadonlySet<CauseId> = new Set<CauseId>([
  'snapped-short',
  'gap-in-stream',
  'record-incomplete',
  'mac-mismatch',
  'tag-mismatch',
  'bad-padding',
  'damaged-record',
]);

/**
 * The cause to speak of first where a conversation's records have several (cause to count of records): one that the user
 * can do something about, before what happened to single records. In the order of CAUSE_IDS; null where there is none.
 */
export function causeToTell(causes: Readonly<Record<string, number>>): CauseId | null {
  const found = CAUSE_IDS.filter((id) => (causes[id] ?? 0) > 0);
  return found.find((id) => !OF_ITS_OWN_BYTES.has(id)) ?? found[0] ?? null;
}
