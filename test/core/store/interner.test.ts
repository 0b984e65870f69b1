import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Interner } from '../../../core/store/interner.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const internText = (interner: Interner, text: string): number => {
  const bytes = encode(text);
  return interner.intern(bytes, 0, bytes.length);
};

describe('Interner', () => {
  it('names equal bytes alike and others apart, and gives them back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 300 }),
        fc.integer({ min: 0, max: 5 }),
        (strings, before) => {
          const interner = new Interner();
          const ids = new Map<string, number>();
          for (const string of strings) {
            const window = new Uint8Array(before + string.length + 3).fill(0xee);
            window.set(string, before);
            const id = interner.intern(window, before, before + string.length);
            const key = string.join();
            expect(id).toBe(ids.get(key) ?? ids.size + 1);
            ids.set(key, id);
            window.fill(0);
            expect([...interner.bytesOf(id)]).toEqual([...string]);
          }
          expect(interner.count).toBe(ids.size);
        },
      ),
    );
  });

  it('finds 200,000 strings again after its table has grown', () => {
    const interner = new Interner();
    for (let i = 0; i < 200_000; i++) internText(interner, `call-${i}@pbx`);
    for (let i = 0; i < 200_000; i += 997) expect(internText(interner, `call-${i}@pbx`)).toBe(i + 1);
    expect(interner.textOf(123_457)).toBe('call-123456@pbx');
    expect(interner.count).toBe(200_000);
  });

  it('keeps strings longer than its chunks, and short ones behind them', () => {
    const interner = new Interner();
    const long = new Uint8Array(700_001).map((_, i) => i % 251);
    internText(interner, 'before');
    const id = interner.intern(long, 0, long.length);
    const after = internText(interner, 'after');
    expect(interner.bytesOf(id).every((byte, i) => byte === i % 251)).toBe(true);
    expect(interner.intern(long, 0, long.length)).toBe(id);
    expect(interner.textOf(after)).toBe('after');
    expect(interner.textOf(1)).toBe('before');
    expect(interner.lengthOf(id)).toBe(700_001);
  });

  it('reads 0 and unknown numbers as empty, and names the empty string', () => {
    const interner = new Interner();
    const empty = internText(interner, '');
    expect(empty).toBe(1);
    expect(internText(interner, '')).toBe(1);
    internText(interner, 'x');
    for (const id of [0, empty, 99]) expect(interner.textOf(id)).toBe('');
  });

  it('reads UTF-8 as such and anything else byte by byte', () => {
    const interner = new Interner();
    expect(interner.textOf(internText(interner, 'Zoë <sip:zoë@例え>'))).toBe('Zoë <sip:zoë@例え>');
    const latin = Uint8Array.of(0x5a, 0x6f, 0xeb);
    expect(interner.textOf(interner.intern(latin, 0, 3))).toBe('Zoë');
  });

  it('stays quick and right with 100,000 strings that were made to collide', () => {
    // The second word undoes the difference that the first one made: every string has the same hash.
    const interner = new Interner();
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < 100_000; i++) {
      view.setUint32(0, i, true);
      view.setUint32(4, wordThatMeets(stateAfter(i), 0x1234567), true);
      const id = interner.intern(bytes, 0, 8);
      if (i % 100 === 0) expect(interner.bytesOf(id)).toEqual(bytes);
    }
    const other = internText(interner, 'REGISTER');
    expect(internText(interner, 'REGISTER')).toBe(other);
    // With a seed of the host's the same strings fall apart.
    const seeded = new Interner(0x5eed);
    for (let i = 0; i < 1000; i++) {
      view.setUint32(0, i, true);
      view.setUint32(4, wordThatMeets(stateAfter(i), 0x1234567), true);
      expect(seeded.intern(bytes, 0, 8)).toBe(i + 1);
      expect(seeded.intern(bytes, 0, 8)).toBe(i + 1);
    }
  });
});

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));
const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/** MurmurHash3's state after one word, from seed 0. */
function stateAfter(word: number): number {
  const mixed = Math.imul(rotate(Math.imul(word, C1), 15), C2);
  return (Math.imul(rotate(mixed, 13), 5) + 0xe6546b64) | 0;
}

/** The word that takes the state to the one where `target` is what the state is mixed to before it is rotated. */
function wordThatMeets(state: number, target: number): number {
  return Math.imul(rotate(Math.imul(state ^ target, inverse(C2)), 17), inverse(C1)) >>> 0;
}

/** The inverse of an odd number modulo 2^32, by Newton's iteration. */
function inverse(odd: number): number {
  let result = odd;
  for (let i = 0; i < 5; i++) result = Math.imul(result, 2 - Math.imul(odd, result));
  return result;
}

describe('Interner.keep', () => {
  it('keeps the same bytes again under a number of their own, long ones too', () => {
    const interner = new Interner();
    const long = new Uint8Array(300).map((_, i) => i % 7);
    const first = interner.keep(long, 1, 300);
    const second = interner.keep(long, 1, 300);
    expect(second).not.toBe(first);
    for (const id of [first, second]) {
      const from = interner.offsetOf(id);
      expect([...interner.chunkOf(id).subarray(from, from + interner.lengthOf(id))]).toEqual([
        ...long.subarray(1),
      ]);
    }
    expect(interner.intern(long, 1, 300)).toBe(second + 1);
  });
});
