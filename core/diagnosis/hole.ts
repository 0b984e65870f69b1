import type { RichText } from '../api.ts';
import { betweenFrames, rich } from './rich-text.ts';

/** What is missing of one direction of a conversation, in one place. */
export interface Hole {
  readonly from: 'client' | 'server';
  readonly bytes: number;
  /** SCTP: how many DATA chunks are missing, of which nobody knows how long they were; 0 where bytes are counted. */
  readonly chunks: number;
  readonly snapped: boolean;
  /** Frames next to it; 0 where there is none. */
  readonly before: number;
  readonly after: number;
}

/** "1460 bytes from the client are missing between frames 12 and 15." */
export function describeHole(hole: Hole): RichText {
  const are = hole.bytes + hole.chunks === 1 ? 'is' : 'are';
  return rich`${sizeOfHoles([hole])} from the ${hole.from} ${are} missing${betweenFrames(hole.before, hole.after)}.`;
}

/** "1460 bytes", "1 SCTP chunk", "1460 bytes and 2 SCTP chunks". */
export function sizeOfHoles(holes: readonly Pick<Hole, 'bytes' | 'chunks'>[]): string {
  const bytes = holes.reduce((sum, hole) => sum + hole.bytes, 0);
  const chunks = holes.reduce((sum, hole) => sum + hole.chunks, 0);
  const parts: string[] = [];
  if (bytes > 0 || chunks === 0) parts.push(`${bytes} bytes`);
  if (chunks > 0) parts.push(`${chunks} SCTP ${chunks === 1 ? 'chunk' : 'chunks'}`);
  return parts.join(' and ');
}
