import type { ReactNode } from 'react';
import type { RichText } from '../../../core/api.ts';
import { Term } from '../../ui/Term.tsx';
import { ConversationLink, FrameLink } from './links.tsx';

/** A sentence whose frame numbers and conversations can be followed and whose terms are explained. Text only, never markup. */
export function RichSentence({ text }: { text: RichText }): ReactNode {
  return text.map((part, index) => {
    if (part.kind === 'text') {
      const before = text[index - 1];
      const carried = before === undefined || before.kind === 'text' ? '' : leadingMarks(part.text);
      return <span key={index}>{part.text.slice(carried.length)}</span>;
    }
    const after = text[index + 1];
    const marks = after?.kind === 'text' ? leadingMarks(after.text) : '';
    // A full stop does not begin a line.
    return (
      <span key={index} className={marks === '' ? undefined : 'together'}>
        {partOf(text, index)}
        {marks}
      </span>
    );
  });
}

function partOf(text: RichText, index: number): ReactNode {
  const part = text[index];
  switch (part?.kind) {
    case 'frame':
      return <FrameLink frame={part.frame} label={afterWord(text, index, 'frame', part.frame)} />;
    case 'conversation':
      return (
        <ConversationLink
          conversation={part.conversation}
          label={afterWord(text, index, 'conversation', part.conversation)}
        />
      );
    case 'term':
      return <Term text={part.text} meaning={part.meaning} />;
    case 'text':
    case undefined:
      return null;
  }
}

function leadingMarks(text: string): string {
  return /^[.,;:!?)”’]+/.exec(text)?.[0] ?? '';
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
