import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OriginalFinder } from '../../../core/export/find-originals.ts';

const foundIn = (text: string, ...originals: string[]): string[] =>
  new OriginalFinder(originals).findIn(text).map(({ from, to }) => text.slice(from, to));

describe('originals in a sentence', () => {
  test.each([
    ['Call from Alice to bob.', ['alice', 'bob'], ['Alice', 'bob']],
    ['the longest of those that begin together', ['long', 'longest'], ['longest']],
    ['alicephone tells of alice', ['alice'], ['alice', 'alice']],
    ['bobsled tells nothing of bob', ['bob'], ['bob']],
    ['100 Trying and 100 too', ['100'], ['100']],
    ['after 0.100 s, at 10:100, 100, by 100', ['100'], ['100', '100']],
    ['+4930123456 and 004930123456', ['+4930123456'], ['+4930123456']],
    ['499789160 is not in 1499789160.5', ['499789160'], ['499789160']],
    ['10.0.0.5:5060', ['10.0.0.5', '10'], ['10.0.0.5']],
    ['İstanbul, ALICE', ['alice'], ['ALICE']],
    ['aab', ['aac', 'ab'], []],
    ['a-ab', ['a-ac', 'ab'], ['ab']],
  ])('%s', (text, originals, expected) => {
    expect(foundIn(text, ...originals)).toEqual(expected);
  });

  test('are the same as by looking for each, for texts of any letters', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 5, maxLength: 8 });
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 6 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 60 }),
        (words, text) => {
          expect(foundIn(text, ...words)).toEqual(bySearch(text, words));
        },
      ),
    );
  });
});

/** From left to right, the longest that begins here. */
function bySearch(text: string, words: readonly string[]): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length;) {
    const here = words.filter((word) => text.startsWith(word, at)).sort((a, b) => b.length - a.length)[0];
    if (here !== undefined) found.push(here);
    at += here?.length ?? 1;
  }
  return found;
}
