import { concatBytes } from '../bytes/reader.ts';
import { decodeLatin1, decodeUtf8 } from '../bytes/text.ts';

/**
 * Reads one element of DER or BER (ITU-T X.690) and hands out views of its content. Indefinite lengths and strings in
 * pieces are accepted, because key containers in the field use them. Every length is checked against the bytes at hand,
 * depth and number of children are bounded: work is linear in the input.
 */
export interface DerElement {
  readonly kind: 'element';
  /** The bytes in which the element stands; the offsets below count in them. */
  readonly source: Uint8Array;
  /** Class (0 universal, 1 application, 2 context-specific, 3 private). */
  readonly tagClass: 0 | 1 | 2 | 3;
  readonly tagNumber: number;
  readonly constructed: boolean;
  readonly start: number;
  readonly contentStart: number;
  readonly contentEnd: number;
  /** Behind the element; two bytes behind `contentEnd` where the length was indefinite. */
  readonly end: number;
}

/** What is wrong with the bytes, and at which offset of the source. */
export interface DerFault {
  readonly kind: 'malformed';
  readonly offset: number;
  /** A part of a sentence: "a length of 300 where 12 bytes are left". */
  readonly reason: string;
  /** True where the bytes end before the element does and nothing else is wrong. */
  readonly cutShort: boolean;
}

/** Universal tag numbers (X.680 §8.6). */
export const DER = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  oid: 6,
  enumerated: 10,
  utf8String: 12,
  sequence: 16,
  set: 17,
  numericString: 18,
  printableString: 19,
  teletexString: 20,
  ia5String: 22,
  utcTime: 23,
  generalizedTime: 24,
  visibleString: 26,
  universalString: 28,
  bmpString: 30,
} as const;

/** Deepest nesting followed inside indefinite lengths and strings in pieces. */
const MAX_DEPTH = 24;
/** Most children read of one element. */
const MAX_CHILDREN = 20_000;

/** Decodes the element at `offset`; bytes behind it are left alone. */
export function decodeElement(source: Uint8Array, offset = 0, limit = source.length): DerElement | DerFault {
  return decodeBounded(source, offset, Math.min(limit, source.length), 0);
}

/** The elements inside a constructed element. Those before a fault are kept. */
export function childrenOf(element: DerElement): {
  readonly elements: readonly DerElement[];
  readonly fault: DerFault | null;
} {
  const elements: DerElement[] = [];
  if (!element.constructed) return { elements, fault: null };
  let offset = element.contentStart;
  while (offset < element.contentEnd) {
    if (elements.length >= MAX_CHILDREN)
      return { elements, fault: fault(offset, `more than ${MAX_CHILDREN} elements in one`) };
    const child = decodeElement(element.source, offset, element.contentEnd);
    if (child.kind === 'malformed') return { elements, fault: child };
    elements.push(child);
    offset = child.end;
  }
  return { elements, fault: null };
}

export function isUniversal(element: DerElement | undefined, tagNumber: number): element is DerElement {
  return element !== undefined && element.tagClass === 0 && element.tagNumber === tagNumber;
}

/** True for the context-specific tag [n]. */
export function isContext(element: DerElement | undefined, tagNumber: number): element is DerElement {
  return element !== undefined && element.tagClass === 2 && element.tagNumber === tagNumber;
}

/** The content octets, without identifier and length; a view. */
export function contentOf(element: DerElement): Uint8Array {
  return element.source.subarray(element.contentStart, element.contentEnd);
}

/** The whole encoding, identifier and length included; a view. */
export function encodingOf(element: DerElement): Uint8Array {
  return element.source.subarray(element.start, element.end);
}

/** The value of an OCTET STRING or of an implicitly tagged one, joined where it came in pieces (BER); null where impossible. */
export function octetsOf(element: DerElement): Uint8Array | null {
  if (!element.constructed) return contentOf(element);
  const pieces: Uint8Array[] = [];
  return collectOctets(element, pieces, 0) ? concatBytes(pieces) : null;
}

