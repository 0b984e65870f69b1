import { describe, expect, it } from 'vitest';
import {
  arrayOf,
  count,
  integerUpTo,
  never,
  object,
  oneOf,
  orNull,
  text,
  textUpTo,
  variants,
} from '../../core/shape.ts';

describe('shapes', () => {
  it('say where a value differs', () => {
    const shape = object({ rows: arrayOf(object({ name: text, level: oneOf('low', 'high') })) });
    const value = {
      rows: [
        { name: 'a', level: 'low' },
        { name: 'b', level: 'middle' },
      ],
    };
    expect(shape.is(value)).toBe(false);
    expect(shape.fault(value, '')).toBe('rows[1].level is not one of low, high');
    expect(shape.fault({ rows: [null] }, '')).toBe('rows[0] is not an object');
    expect(shape.fault({ rows: {} }, '')).toBe('rows is not a list');
  });

  it('refuse what only looks like a number', () => {
    for (const value of [-1, 1.5, Number.NaN, Infinity, '1', 1n, null, undefined, 2 ** 53]) {
      expect(count.is(value), String(value)).toBe(false);
    }
    expect(integerUpTo(10).is(11)).toBe(false);
    expect(integerUpTo(10).is(10)).toBe(true);
  });

  it('bound what one message may hold', () => {
    expect(textUpTo(3).is('abcd')).toBe(false);
    expect(arrayOf(count, 2).is([1, 2, 3])).toBe(false);
    expect(arrayOf(count, 2).fault([1, 2, 3], 'rows')).toBe('rows has more than 2 items');
    expect(arrayOf(never, 0).is([])).toBe(true);
  });

  it('do not take an inherited or missing member for one that is there', () => {
    expect(object({ a: text }).is({})).toBe(false);
    expect(object({ a: orNull(text) }).is({})).toBe(false);
    expect(object({}).is([])).toBe(false);
    expect(oneOf('a').is('constructor')).toBe(false);
  });

  it('tell variants apart by kind', () => {
    const shape = variants({ text: { text }, frame: { frame: count } });
    expect(shape.is({ kind: 'frame', frame: 3 })).toBe(true);
    expect(shape.is({ kind: 'frame', text: 'x' })).toBe(false);
    expect(shape.is({ kind: '__proto__' })).toBe(false);
    expect(shape.fault({ kind: 'other' }, 'what[0]')).toBe('what[0].kind is not one of text, frame');
    expect(shape.fault({ kind: 'frame', frame: -1 }, 'what[0]')).toBe(
      'what[0].frame is not an integer from 0',
    );
  });

  it('never repeat the value: it may be a password', () => {
    const shape = object({ password: textUpTo(4) });
    expect(shape.fault({ password: 'correct horse' }, '')).not.toContain('horse');
  });
});
