/** Distinguished names: decoding, RFC 4514 text, comparison (RFC 5280 §7.1). */
import { equalBytes } from '../bytes/reader.ts';
import { encodeHex } from '../bytes/hex.ts';
import { encodeUtf8 } from '../bytes/text.ts';
import type { DerElement } from './der.ts';
import { childrenOf, contentOf, DER, encodingOf, isUniversal, oidOf, textOf } from './der.ts';
import { ATTRIBUTE_NAMES, entryOf } from './tables/object-identifiers.ts';

export interface NameAttribute {
  readonly oid: string;
  /** RFC 4514 short name ("CN", "O", "emailAddress"), or the dotted form. */
  readonly type: string;
  /** The text, or "#hex" of a value that is no text. */
  readonly value: string;
  readonly isText: boolean;
}

export interface DistinguishedName {
  /** RFC 4514: the most specific part first ("CN=pbx.example,O=Example,C=DE"). Empty for an empty name. */
  readonly text: string;
  /** In the order of the encoding, the least specific first. One array per relative name. */
  readonly parts: readonly (readonly NameAttribute[])[];
  /** The most specific common name; null where there is none. */
  readonly commonName: string | null;
  /** The encoding; a view. */
  readonly der: Uint8Array;
}

/** Decodes a Name. null where the element is none; attributes that cannot be read stand in `text` as "#hex". */
export function decodeName(element: DerElement | undefined): DistinguishedName | null {
  if (!isUniversal(element, DER.sequence)) return null;
  const { elements, fault } = childrenOf(element);
  if (fault !== null) return null;
  const parts: NameAttribute[][] = [];
  const texts: string[] = [];
  let commonName: string | null = null;
  for (const set of elements) {
    if (!isUniversal(set, DER.set)) return null;
    const part: NameAttribute[] = [];
    const shown: string[] = [];
    for (const pair of childrenOf(set).elements) {
      const attribute = decodeAttribute(pair);
      if (attribute === null) return null;
      part.push(attribute);
      shown.push(`${attribute.type}=${attribute.isText ? escapeValue(attribute.value) : attribute.value}`);
      if (attribute.type === 'CN') commonName = attribute.value;
    }
    parts.push(part);
    texts.push(shown.join('+'));
  }
  return { text: texts.reverse().join(','), parts, commonName, der: encodingOf(element) };
}

/** True where both names are the same: by their bytes, else by type and by value without case and spare spaces. */
export function sameName(left: DistinguishedName, right: DistinguishedName): boolean {
  if (equalBytes(left.der, right.der)) return true;
  if (left.parts.length !== right.parts.length) return false;
  return left.parts.every((part, i) => canonical(part) === canonical(right.parts[i] ?? []));
}

/** A name in a few words for people: the common name, else the organisation, else all of it. */
export function shortName(name: DistinguishedName): string {
  if (name.commonName !== null && name.commonName !== '') return `CN=${escapeValue(name.commonName)}`;
  return name.text === '' ? 'an empty name' : name.text;
}

/** RFC 4514 §2.4; control characters and those that turn the direction of writing are escaped as well. */
export function escapeValue(value: string): string {
  let text = '';
  const characters = Array.from(value.slice(0, 4096));
  characters.forEach((character, i) => {
    const edge =
      (i === 0 && (character === ' ' || character === '#')) ||
      (i === characters.length - 1 && character === ' ');
    if (edge || /["+,;<>\\]/.test(character)) text += `\\${character}`;
    else if (UNPRINTABLE.test(character))
      text += encodeHex(encodeUtf8(character)).replace(/../g, (pair) => `\\${pair.toUpperCase()}`);
    else text += character;
  });
  return text;
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function decodeAttribute(pair: DerElement): NameAttribute | null {
  if (!isUniversal(pair, DER.sequence)) return null;
  const [typeElement, valueElement] = childrenOf(pair).elements;
  const oid = oidOf(typeElement);
  if (oid === null || valueElement === undefined) return null;
  const text = textOf(valueElement);
  const value = text ?? `#${encodeHex(contentOf(valueElement).subarray(0, 64))}`;
  return { oid, type: entryOf<string>(ATTRIBUTE_NAMES, oid) ?? oid, value, isText: text !== null };
}

function canonical(part: readonly NameAttribute[]): string {
  return part
    .map(({ oid, value }) => `${oid}=${value.toLowerCase().trim().replace(/\s+/g, ' ')}`)
    .sort()
    .join('\u0000');
}
