import type { ReactNode } from 'react';
import type { RichText } from '../../../core/api.ts';
import { Term } from '../../ui/Term.tsx';
import { ConversationLink, FrameLink } from './links.tsx';

/** A sentence whose frame numbers and conversations can be followed and whose terms are explained. Text only, never markup. */
export function RichSentence({ text }: { text: RichText }): ReactNode {
  return text.map((part, index) => {
    if (part.kind === 'text') return <span key={index}>{ownWords(text, index)}</span>;
    const opening = trailingMarks(wordsAt(text, index - 1));
    const marks = leadingMarks(wordsAt(text, index + 1));
    // A bracket does not end a line, and a full stop does not begin one.
    return (
      <span key={index} className={`${opening}${marks}` === '' ? undefined : 'together'}>
        {opening}
        {partOf(text, index)}
        {marks}
      </span>
    );
  });
}

/** The words of a part of text, without the marks that its neighbours carry. */
function ownWords(text: RichText, index: number): string {
  const words = wordsAt(text, index);
  const from = index > 0 && text[index - 1]?.kind !== 'text' ? leadingMarks(words).length : 0;
  const follows = text[index + 1];
  const rest = words.slice(from);
  return follows === undefined || follows.kind === 'text'
    ? rest
    : rest.slice(0, rest.length - trailingMarks(rest).length);
}

function wordsAt(text: RichText, index: number): string {
  const part = text[index];
  return part?.kind === 'text' ? part.text : '';
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

function trailingMarks(text: string): string {
  return /[(“‘]+$/.exec(text)?.[0] ?? '';
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
