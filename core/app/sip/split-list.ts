/**
 * Splits text at a separator that stands outside of quoted strings and of angle brackets (RFC 3261 §25.1), and trims the
 * parts. Empty parts are left out. A quote or bracket that is never closed reaches to the end.
 */
export function splitList(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  let angle = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '\\') i++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === '<') angle = true;
    else if (c === '>') angle = false;
    else if (c === separator && !angle) {
      addTrimmed(parts, text.slice(from, i));
      from = i + 1;
    }
  }
  addTrimmed(parts, text.slice(from));
  return parts;
}

/** Parameters as `name=value` or `name`; names in lower case, the first of a name counts; quotes taken off values. */
export function parseParameters(parts: readonly string[]): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    const value = equals < 0 ? '' : unquote(part.slice(equals + 1).trim());
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

/** The text of a quoted string (RFC 3261 §25.1), or the text itself where it is not quoted. */
export function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  const inner = text.endsWith('"') && text.length > 1 ? text.slice(1, -1) : text.slice(1);
  return inner.includes('\\') ? inner.replace(/\\(.)/gs, '$1') : inner;
}

function addTrimmed(parts: string[], part: string): void {
  const trimmed = part.trim();
  if (trimmed !== '') parts.push(trimmed);
}
