import { bodyText, type SipMessage } from './parse-message.ts';

/** One line of a comparison: what stands in both, in one, or differs. */
export type DiffLine =
  | { readonly kind: 'same'; readonly part: DiffPart; readonly text: string }
  | { readonly kind: 'changed'; readonly part: DiffPart; readonly left: string; readonly right: string }
  | { readonly kind: 'left-only'; readonly part: DiffPart; readonly text: string }
  | { readonly kind: 'right-only'; readonly part: DiffPart; readonly text: string };

export type DiffPart = 'start-line' | 'header' | 'body';

/** Lines of a body that are compared one by one; a longer one is compared as a whole. */
const BODY_LINES = 400;

/**
 * Lays two SIP messages beside each other: headers by name whatever their order and form (compact or long), bodies line
 * by line.
 */
export function diffSipMessages(left: SipMessage, right: SipMessage): DiffLine[] {
  const lines: DiffLine[] = [pair('start-line', startLineOf(left), startLineOf(right))];
  const before = groupHeaders(left);
  const groups = groupHeaders(right);
  const done = new Set<string>();
  for (const { canonical } of left.headers) {
    if (done.has(canonical)) continue;
    done.add(canonical);
    lines.push(...diffGroup(before.get(canonical) ?? [], groups.get(canonical) ?? []));
  }
  for (const [canonical, texts] of groups)
    if (!done.has(canonical))
      for (const text of texts) lines.push({ kind: 'right-only', part: 'header', text });
  lines.push(...diffBodies(bodyText(left), bodyText(right)));
  return lines;
}

function startLineOf(message: SipMessage): string {
  const { start } = message;
  if (start.kind === 'request') return `${start.method} ${start.uri} ${start.version}`;
  return start.kind === 'response' ? `${start.version} ${start.status} ${start.reason}` : start.line;
}

function groupHeaders(message: SipMessage): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { canonical, name, value } of message.headers) {
    const text = canonical === '' ? value : `${name}: ${value}`;
    const group = groups.get(canonical);
    if (group === undefined) groups.set(canonical, [text]);
    else group.push(text);
  }
  return groups;
}

/** The nth of a name against the nth. */
function diffGroup(left: readonly string[], right: readonly string[]): DiffLine[] {
  const lines: DiffLine[] = [];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const one = left[i];
    const other = right[i];
    if (one === undefined) lines.push({ kind: 'right-only', part: 'header', text: other ?? '' });
    else if (other === undefined) lines.push({ kind: 'left-only', part: 'header', text: one });
    else lines.push(pair('header', one, other));
  }
  return lines;
}

function pair(part: DiffPart, left: string, right: string): DiffLine {
  return left === right ? { kind: 'same', part, text: left } : { kind: 'changed', part, left, right };
}

/** The longest common sequence of lines stays; what lies between is left or right only. */
function diffBodies(left: string, right: string): DiffLine[] {
  const one = bodyLines(left);
  const other = bodyLines(right);
  if (one.length === 0 && other.length === 0) return [];
  if (one.length > BODY_LINES || other.length > BODY_LINES) return [pair('body', left, right)];
  const common = commonLengths(one, other);
  const width = other.length + 1;
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < one.length || j < other.length) {
    const a = one[i];
    const b = other[j];
    if (a !== undefined && a === b) {
      lines.push({ kind: 'same', part: 'body', text: a });
      i++;
      j++;
    } else if (
      b === undefined ||
      (a !== undefined && common[(i + 1) * width + j]! >= common[i * width + j + 1]!)
    ) {
      lines.push({ kind: 'left-only', part: 'body', text: a ?? '' });
      i++;
    } else {
      lines.push({ kind: 'right-only', part: 'body', text: b });
      j++;
    }
  }
  return lines;
}

/** Row i, column j: length of the longest common sequence behind one[i] and other[j]. */
function commonLengths(one: readonly string[], other: readonly string[]): Uint16Array {
  const width = other.length + 1;
  const lengths = new Uint16Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; i--)
    for (let j = other.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        one[i] === other[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
  return lengths;
}

function bodyLines(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
