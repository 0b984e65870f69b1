/** GeneralName (RFC 5280 §4.2.1.6): what subject and issuer alternative names and access locations hold. */
import { encodeHex } from '../bytes/hex.ts';
import { u16be } from '../bytes/reader.ts';
import { decodeLatin1 } from '../bytes/text.ts';
import type { DerElement } from './der.ts';
import { childrenOf, contentOf, decodeElement, parseOid, textOf } from './der.ts';
import { decodeName } from './names.ts';

export interface GeneralName {
  readonly kind: 'dns' | 'ip' | 'uri' | 'email' | 'directory' | 'other';
  /** The name as text; addresses in their usual form ("192.0.2.1", "2001:db8::1"); other names as "oid:hex" or text. */
  readonly value: string;
}

/** Decodes the names inside `sequence`, at most 4,000; those that cannot be read are left out. */
export function decodeGeneralNames(sequence: DerElement): GeneralName[] {
  const names: GeneralName[] = [];
  for (const child of childrenOf(sequence).elements.slice(0, 4000)) {
    const name = decodeGeneralName(child);
    if (name !== null) names.push(name);
  }
  return names;
}

export function decodeGeneralName(element: DerElement): GeneralName | null {
  if (element.tagClass !== 2) return null;
  const content = contentOf(element);
  switch (element.tagNumber) {
    case 0:
      return decodeOtherName(element);
    case 1:
      return { kind: 'email', value: decodeLatin1(content) };
    case 2:
      return { kind: 'dns', value: decodeLatin1(content) };
    case 4: {
      const inner = decodeElement(content);
      const name = inner.kind === 'element' ? decodeName(inner) : null;
      return name === null ? null : { kind: 'directory', value: name.text };
    }
    case 6:
      return { kind: 'uri', value: decodeLatin1(content) };
    case 7:
      return { kind: 'ip', value: formatAddress(content) ?? `#${encodeHex(content)}` };
    case 8:
      return { kind: 'other', value: parseOid(content) ?? `#${encodeHex(content)}` };
    default:
      return { kind: 'other', value: `[${element.tagNumber}]` };
  }
}

/** Four or sixteen bytes as an address (RFC 5952 for IPv6); null for other lengths. */
export function formatAddress(bytes: Uint8Array): string | null {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return null;
  const groups = Array.from({ length: 8 }, (_, i) => u16be(bytes, i * 2));
  const run = longestZeroRun(groups);
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return run.length < 2 ? text(0, 8) : `${text(0, run.start)}::${text(run.start + run.length, 8)}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, i) => {
    if (group !== 0) start = i + 1;
    else if (i + 1 - start > best.length) best = { start, length: i + 1 - start };
  });
  return best;
}

/** OtherName: an object identifier and a value of its own, often a text (a Windows user principal name). */
function decodeOtherName(element: DerElement): GeneralName {
  const [type, wrapped] = childrenOf(element).elements;
  const oid = type === undefined ? null : parseOid(contentOf(type));
  const inner = wrapped === undefined ? undefined : childrenOf(wrapped).elements[0];
  const value =
    textOf(inner) ?? (inner === undefined ? '' : `#${encodeHex(contentOf(inner).subarray(0, 64))}`);
  return { kind: 'other', value: `${oid ?? 'unknown'}:${value}` };
}
