/** What two SIP messages have in common and where they differ: header by header, the body line by line. */

export interface DiffRow {
  readonly kind: 'same' | 'changed' | 'left-only' | 'right-only';
  readonly left: string | null;
  readonly right: string | null;
}

export interface DiffSection {
  readonly part: 'start-line' | 'headers' | 'body';
  readonly rows: readonly DiffRow[];
}

export interface MessageDiff {
  readonly sections: readonly DiffSection[];
  readonly same: number;
  readonly different: number;
}

/** Where a changed pair is alike at its beginning and end, and what stands between. */
export interface ChangedParts {
  readonly before: string;
  readonly left: string;
  readonly right: string;
  readonly after: string;
}

/** Cells of the table by which lines are aligned; longer bodies are compared place by place. */
const ALIGNED_CELLS = 4_000_000;

export function diffMessages(left: string, right: string): MessageDiff {
  const one = partsOf(left);
  const other = partsOf(right);
  const sections: DiffSection[] = [
    { part: 'start-line', rows: diffLines([one.startLine], [other.startLine]) },
    { part: 'headers', rows: diffHeaders(one.headers, other.headers) },
    { part: 'body', rows: diffLines(one.body, other.body) },
  ];
  const rows = sections.flatMap((section) => section.rows);
  const same = rows.filter(({ kind }) => kind === 'same').length;
  return {
    sections: sections.filter((section) => section.rows.length > 0),
    same,
    different: rows.length - same,
  };
}

/** Cuts off what a changed pair has in common, at whole words where it can. */
export function changedParts(left: string, right: string): ChangedParts {
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start += 1;
  while (start > 0 && isWordAt(left, start - 1) && (isWordAt(left, start) || isWordAt(right, start)))
    start -= 1;
  let end = 0;
  while (end < shorter - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  while (
    end > 0 &&
    isWordAt(left, left.length - end) &&
    (isWordAt(left, left.length - end - 1) || isWordAt(right, right.length - end - 1))
  ) {
    end -= 1;
  }
  return {
    before: left.slice(0, start),
    left: left.slice(start, left.length - end),
    right: right.slice(start, right.length - end),
    after: left.slice(left.length - end),
  };
}

function isWordAt(text: string, at: number): boolean {
  return /[A-Za-z0-9]/.test(text[at] ?? '');
}

interface Parts {
  readonly startLine: string;
  readonly headers: readonly string[];
  readonly body: readonly string[];
}

/** Start line, headers with their folded lines joined (RFC 3261 §7.3.1), lines of the body. */
function partsOf(text: string): Parts {
  const lines = text.split(/\r\n|\n|\r/);
  const blank = lines.indexOf('');
  const head = blank < 0 ? lines : lines.slice(0, blank);
  const body = blank < 0 ? [] : lines.slice(blank + 1);
  if (body.at(-1) === '') body.pop();
  const headers: string[] = [];
  for (const line of head.slice(1)) {
    const last = headers.length - 1;
    if (/^[ \t]/.test(line) && last >= 0) headers[last] = `${headers[last] ?? ''} ${line.trim()}`;
    else headers.push(line);
  }
  return { startLine: head[0] ?? '', headers, body };
}

/** Long names of the compact ones: IANA's SIP parameters, "Header Fields". */
const COMPACT_NAMES: ReadonlyMap<string, string> = new Map([
  ['a', 'accept-contact'],
  ['b', 'referred-by'],
  ['c', 'content-type'],
  ['d', 'request-disposition'],
  ['e', 'content-encoding'],
  ['f', 'from'],
  ['i', 'call-id'],
  ['j', 'reject-contact'],
  ['k', 'supported'],
  ['l', 'content-length'],
  ['m', 'contact'],
  ['n', 'identity-info'],
  ['o', 'event'],
  ['r', 'refer-to'],
  ['s', 'subject'],
  ['t', 'to'],
  ['u', 'allow-events'],
  ['v', 'via'],
  ['x', 'session-expires'],
  ['y', 'identity'],
]);

function nameOf(header: string): string {
  const name = header
    .slice(0, Math.max(0, header.indexOf(':')))
    .trim()
    .toLowerCase();
  return COMPACT_NAMES.get(name) ?? name;
}

/** Headers of one name stand together, in the order of the left message; those that only the right one has, at the end. */
function diffHeaders(left: readonly string[], right: readonly string[]): DiffRow[] {
  const ours = byName(left);
  const theirs = byName(right);
  const names = [...new Set([...ours.keys(), ...theirs.keys()])];
  return names.flatMap((name) => diffLines(ours.get(name) ?? [], theirs.get(name) ?? [], valueOf));
}

function byName(headers: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const header of headers) {
    const name = nameOf(header);
    const known = found.get(name);
    if (known === undefined) found.set(name, [header]);
    else known.push(header);
  }
  return found;
}

/** "Via: x" and "v:x" are the same header. */
function valueOf(header: string): string {
  return `${nameOf(header)}:${header.slice(header.indexOf(':') + 1).trim()}`;
}

/** Lines that are equal in both stay together; what lies between is paired in order. */
function diffLines(
  left: readonly string[],
  right: readonly string[],
  meaning: (line: string) => string = (line) => line,
): DiffRow[] {
  const rows: DiffRow[] = [];
  let fromLeft = 0;
  let fromRight = 0;
  const pairUp = (toLeft: number, toRight: number): void => {
    while (fromLeft < toLeft || fromRight < toRight) {
      const one = fromLeft < toLeft ? (left[fromLeft] ?? '') : null;
      const other = fromRight < toRight ? (right[fromRight] ?? '') : null;
      rows.push({
        kind: one === null ? 'right-only' : other === null ? 'left-only' : 'changed',
        left: one,
        right: other,
      });
      if (one !== null) fromLeft += 1;
      if (other !== null) fromRight += 1;
    }
  };
  for (const [atLeft, atRight] of commonLines(left.map(meaning), right.map(meaning))) {
    pairUp(atLeft, atRight);
    rows.push({ kind: 'same', left: left[atLeft] ?? '', right: right[atRight] ?? '' });
    fromLeft = atLeft + 1;
    fromRight = atRight + 1;
  }
  pairUp(left.length, right.length);
  return rows;
}

/** Pairs of places of the longest common subsequence. */
function commonLines(left: readonly string[], right: readonly string[]): (readonly [number, number])[] {
  const width = right.length + 1;
  if ((left.length + 1) * width > ALIGNED_CELLS) return sameInPlace(left, right);
  const lengths = new Uint32Array((left.length + 1) * width);
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      const at = row * width + column;
      lengths[at] =
        left[row] === right[column]
          ? (lengths[at + width + 1] ?? 0) + 1
          : Math.max(lengths[at + width] ?? 0, lengths[at + 1] ?? 0);
    }
  }
  const pairs: (readonly [number, number])[] = [];
  let row = 0;
  let column = 0;
  while (row < left.length && column < right.length) {
    const at = row * width + column;
    if (left[row] === right[column]) {
      pairs.push([row, column]);
      row += 1;
      column += 1;
    } else if ((lengths[at + width] ?? 0) >= (lengths[at + 1] ?? 0)) row += 1;
    else column += 1;
  }
  return pairs;
}

function sameInPlace(left: readonly string[], right: readonly string[]): (readonly [number, number])[] {
  return left.flatMap((line, at) => (line === right[at] ? [[at, at] as const] : []));
}
