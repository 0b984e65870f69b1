import { describe, expect, it } from 'vitest';
import { decodeElement } from '../../../core/x509/der.ts';
import { encodeElement, encodeSequence } from '../../../core/x509/der-encode.ts';
import { decodeName, escapeValue, sameName, shortName } from '../../../core/x509/names.ts';
import { certificateOf } from './certificate-files.ts';

const CN = Uint8Array.of(0x06, 3, 0x55, 4, 3);

function nameOf(...values: (string | Uint8Array)[]) {
  const parts = values.map((value) => {
    const encoded = typeof value === 'string' ? encodeElement(0x0c, new TextEncoder().encode(value)) : value;
    return encodeElement(0x31, encodeSequence(CN, encoded));
  });
  const element = decodeElement(encodeSequence(...parts));
  const name = element.kind === 'element' ? decodeName(element) : null;
  if (name === null) throw new Error('no name');
  return name;
}

describe('decodeName', () => {
  it('puts the most specific part first and finds its common name', () => {
    expect(nameOf('outer', 'inner')).toMatchObject({ text: 'CN=inner,CN=outer', commonName: 'inner' });
  });

  it('shows values of other types as hexadecimal, and texts that look so otherwise', () => {
    expect(nameOf('#abcd').text).toBe(String.raw`CN=\#abcd`);
    expect(nameOf(Uint8Array.of(0x02, 2, 0xab, 0xcd)).text).toBe('CN=#abcd');
  });

  it('does not let a name turn the text round it about', () => {
    expect(escapeValue('a\u202eb\nc\u0000')).toBe(String.raw`a\E2\80\AEb\0Ac\00`);
  });

  it('keeps arrays of attributes in one relative name', () => {
    const [, , third] = certificateOf('odd-name.pem').subject.parts;
    expect(third?.map(({ type, value }) => [type, value])).toEqual([
      ['OU', 'back\\slash'],
      ['UID', 'u+1'],
    ]);
  });
});

describe('sameName', () => {
  it('does not mind case, spaces and string types', () => {
    const printable = encodeElement(0x13, new TextEncoder().encode('example  CA'));
    expect(sameName(nameOf('Example CA'), nameOf(printable))).toBe(true);
  });

  it('minds value, order and number of parts', () => {
    expect(sameName(nameOf('a'), nameOf('b'))).toBe(false);
    expect(sameName(nameOf('a', 'b'), nameOf('b', 'a'))).toBe(false);
    expect(sameName(nameOf('a'), nameOf('a', 'a'))).toBe(false);
  });
});

it('shortens a name to what people know it by', () => {
  expect(shortName(certificateOf('lab-server1.pem').subject)).toBe('CN=sip.lab.example');
  expect(shortName(certificateOf('rsa-512.pem').subject)).toBe('an empty name');
});
