import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareText } from '../../../../core/analysis/lists/compare-text.ts';
import { type OrderKey, orderRows } from '../../../../core/analysis/lists/order-rows.ts';
import { finish } from '../../../../core/export/steps.ts';

const texts = fc.oneof(
  fc.stringMatching(/^[aAbB0-9.: ]{0,8}$/),
  fc.string({ maxLength: 4 }),
  fc.constantFrom('10.0.0.9:5061', '10.0.0.10:5060', '10.0.0.9:443', 'SIP', 'sip'),
);
const numbers = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-0, 0, 2 ** 53, -(2 ** 53), 1.5, Number.MIN_VALUE),
);
const column = (keys: fc.Arbitrary<OrderKey>): fc.Arbitrary<OrderKey[]> =>
  fc.array(fc.oneof({ weight: 6, arbitrary: keys }, { weight: 1, arbitrary: fc.constant(null) }), {
    maxLength: 60,
  });

function compareKeys(a: OrderKey | undefined, b: OrderKey | undefined, descending: boolean): number {
  const [noA, noB] = [a ?? '', b ?? ''].map((key) => key === '');
  if (noA === true || noB === true) return Number(noA) - Number(noB);
  const sign = descending ? -1 : 1;
  if (typeof a === 'string' && typeof b === 'string') return sign * compareText(a, b);
  return sign * (Number(a) === Number(b) ? 0 : Number(a) < Number(b) ? -1 : 1);
}

describe('texts in a list', () => {
  test('stand by the value of their digits, and regardless of case', () => {
    const shown = [
      '10.0.0.10:5060',
      'sip',
      '10.0.0.9:5061',
      'SIP/TLS',
      'Frame 10',
      'frame 9',
      '10.0.0.9:443',
    ];
    expect(shown.toSorted(compareText)).toEqual([
      '10.0.0.9:443',
      '10.0.0.9:5061',
      '10.0.0.10:5060',
      'frame 9',
      'Frame 10',
      'sip',
      'SIP/TLS',
    ]);
  });

  test('have one order, in which only equal ones are equal', () => {
    fc.assert(
      fc.property(texts, texts, texts, (a, b, c) => {
        expect(Math.sign(compareText(a, b))).toBe(-Math.sign(compareText(b, a)) + 0);
        expect(compareText(a, b) === 0).toBe(a === b);
        if (compareText(a, b) <= 0 && compareText(b, c) <= 0)
          expect(compareText(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('rows in the order of their keys', () => {
  test.each([
    ['numbers', numbers],
    ['texts', texts],
  ] as const)('%s: as a stable sort has them, with none of a value last', (_name, keys) => {
    fc.assert(
      fc.property(column(keys), column(numbers), fc.boolean(), (first, second, descending) => {
        const order = finish(
          orderRows({
            length: first.length,
            rowAt: (place) => place,
            keys: [(row) => first[row] ?? null, (row) => second[row] ?? null],
            descending,
            stride: 7,
          }),
        );
        const expected = first
          .map((_key, place) => place)
          .sort(
            (a, b) =>
              compareKeys(first[a], first[b], descending) || compareKeys(second[a], second[b], descending),
          );
        expect([...order]).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  test('a million of them in steps of some milliseconds', () => {
    const length = 1_000_000;
    const steps = orderRows({
      length,
      rowAt: (place) => place,
      keys: [(row) => (row * 7919) % 1_000_003, (row) => row % 5],
      descending: false,
      stride: 50_000,
    });
    let stops = 0;
    for (;;) {
      const { done, value } = steps.next();
      if (done !== true) {
        stops += 1;
        continue;
      }
      expect(value[0]).toBe(0);
      expect(value.length).toBe(length);
      for (let at = 1; at < length; at += 997)
        expect((value[at - 1]! * 7919) % 1_000_003).toBeLessThanOrEqual((value[at]! * 7919) % 1_000_003);
      break;
    }
    // Of a list that is not read in one go, no part is long.
    expect(stops).toBeGreaterThan(60);
  });

  test('many texts are sorted in steps too', () => {
    const length = 40_000;
    const steps = orderRows({
      length,
      rowAt: (place) => place,
      keys: [(row) => `Len=${(row * 31) % length}`],
      descending: true,
      stride: 1000,
    });
    let stops = 0;
    let next = steps.next();
    for (; next.done !== true; next = steps.next()) stops += 1;
    expect(stops).toBeGreaterThan(60);
    expect([...next.value].map((row) => (row * 31) % length)).toEqual(
      Array.from({ length }, (_, at) => length - 1 - at),
    );
  });
});
