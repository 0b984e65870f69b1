import {
  FRAME_AWAITING,
  FRAME_DUPLICATE,
  FRAME_MALFORMED,
  FRAME_TLS,
  type FrameTable,
} from '../../store/frame-table.ts';
import {
  type RecordTable,
  VERDICT_CLEAR,
  VERDICT_DECRYPTED,
  VERDICT_OPAQUE,
} from '../../store/record-table.ts';
import {
  CAUSE_IDS,
  type CauseId,
  causeCode,
  causeOfCode,
  FRAME_VERDICTS,
  type FrameVerdictId,
} from '../../verdict.ts';

/** Column code of a frame verdict: its index in FRAME_VERDICTS. */
export function frameVerdictOf(code: number): FrameVerdictId {
  return FRAME_VERDICTS[code] ?? 'not-tls';
}

/**
 * Writes verdict and cause of the frames [from, to) (rows) from the records that are complete in them
 * (contract, `frames --json`). A frame that repeats another takes over what that one has.
 */
export function projectFrames(
  frames: FrameTable,
  records: RecordTable,
  causesOf: (record: number) => readonly CauseId[],
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row += 1) {
    const flags = frames.flags.read(row);
    if ((flags & FRAME_DUPLICATE) !== 0) {
      const original = frames.link.read(row) - 1;
      if (original >= 0 && original < row) {
        frames.verdict.write(row, frames.verdict.read(original));
        frames.cause.write(row, frames.cause.read(original));
        continue;
      }
    }
    projectFrame(frames, records, causesOf, row, flags);
  }
}

function projectFrame(
  frames: FrameTable,
  records: RecordTable,
  causesOf: (record: number) => readonly CauseId[],
  row: number,
  flags: number,
): void {
  let seen = 0;
  let cause: CauseId | null = null;
  for (let next = frames.firstRecord.read(row); next !== 0; next = records.next.read(next - 1)) {
    const record = next - 1;
    const verdict = records.verdict.read(record);
    seen |= 1 << verdict;
    if (verdict !== VERDICT_OPAQUE) continue;
    const first = causesOf(record)[0] ?? null;
    if (first !== null && (cause === null || CAUSE_IDS.indexOf(first) < CAUSE_IDS.indexOf(cause)))
      cause = first;
  }
  frames.cause.write(row, causeCode(cause));
  frames.verdict.write(row, verdictCode(seen, flags));
}

function verdictCode(seen: number, flags: number): number {
  const opaque = (seen & (1 << VERDICT_OPAQUE)) !== 0;
  const decrypted = (seen & (1 << VERDICT_DECRYPTED)) !== 0;
  const clear = (seen & (1 << VERDICT_CLEAR)) !== 0;
  if (opaque && decrypted) return FRAME_VERDICTS.indexOf('partly-decrypted');
  if (opaque) return FRAME_VERDICTS.indexOf('opaque');
  if (decrypted) return FRAME_VERDICTS.indexOf('decrypted');
  if (clear) return FRAME_VERDICTS.indexOf('clear');
  if ((flags & FRAME_MALFORMED) !== 0) return FRAME_VERDICTS.indexOf('malformed');
  if ((flags & FRAME_AWAITING) !== 0) return FRAME_VERDICTS.indexOf('awaiting');
  if ((flags & FRAME_TLS) !== 0) return FRAME_VERDICTS.indexOf('awaiting');
  return FRAME_VERDICTS.indexOf('not-tls');
}

export function causeOfFrame(frames: FrameTable, row: number): CauseId | null {
  return causeOfCode(frames.cause.read(row));
}
