import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AsciiFinder, isAsciiText } from '../../../core/bytes/find-text.ts';

it('finds what a search in small letters finds', () => {
  const letters = fc.constantFrom('a', 'A', 'b', 'B', 'ab', '@', '`', '[', '{', '0', '\u00e9', '\n');
  const text = fc.array(letters, { maxLength: 30 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text.filter(isAsciiText), fc.nat(3), (haystack, needle, before) => {
      fc.pre(needle !== '');
      const encoded = new TextEncoder().encode(haystack);
      const bytes = new Uint8Array(before + encoded.length + 20).fill(0x61);
      bytes.set(encoded, before);
      const found = new AsciiFinder(needle).isIn(bytes, before, before + encoded.length);
      expect(found).toBe(haystack.toLowerCase().includes(needle.toLowerCase()));
    }),
    { numRuns: 2000 },
  );
});
