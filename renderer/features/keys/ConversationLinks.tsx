import type { ReactNode } from 'react';
import { formatCount } from '../../model/format.ts';
import { ConversationLink } from '../diagnosis/links.tsx';

const SHOWN = 12;

/** Conversations as links; the first few of many. */
export function ConversationLinks({ ids }: { ids: readonly string[] }): ReactNode {
  return (
    <>
      {ids.slice(0, SHOWN).map((id, index) => (
        <span key={id}>
          {index === 0 ? '' : ', '}
          <ConversationLink conversation={id} />
        </span>
      ))}
      {ids.length > SHOWN ? ` and ${formatCount(ids.length - SHOWN)} more` : ''}
    </>
  );
}
