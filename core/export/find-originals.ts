import { finish, type Steps } from './steps.ts';

/** One place in a text where an original stands. */
export interface FoundOriginal {
  readonly original: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Finds any of many texts in a text in one pass (Aho, Corasick 1975), whatever their case: of those that begin at the
 * same place the longest, then what follows it. What is shorter than LOOSE characters counts only as a whole word.
 */
export class OriginalFinder {
  private readonly nodes: Node[] = [newNode()];

  constructor(originals: Iterable<string>) {
    finish(this.take(originals));
  }

  /** The same in steps: of a large capture there are hundreds of thousands. */
  static *inSteps(originals: Iterable<string>): Steps<OriginalFinder> {
    const finder = new OriginalFinder([]);
    yield* finder.take(originals);
    return finder;
  }

  private *take(originals: Iterable<string>): Steps<void> {
    let count = 0;
    for (const original of originals) {
      this.add(original);
      count += 1;
      if (count % ORIGINALS_AT_ONCE === 0) yield;
    }
    yield* this.link();
  }

  findIn(text: string): FoundOriginal[] {
    const lower = folded(text);
    const found: FoundOriginal[] = [];
    let node = 0;
    for (let at = 0; at < lower.length; at += 1) {
      node = this.next(node, lower.charCodeAt(at));
      for (let end = node; end !== 0; end = this.nodes[end]?.shorter ?? 0) {
        const { original } = this.nodes[end] ?? {};
        if (original === undefined || original === null) continue;
        const from = at + 1 - original.length;
        if (stands(lower, original, from, at + 1)) found.push({ original, from, to: at + 1 });
      }
    }
    return withoutOverlaps(found);
  }

  private add(original: string): void {
    const lower = folded(original);
    if (lower.length < SHORTEST || lower.length !== original.length) return;
    let node = 0;
    for (let at = 0; at < lower.length; at += 1) {
      const code = lower.charCodeAt(at);
      let child = this.nodes[node]?.children.get(code);
      if (child === undefined) {
        child = this.nodes.length;
        this.nodes.push(newNode());
        this.nodes[node]?.children.set(code, child);
      }
      node = child;
    }
    const last = this.nodes[node];
    if (last !== undefined) last.original ??= original;
  }

  /** Where to go on where a text does not: breadth first, so that shorter prefixes are linked before longer ones. */
  private *link(): Steps<void> {
    const queue = [0];
    for (let i = 0; i < queue.length; i += 1) {
      if (i % NODES_AT_ONCE === NODES_AT_ONCE - 1) yield;
      const at = queue[i] ?? 0;
      const node = this.nodes[at];
      if (node === undefined) continue;
      for (const [code, child] of node.children) {
        queue.push(child);
        const target = this.nodes[child];
        if (target !== undefined && at !== 0) target.shorter = this.next(node.shorter, code);
      }
    }
  }

  private next(from: number, code: number): number {
    for (let node = from; ; node = this.nodes[node]?.shorter ?? 0) {
      const child = this.nodes[node]?.children.get(code);
      if (child !== undefined) return child;
      if (node === 0) return 0;
    }
  }
}

interface Node {
  readonly children: Map<number, number>;
  /** The longest other beginning that this one ends with. */
  shorter: number;
  original: string | null;
}

function newNode(): Node {
  return { children: new Map(), shorter: 0, original: null };
}

function withoutOverlaps(found: FoundOriginal[]): FoundOriginal[] {
  found.sort((a, b) => a.from - b.from || b.to - a.to);
  const kept: FoundOriginal[] = [];
  let end = 0;
  for (const one of found) {
    if (one.from < end) continue;
    kept.push(one);
    end = one.to;
  }
  return kept;
}

/** Character by character, so that places stay what they were. */
function folded(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return [...text].map((one) => (one.toLowerCase().length === one.length ? one.toLowerCase() : one)).join('');
}

/** Whether it is told here, and not by chance a part of another word, number, time or address. */
function stands(text: string, original: string, from: number, to: number): boolean {
  const before = text.slice(Math.max(0, from - 2), from);
  const behind = text.slice(to, to + 2);
  if (/^\d+$/.test(original)) {
    if (/\d$/.test(before) || /^\d/.test(behind)) return false;
    if (original.length >= LOOSE) return true;
    if (/\d[.:,]$/.test(before) || /^[.:,]\d/.test(behind)) return false;
    // "200 OK" is an answer, not somebody's extension.
    if (original.length === 3 && from === 0 && /^ [a-z]/.test(text.slice(to))) return false;
  }
  if (original.length >= LOOSE) return true;
  return !WORD.test(before.slice(-1)) && !WORD.test(behind.slice(0, 1));
}

const WORD = /[\p{L}\p{N}]/u;
const SHORTEST = 2;
const ORIGINALS_AT_ONCE = 1000;
const NODES_AT_ONCE = 10_000;
/** From here on a text is found inside words too: "alicephone" tells of "alice". */
const LOOSE = 5;
