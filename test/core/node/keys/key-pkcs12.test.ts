import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DerivationBudget } from '../../../../core/node/keys/key-derivation.ts';
import type { Pkcs12Outcome } from '../../../../core/node/keys/key-pkcs12.ts';
import { openPkcs12 } from '../../../../core/node/keys/key-pkcs12.ts';
import type { DerElement } from '../../../../core/x509/der.ts';
import { childrenOf, contentOf, decodeElement, encodingOf } from '../../../../core/x509/der.ts';
import { encodeElement, encodeSequence } from '../../../../core/x509/der-encode.ts';
import { bytesOf, PASSWORD } from './key-files.ts';

function open(der: Uint8Array, ...passwords: string[]): Pkcs12Outcome {
  return openPkcs12(der, passwords, new DerivationBudget());
}

function elementOf(der: Uint8Array): DerElement {
  const element = decodeElement(der);
  if (element.kind === 'malformed') throw new Error(element.reason);
  return element;
}

const PIECES = Uint8Array.of(0, 0);

/** The same in BER: indefinite lengths, and strings in pieces of `size` bytes, as Windows and Java libraries write. */
function loosened(element: DerElement, size: number): Uint8Array {
  const identifier = element.source[element.start] ?? 0;
  if (element.constructed) {
    const inner = childrenOf(element).elements.map((child) => loosened(child, size));
    return Buffer.concat([Buffer.of(identifier, 0x80), ...inner, PIECES]);
  }
  const content = contentOf(element);
  if (identifier !== 0x04 && identifier !== 0x80) return encodingOf(element);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += size)
    pieces.push(encodeElement(0x04, content.subarray(at, at + size)));
  return Buffer.concat([Buffer.of(identifier | 0x20, 0x80), ...pieces, PIECES]);
}

describe('BER', () => {
  it.each(['pfx-one-iteration.pfx', 'pfx-PBE-SHA1-RC2-40.pfx', 'pfx-no-mac.pfx'])('%s in pieces', (file) => {
    const der = bytesOf(`made/${file}`);
    const expected = open(der, PASSWORD);
    expect(expected.kind).toBe('opened');
    for (const size of [1000, 64, 7])
      expect(open(loosened(elementOf(der), size), PASSWORD)).toEqual(expected);
  });
});

describe('the check sum', () => {
  const der = bytesOf('made/pfx-one-iteration.pfx');

  it('decides which password is right', () => {
    expect(open(der, 'a', 'b', PASSWORD).kind).toBe('opened');
    expect(open(der, 'a', 'b').kind).toBe('wrong-password');
    expect(open(der).kind).toBe('wrong-password');
  });

  it('finds any change in what it protects', () => {
    const [, authSafe] = childrenOf(elementOf(der)).elements;
    if (authSafe === undefined) throw new Error('no contents');
    // Behind the outer tags and lengths.
    fc.assert(
      fc.property(
        fc.integer({ min: authSafe.contentStart + 40, max: authSafe.end - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, change) => {
          const altered = der.slice();
          altered[at] = (altered[at] ?? 0) ^ change;
          expect(['wrong-password', 'altered', 'unusable', 'damaged']).toContain(
            open(altered, PASSWORD).kind,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('may be absent, of a kind that is not known, or damaged', () => {
    const [version, authSafe, mac] = childrenOf(elementOf(der)).elements.map(encodingOf);
    if (!version || !authSafe || !mac) throw new Error('no parts');
    expect(open(encodeSequence(version, authSafe), PASSWORD).kind).toBe('opened');
    expect(open(encodeSequence(version, authSafe), 'wrong').kind).toBe('wrong-password');
    const unknown = Buffer.from(mac);
    // 2.16.840.1.101.3.4.2.1 becomes … .2.99.
    const oid = unknown.indexOf(Buffer.from('608648016503040201', 'hex'));
    unknown[oid + 8] = 99;
    expect(open(encodeSequence(version, authSafe, unknown), PASSWORD).kind).toBe('opened');
    expect(open(encodeSequence(version, authSafe, Uint8Array.of(0x30, 0)), PASSWORD).kind).toBe('opened');
  });

  it('does not hide a key that is not encrypted', () => {
    const clear = open(bytesOf('made/pfx-key-in-clear.pfx'), 'wrong');
    expect(clear).toMatchObject({ kind: 'opened', encrypted: false });
    expect(clear.kind === 'opened' && clear.keys.length).toBe(1);
  });
});

it('says when a file is encrypted for a certificate and not with a password', () => {
  const enveloped = encodeSequence(
    encodeElement(6, Buffer.from('2a864886f70d010703', 'hex')),
    encodeElement(0xa0, encodeSequence()),
  );
  const content = encodeElement(0xa0, encodeElement(4, encodeSequence(enveloped)));
  const data = encodeSequence(encodeElement(6, Buffer.from('2a864886f70d010701', 'hex')), content);
  expect(open(encodeSequence(Uint8Array.of(2, 1, 3), data), PASSWORD)).toEqual({
    kind: 'unusable',
    reason: 'is encrypted for a certificate, not with a password',
  });
});

it('names a structure without contents', () => {
  expect(open(encodeSequence(Uint8Array.of(2, 1, 3))).kind).toBe('damaged');
  expect(open(new Uint8Array(0)).kind).toBe('damaged');
});
