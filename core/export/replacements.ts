import { formatIpv4, formatIpv6 } from '../net/addresses.ts';
import { OriginalFinder } from './find-originals.ts';
import { isHarmlessPhrase } from './harmless-words.ts';
import { finish, type Steps } from './steps.ts';
import { addressesLike, parseIpv4, parseIpv6 } from './stand-in-address.ts';

export const REPLACED_KINDS = [
  'number',
  'name',
  'host',
  'address',
  'call-id',
  'tag',
  'branch',
  'credential',
  'key',
  'certificate',
  'file',
  'other',
] as const;
export type ReplacedKind = (typeof REPLACED_KINDS)[number];

/**
 * What stands for what. First everything is learned, then replaced: so no stand-in is a text of the original, and what
 * was learned anywhere is found again in free text. The same original has the same stand-in everywhere.
 */
export class Replacements {
  /** While true nothing is replaced: `replace` notes the originals. */
  learning = true;
  private readonly kinds = new Map<string, ReplacedKind>();
  private readonly standIns = new Map<string, string>();
  private readonly words = new Set<string>();
  /** Other ways to write an original (percent-encoded, with visual separators) that sentences may show. */
  private readonly spellings = new Map<string, string>();
  private readonly next = new Map<string, number>();
  private finder: OriginalFinder | null = null;

  replace(kind: ReplacedKind, text: string): string {
    const original = kind === 'host' ? text.toLowerCase() : text;
    if (original === '') return text;
    if (this.learning) {
      // A header that nobody knows may have shown it first.
      if ((this.kinds.get(original) ?? 'other') === 'other') this.kinds.set(original, kind);
      if (kind === 'name') for (const word of original.split(/[^\p{L}\p{N}]+/u)) this.learnWord(word);
      return text;
    }
    const known = this.standIns.get(original);
    if (known !== undefined) return known;
    const made = this.unused(this.kinds.get(original) ?? kind, original);
    this.standIns.set(original, made);
    return made;
  }

  /** Words of an address: zero words behind the first where it is IPv4. */
  replaceAddress(version: 4 | 6, words: readonly number[]): readonly number[] {
    const like = addressesLike(version, words);
    if (like === null) return words;
    const original = version === 4 ? formatIpv4(words[0] ?? 0) : formatIpv6(words);
    if (this.learning) {
      this.kinds.set(original, 'address');
      return words;
    }
    const known = this.standIns.get(original);
    if (known !== undefined) return (version === 4 ? parseIpv4(known) : parseIpv6(known)) ?? words;
    for (let tries = 0; ; tries += 1) {
      const made = like.at(this.take(like.name));
      const text = version === 4 ? formatIpv4(made[0] ?? 0) : formatIpv6(made);
      if (this.kinds.has(text) && tries < MOST_TRIES) continue;
      this.standIns.set(original, text);
      return made;
    }
  }

  /** A host name or an address of either version, with or without brackets. */
  replaceHost(text: string): string {
    const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
    const v4 = parseIpv4(bare);
    if (v4 !== null) return formatIpv4(this.replaceAddress(4, v4)[0] ?? 0);
    const v6 = bare.includes(':') ? parseIpv6(bare) : null;
    if (v6 !== null) {
      const made = formatIpv6(this.replaceAddress(6, v6));
      return bare === text ? made : `[${made}]`;
    }
    return KEPT_HOSTS.has(bare.toLowerCase()) ? text : this.replace('host', text);
  }