/** The bytes of a BIT STRING and how many bits of the last byte do not count; null where it is none. */
export function bitsOf(
  element: DerElement | undefined,
): { readonly bytes: Uint8Array; readonly unused: number } | null {
  if (!isUniversal(element, DER.bitString) || element.constructed) return null;
  const content = contentOf(element);
  const unused = content[0] ?? 8;
  if (unused > 7 || (unused > 0 && content.length === 1)) return null;
  return { bytes: content.subarray(1), unused };
}

/** A non-negative INTEGER or ENUMERATED that fits 53 bits; else null. */
export function smallIntegerOf(element: DerElement | undefined): number | null {
  if (element === undefined || element.constructed) return null;
  const content = contentOf(element);
  const first = content[0];
  if (first === undefined || first >= 0x80 || content.length > 8) return null;
  let value = 0;
  for (const byte of content) value = value * 256 + byte;
  return Number.isSafeInteger(value) ? value : null;
}

/** The magnitude of a non-negative INTEGER, big-endian, without leading zeros; null where negative, empty or none. */
export function magnitudeOf(element: DerElement | undefined): Uint8Array | null {
  if (!isUniversal(element, DER.integer) || element.constructed) return null;
  const content = contentOf(element);
  if (content.length === 0 || (content[0] ?? 0) >= 0x80) return null;
  let from = 0;
  while (from < content.length - 1 && content[from] === 0) from++;
  return content.subarray(from);
}

/** Length of a big-endian magnitude in bits. */
export function bitLengthOf(magnitude: Uint8Array): number {
  let from = 0;
  while (from < magnitude.length && magnitude[from] === 0) from++;
  if (from === magnitude.length) return 0;
  return (magnitude.length - from - 1) * 8 + (32 - Math.clz32(magnitude[from] ?? 0));
}

export function booleanOf(element: DerElement | undefined): boolean | null {
  if (!isUniversal(element, DER.boolean) || element.end - element.start !== 3) return null;
  return contentOf(element)[0] !== 0;
}

/** An OBJECT IDENTIFIER in dotted form; null where it is none or has an arc beyond 53 bits. */
export function oidOf(element: DerElement | undefined): string | null {
  return isUniversal(element, DER.oid) && !element.constructed ? parseOid(contentOf(element)) : null;
}

/** The dotted form of an OBJECT IDENTIFIER's content octets. */
export function parseOid(content: Uint8Array): string | null {
  if (content.length === 0 || content.length > 64) return null;
  const arcs: number[] = [];
  let arc = 0;
  for (let i = 0; i < content.length; i++) {
    const byte = content[i] ?? 0;
    arc = arc * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(arc)) return null;
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    } else if (i === content.length - 1) return null;
  }
  const first = arcs[0] ?? 0;
  const root = first < 40 ? 0 : first < 80 ? 1 : 2;
  return [root, first - root * 40, ...arcs.slice(1)].join('.');
}

/** The text of any of ASN.1's string types; null where it is none. Undecodable characters become U+FFFD. */
export function textOf(element: DerElement | undefined): string | null {
  if (element === undefined || element.tagClass !== 0) return null;
  const content = octetsOf(element);
  if (content === null) return null;
  switch (element.tagNumber) {
    case DER.utf8String:
      return decodeUtf8(content);
    case DER.numericString:
    case DER.printableString:
    case DER.teletexString:
    case DER.ia5String:
    case DER.visibleString:
      return decodeLatin1(content);
    case DER.bmpString:
      return wideText(content, 2);
    case DER.universalString:
      return wideText(content, 4);
    default:
      return null;
  }
}

function wideText(content: Uint8Array, width: 2 | 4): string {
  let text = '';
  for (let i = 0; i + width <= content.length; i += width) {
    let unit = 0;
    for (let j = 0; j < width; j++) unit = unit * 256 + (content[i + j] ?? 0);
    text += width === 2 ? String.fromCharCode(unit) : unit > 0x10ffff ? '\ufffd' : String.fromCodePoint(unit);
  }
  return text.toWellFormed();
}

