import type { Hole } from '../../diagnosis/hole.ts';
import type { Analysis } from '../analysis.ts';

/** What is missing of a conversation's streams, in order of discovery. */
export function holesOf(analysis: Analysis, conversation: number): Hole[] {
  const { gaps } = analysis.structure;
  const { client } = analysis.rolesOf(conversation);
  return analysis.gapRows(conversation).map((row) => ({
    from: gaps.direction.read(row) === client ? 'client' : 'server',
    bytes: gaps.size.read(row),
    chunks: gaps.chunks.read(row),
    snapped: gaps.reason.read(row) === 2,
    before: gaps.before.read(row),
    after: gaps.after.read(row),
  }));
}