  /** The user part of an address, or a display name: a number or a name. */
  replaceUser(text: string): string {
    if (text === '' || text.toLowerCase() === 'anonymous') return text;
    if (!/^\+?[\d\-.()*# ]*\d[\d\-.()*# ]*$/.test(text)) return this.replace('name', text);
    // Visual separators do not make another number (RFC 3966 §5.1.1).
    const number = text.replace(/[-.() ]/g, '');
    this.learnSpelling(text, number);
    return this.replace('number', number);
  }

  /** Notes that an original is also written in another way. */
  learnSpelling(spelling: string, original: string): void {
    if (this.learning && spelling !== original) this.spellings.set(spelling, original);
  }

  /** Free text: what was learned elsewhere, addresses, and what looks like a serial number. */
  scrub(text: string): string {
    return text
      .replace(/\[?[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*\]?/g, (found) => {
        if (parseIpv6(found.replace(/^\[|\]$/g, '')) !== null) return this.replaceHost(found);
        return found.length >= 11 ? this.replace('other', found) : found;
      })
      .replace(/[\p{L}\p{N}_.+%@-]+/gu, (token) => this.scrubToken(token));
  }

  /**
   * A sentence made by us around what the capture says: every original in it is replaced wherever it stands, and what is
   * left is scrubbed.
   */
  scrubSentence(text: string): string {
    if (this.learning) return this.scrub(text);
    this.finder ??= finish(OriginalFinder.inSteps(this.originalsToFind()));
    let made = '';
    let done = 0;
    for (const { original, from, to } of this.finder.findIn(text)) {
      made += `${this.scrub(text.slice(done, from))}${this.standInOf(original)}`;
      done = to;
    }
    return made + this.scrub(text.slice(done));
  }

  /** Gets ready for sentences, in steps, once everything is learned. */
  *prepareSentences(): Steps<void> {
    this.finder = yield* OriginalFinder.inSteps(this.originalsToFind());
  }

  /** Words that somebody wrote: kept where the trade's own words are all that they are. */
  replacePhrase(text: string): string {
    return isHarmlessPhrase(text) ? this.scrub(text) : this.replace('other', text);
  }

  /** How many different originals of each kind have been learned. */
  counts(): ReadonlyMap<ReplacedKind, number> {
    const counts = new Map<ReplacedKind, number>();
    for (const kind of this.kinds.values()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return counts;
  }

  /** What is to be looked for in sentences: not what is nobody's name and a few signs long ("20"). */
  private *originalsToFind(): Generator<string> {
    for (const [original, kind] of this.kinds) {
      const trivial = isTrivial(kind, original);
      // A user called "sip" or "proxy" is nobody; our own sentences are made of such words.
      const harmless = /\p{L}/u.test(original) && isHarmlessPhrase(original);
      if (!trivial && !harmless) yield original;
    }
    for (const word of this.words) if (!isHarmlessPhrase(word)) yield word;
    yield* this.spellings.keys();
  }

  private standInOf(original: string): string {
    const spelled = this.spellings.get(original);
    if (spelled !== undefined) return this.standInOf(spelled);
    const kind = this.kinds.get(original);
    if (kind === undefined) return 'name';
    return kind === 'address' ? this.replaceHost(original) : this.replace(kind, original);
  }

  private scrubToken(token: string): string {
    if (this.isOriginal(token)) return this.replaceKnown(token);
    if (parseIpv4(token) !== null) return this.replaceHost(token);
    const at = token.indexOf('@');
    if (at > 0 && at < token.length - 1 && !this.kinds.has(token))
      return `${this.replaceUser(token.slice(0, at))}@${this.replaceHost(token.slice(at + 1).replace(/\.$/, ''))}`;
    const address = EMBEDDED_IPV4.exec(token)?.[0] ?? '';
    if (parseIpv4(address) !== null)
      return token
        .split(address)
        .map((part) => this.scrubToken(part))
        .join(this.replaceHost(address));
    if (HOST_NAME.test(token) && !HARMLESS_DOTTED.test(token)) return this.replaceHost(token);
    if (/^\d{4}-\d{2}-\d{2}$/.test(token)) return token;
    if (/^[0-9A-Fa-f-]{10,}$/.test(token) && /\d/.test(token)) return this.replace('other', token);
    if (/^\+?\d{6,}$/.test(token)) return this.replace('number', token);
    return token.replace(/[^.\-_+%@]+/g, (part) => {
      if (this.isOriginal(part)) return this.replaceKnown(part);
      return !this.learning && this.words.has(part.toLowerCase()) ? 'name' : part;
    });
  }

  private isOriginal(text: string): boolean {
    if (this.learning || text.length <= 2) return false;
    const kind = this.kinds.get(text) ?? this.kinds.get(text.toLowerCase());
    return kind !== undefined && !isTrivial(kind, text);
  }

  private replaceKnown(text: string): string {
    const kind = this.kindOf(text);
    return kind === 'address' ? this.replaceHost(text) : this.replace(kind, text);
  }

  private kindOf(text: string): ReplacedKind {
    return this.kinds.get(text) ?? this.kinds.get(text.toLowerCase()) ?? 'other';
  }

  private learnWord(word: string): void {
    if (word.length > 2) this.words.add(word.toLowerCase());
  }

  private take(name: string): number {
    const number = (this.next.get(name) ?? 0) + 1;
    this.next.set(name, number);
    return number;
  }

  private unused(kind: ReplacedKind, original: string): string {
    for (;;) {
      const made = standIn(kind, original, this.take(kind));
      if (!this.kinds.has(made)) return made;
    }
  }
}

function standIn(kind: ReplacedKind, original: string, count: number): string {
  switch (kind) {
    case 'number': {
      const digits = original.replace(/\D/g, '').length;
      return `${original.startsWith('+') ? '+' : ''}5${String(count).padStart(Math.max(3, digits - 1), '0')}`;
    }
    case 'name':
      return `name${count}`;
    case 'host':
      return original.endsWith('.invalid') ? `host${count}.invalid` : `host${count}.example`;
    case 'branch':
      return `${original.startsWith(MAGIC_COOKIE) ? MAGIC_COOKIE : ''}branch${count}`;
    case 'key':
      // As long as it was: a key of another length would be another fault.
      return `redactedKey${count}`.padEnd(original.length, 'A').slice(0, Math.max(original.length, 14));
    default:
      return `${kind}${count}`;
  }
}

/** "2.0" and the like, found where nobody knew what it is: not to be replaced wherever it stands. */
function isTrivial(kind: ReplacedKind, original: string): boolean {
  return kind === 'other' && original.length <= MOST_TRIVIAL;
}

const MOST_TRIVIAL = 3;
/** Two labels at least, the last one of letters. */
const HOST_NAME = /^(?:[\p{L}\p{N}_-]+\.)+[\p{L}]{2,}\.?$/u;
/** "phone-192.0.2.7": an address, or a version that looks like one. */
const EMBEDDED_IPV4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/;
/** Media types of a vendor, template packages of events (RFC 6665 §7.2), abbreviations. */
const HARMLESS_DOTTED = /^vnd\.|\.winfo$|^(?:e\.g|i\.e|a\.k\.a)\.?$/i;
/** A capture made of every address of a network has none left over. */
const MOST_TRIES = 1000;
const MAGIC_COOKIE = 'z9hG4bK';
/** They tell nothing of anybody. */
const KEPT_HOSTS = new Set(['localhost', 'anonymous.invalid']);