function collectOctets(element: DerElement, pieces: Uint8Array[], depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  const { elements, fault: broken } = childrenOf(element);
  if (broken !== null) return false;
  for (const child of elements) {
    if (!isUniversal(child, DER.octetString)) return false;
    if (!child.constructed) pieces.push(contentOf(child));
    else if (!collectOctets(child, pieces, depth + 1)) return false;
  }
  return true;
}

function decodeBounded(
  source: Uint8Array,
  start: number,
  limit: number,
  depth: number,
): DerElement | DerFault {
  if (start + 2 > limit) return fault(start, 'the bytes end before a tag and its length', true);
  const identifier = source[start] ?? 0;
  const tagClass = classOf(identifier);
  const constructed = (identifier & 0x20) !== 0;
  let at = start + 1;
  let tagNumber = identifier & 0x1f;
  if (tagNumber === 0x1f) {
    tagNumber = 0;
    for (;;) {
      if (at >= limit) return fault(start, 'the bytes end inside a tag', true);
      const byte = source[at++] ?? 0;
      tagNumber = tagNumber * 128 + (byte & 0x7f);
      if (tagNumber > 0xffffff) return fault(start, 'an impossible tag');
      if (byte < 0x80) break;
    }
    if (at >= limit) return fault(start, 'the bytes end before a length', true);
  }
  const first = source[at++] ?? 0;
  if (first === 0x80) {
    if (!constructed) return fault(start, 'an indefinite length on a primitive element');
    return indefinite(source, { start, contentStart: at, limit, depth, tagClass, tagNumber });
  }
  let length = first;
  if (first > 0x80) {
    const count = first & 0x7f;
    if (count > 6) return fault(start, `a length of ${count} bytes`);
    if (at + count > limit) return fault(start, 'the bytes end inside a length', true);
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (source[at++] ?? 0);
  }
  if (length > limit - at)
    return fault(start, `a length of ${length} bytes where ${limit - at} are left`, limit === source.length);
  return element(source, tagClass, tagNumber, constructed, start, at, at + length, at + length);
}

function indefinite(
  source: Uint8Array,
  head: {
    readonly start: number;
    readonly contentStart: number;
    readonly limit: number;
    readonly depth: number;
    readonly tagClass: 0 | 1 | 2 | 3;
    readonly tagNumber: number;
  },
): DerElement | DerFault {
  if (head.depth >= MAX_DEPTH) return fault(head.start, `elements nested more than ${MAX_DEPTH} deep`);
  let at = head.contentStart;
  for (;;) {
    if (at + 2 > head.limit)
      return fault(
        head.start,
        'an element of indefinite length without its end',
        head.limit === source.length,
      );
    if (source[at] === 0 && source[at + 1] === 0)
      return element(source, head.tagClass, head.tagNumber, true, head.start, head.contentStart, at, at + 2);
    const child = decodeBounded(source, at, head.limit, head.depth + 1);
    if (child.kind === 'malformed') return child;
    at = child.end;
  }
}

function element(
  source: Uint8Array,
  tagClass: 0 | 1 | 2 | 3,
  tagNumber: number,
  constructed: boolean,
  start: number,
  contentStart: number,
  contentEnd: number,
  end: number,
): DerElement {
  return { kind: 'element', source, tagClass, tagNumber, constructed, start, contentStart, contentEnd, end };
}

function fault(offset: number, reason: string, cutShort = false): DerFault {
  return { kind: 'malformed', offset, reason, cutShort };
}

function classOf(identifier: number): 0 | 1 | 2 | 3 {
  const bits = identifier >> 6;
  return bits === 0 ? 0 : bits === 1 ? 1 : bits === 2 ? 2 : 3;
}
