import type { RichText } from '../api.ts';

type Part = RichText[number];

/** A frame number that the screen makes a link of. */
export function frameLink(frame: number): Part {
  return { kind: 'frame', frame };
}

export function conversationLink(conversation: string): Part {
  return { kind: 'conversation', conversation };
}

/** Where a hole lies: between two frames, or at the end of what is known of it. */
export function betweenFrames(before: number, after: number): RichText {
  if (before > 0 && after > 0) return rich` between ${frameLink(before)} and ${frameLink(after)}`;
  if (before > 0) return rich` behind ${frameLink(before)}`;
  return after > 0 ? rich` before ${frameLink(after)}` : [];
}

/** A word of the trade with its meaning, for those who do not know it. */
export function term(text: string, meaning: string): Part {
  return { kind: 'term', text, meaning };
}

/** A sentence out of text and parts: rich`Seen in ${frameLink(3)}.` */
export function rich(
  strings: TemplateStringsArray,
  ...values: readonly (Part | string | number | RichText)[]
): RichText {
  const parts: Part[] = [];
  const addText = (text: string): void => {
    if (text !== '') parts.push({ kind: 'text', text });
  };
  strings.forEach((text, index) => {
    addText(text);
    const value = values[index];
    if (value === undefined) return;
    if (typeof value === 'string' || typeof value === 'number') addText(String(value));
    else if ('kind' in value) parts.push(value);
    else parts.push(...value);
  });
  return parts;
}

/** The same sentence without links. */
export function plainText(text: RichText): string {
  return text
    .map((part) => {
      switch (part.kind) {
        case 'frame':
          return `frame ${part.frame}`;
        case 'conversation':
          return `conversation ${part.conversation}`;
        default:
          return part.text;
      }
    })
    .join('');
}
