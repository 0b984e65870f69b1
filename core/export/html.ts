/** A piece of HTML that was made here: everything in it that is not ours is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlValue = string | number | Html | readonly Html[] | null;

/** Makes HTML of a template: html`<p>${text}</p>`. */
export type HtmlTag = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]) => Html;

/** `say`: what every text that is not ours goes through before it is escaped. null becomes nothing. */
export function createHtml(say: (text: string) => string): HtmlTag {
  return (strings, ...values) => {
    let made = '';
    strings.forEach((text, at) => {
      made += text + htmlOf(values[at] ?? null, say);
    });
    return new Html(made);
  };
}

/** Text as it is, beside `say`. */
export function asIs(text: string): Html {
  return new Html(escapeHtml(text));
}

function htmlOf(value: HtmlValue, say: (text: string) => string): string {
  if (value === null) return '';
  if (typeof value === 'string') return escapeHtml(say(value));
  if (typeof value === 'number') return String(value);
  return value instanceof Html ? value.text : value.map(({ text }) => text).join('');
}

/** For text and for attributes in double or single quotes. Nothing is left that turns the direction of a line around. */
function escapeHtml(text: string): string {
  return text
    .replace(UNPRINTABLE, '\uFFFD')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

/** Controls but tab and line feed, surrogates without their other half, marks of direction, what is no character. */
const UNPRINTABLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]|\p{Cs}/gu;
