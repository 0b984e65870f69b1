import type { ReactNode } from 'react';
import type { RichText } from '../../../core/api.ts';
import { Term } from '../../ui/Term.tsx';
import { ConversationLink, FrameLink } from './links.tsx';

/** A sentence whose frame numbers and conversations can be followed and whose terms are explained. Text only, never markup. */
export function RichSentence({ text }: { text: RichText }): ReactNode {
  return text.map((part, index) => {
    switch (part.kind) {
      case 'text':
        return <span key={index}>{part.text}</span>;
      case 'frame':
        return (
          <FrameLink key={index} frame={part.frame} label={afterWord(text, index, 'frame', part.frame)} />
        );
      case 'conversation':
        return (
          <ConversationLink
            key={index}
            conversation={part.conversation}
            label={afterWord(text, index, 'conversation', part.conversation)}
          />
        );
      case 'term':
        return <Term key={index} text={part.text} meaning={part.meaning} />;
    }
  });
}

/** "frame 27", or "27" alone where the text before it says "frame" or "frames 25 and" already. */
function afterWord(text: RichText, index: number, word: string, value: number | string): string {
  const before = text
    .slice(Math.max(0, index - 6), index)
    .map((part) =>
      part.kind === 'text' || part.kind === 'term' ? part.text : part.kind === word ? '0' : '.',
    )
    .join('');
  const said = new RegExp(`\\b${word}s?[\\s\\d,–-]*(?:(?:and|or|to|until)\\s*)?$`, 'i').test(before);
  return said ? String(value) : `${word} ${value}`;
}
