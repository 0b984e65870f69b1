import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePsk } from '../../../core/keys/psk.ts';
import { revealed } from '../../../core/keys/secret.ts';

function keyOf(text: string): [string | null, string] | string {
  const psk = parsePsk(text);
  return psk.kind === 'malformed'
    ? psk.sentence
    : [psk.identity, Buffer.from(revealed(psk.key)).toString('hex')];
}

it('reads a key with and without an identity', () => {
  expect(keyOf('0011aaFF')).toEqual([null, '0011aaff']);
  expect(keyOf('phone=0011')).toEqual(['phone', '0011']);
  expect(keyOf('a=b=c=0011')).toEqual(['a=b=c', '0011']);
  expect(keyOf('=0011')).toEqual(['', '0011']);
  expect(keyOf('Gerät= 0x00:11 ')).toEqual(['Gerät', '0011']);
});

it('says what is wrong without repeating it', () => {
  for (const text of ['', 'phone=', 'phone=0', 'phone=secretword', `x=${'00'.repeat(513)}`]) {
    const sentence = keyOf(text);
    expect(sentence).toBeTypeOf('string');
    expect(sentence).not.toContain('secretword');
  }
});

it('reads back every identity and key', () => {
  fc.assert(
    fc.property(fc.string(), fc.uint8Array({ minLength: 1, maxLength: 64 }), (identity, key) => {
      const hex = Buffer.from(key).toString('hex');
      expect(keyOf(`${identity}=${hex}`)).toEqual([identity, hex]);
    }),
  );
});
