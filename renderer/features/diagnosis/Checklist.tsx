import type { ReactNode } from 'react';
import type { WhyPanel } from '../../../core/api.ts';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { FrameLink } from './links.tsx';
import { RichSentence } from './RichSentence.tsx';

type Status = WhyPanel['checklist'][number]['status'];

const SIGNS: Readonly<Record<Status, { readonly icon: IconName; readonly word: string }>> = {
  present: { icon: 'check', word: 'present' },
  missing: { icon: 'cross', word: 'missing' },
  'not-needed': { icon: 'minus', word: 'not needed' },
  unknown: { icon: 'question', word: 'not known' },
};

/** What decryption needs, item by item: there, and in which frame, or missing. */
export function Checklist({ items }: { items: WhyPanel['checklist'] }): ReactNode {
  return (
    <ul className="checklist">
      {items.map(({ item, status, frame, note }) => (
        <li key={item} className={`check-${status}`}>
          <Icon name={SIGNS[status].icon} size={14} label={SIGNS[status].word} />
          <span className="check-item">{item}</span>
          <span className="check-where">
            {frame === null ? status === 'missing' ? 'missing' : '' : <FrameLink frame={frame} />}
          </span>
          {note.length === 0 ? null : (
            <span className="check-note">
              <RichSentence text={note} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
