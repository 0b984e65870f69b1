/**
 * Shapes: what plain data must look like before this side of a border believes it. A shape's type follows from its
 * parts, so a table of shapes that is checked against a contract cannot forget a member of it.
 */
export interface Shape<T> {
  /** One pass without allocation: thousands of rows cross each second. */
  is(value: unknown): value is T;
  /** Where and how `value` differs, without repeating any of it: it may hold a password. Only asked when `is` said no. */
  fault(value: unknown, at: string): string;
}

export type ShapeOf<S> = S extends Shape<infer T> ? T : never;

export const nothing: Shape<null> = leaf((value): value is null => value === null, 'null');
/** Nothing is of this shape. */
export const never: Shape<never> = leaf((_value): _value is never => false, 'to be there');
export const flag: Shape<boolean> = leaf(
  (value): value is boolean => typeof value === 'boolean',
  'true or false',
);
export const finite: Shape<number> = leaf(
  (value): value is number => typeof value === 'number' && Number.isFinite(value),
  'a finite number',
);
export const integer: Shape<number> = leaf(
  (value): value is number => Number.isSafeInteger(value),
  'an integer',
);
export const count: Shape<number> = integerUpTo(Number.MAX_SAFE_INTEGER);
export const text: Shape<string> = leaf((value): value is string => typeof value === 'string', 'text');

/** An integer from 0 to `most`. */
export function integerUpTo(most: number): Shape<number> {
  return leaf(
    (value): value is number =>
      typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most,
    most === Number.MAX_SAFE_INTEGER ? 'an integer from 0' : `an integer from 0 to ${most}`,
  );
}

/** Text of at most `most` UTF-16 units. */
export function textUpTo(most: number): Shape<string> {
  return leaf(
    (value): value is string => typeof value === 'string' && value.length <= most,
    `text of at most ${most} characters`,
  );
}

export function textLike(pattern: RegExp, words: string): Shape<string> {
  return leaf((value): value is string => typeof value === 'string' && pattern.test(value), words);
}

export function oneOf<const T extends readonly string[]>(...values: T): Shape<T[number]> {
  const known: ReadonlySet<unknown> = new Set(values);
  return leaf((value): value is T[number] => known.has(value), `one of ${values.join(', ')}`);
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return {
    is: (value): value is T | null => value === null || shape.is(value),
    fault: (value, at) => shape.fault(value, at),
  };
}

/** What may be left out. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return {
    is: (value): value is T | undefined => value === undefined || shape.is(value),
    fault: (value, at) => shape.fault(value, at),
  };
}

export function arrayOf<T>(shape: Shape<T>, most = Number.MAX_SAFE_INTEGER): Shape<readonly T[]> {
  return {
    is: (value): value is readonly T[] =>
      Array.isArray(value) && value.length <= most && value.every((item) => shape.is(item)),
    fault: (value, at) => {
      if (!Array.isArray(value)) return `${at} is not a list`;
      if (value.length > most) return `${at} has more than ${most} items`;
      const wrong = value.findIndex((item) => !shape.is(item));
      return shape.fault(value[wrong], `${at}[${wrong}]`);
    },
  };
}

/** Two of a kind. */
export function pair<T>(shape: Shape<T>): Shape<readonly [T, T]> {
  const is = (value: unknown): value is readonly [T, T] =>
    Array.isArray(value) && value.length === 2 && shape.is(value[0]) && shape.is(value[1]);
  return {
    is,
    fault: (value, at) => {
      if (!Array.isArray(value) || value.length !== 2) return `${at} is not a pair`;
      const wrong = shape.is(value[0]) ? 1 : 0;
      return shape.fault(value[wrong], `${at}[${wrong}]`);
    },
  };
}

type Members = Readonly<Record<string, Shape<unknown>>>;
type ObjectOf<M extends Members> = { readonly [K in keyof M]: ShapeOf<M[K]> };

/** An object with at least these members. */
export function object<M extends Members>(members: M): Shape<ObjectOf<M>> {
  const entries = Object.entries(members);
  return {
    is: (value): value is ObjectOf<M> => {
      if (!isRecord(value)) return false;
      for (const [name, shape] of entries) if (!shape.is(value[name])) return false;
      return true;
    },
    fault: (value, at) => {
      if (!isRecord(value)) return `${at} is not an object`;
      for (const [name, shape] of entries) {
        if (!shape.is(value[name])) return shape.fault(value[name], at === '' ? name : `${at}.${name}`);
      }
      return `${at} is not as expected`;
    },
  };
}

/** An object with a number for each of these names. */
export function countsOf<const N extends readonly string[]>(
  ...names: N
): Shape<Readonly<Record<N[number], number>>> {
  const members = object(Object.fromEntries(names.map((name) => [name, count])));
  return {
    is: (value): value is Readonly<Record<N[number], number>> => members.is(value),
    fault: (value, at) => members.fault(value, at),
  };
}

/** A union whose variants are told apart by `kind`. */
export function variants<V extends Readonly<Record<string, Members>>>(
  byKind: V,
): Shape<{ readonly [K in keyof V]: ObjectOf<V[K]> & { readonly kind: K } }[keyof V]> {
  type Variant = { readonly [K in keyof V]: ObjectOf<V[K]> & { readonly kind: K } }[keyof V];
  const shapes = new Map(Object.entries(byKind).map(([kind, members]) => [kind, object(members)]));
  const shapeFor = (value: unknown): Shape<unknown> | undefined =>
    isRecord(value) && typeof value['kind'] === 'string' ? shapes.get(value['kind']) : undefined;
  return {
    is: (value): value is Variant => shapeFor(value)?.is(value) === true,
    fault: (value, at) =>
      shapeFor(value)?.fault(value, at) ?? `${at}.kind is not one of ${[...shapes.keys()].join(', ')}`,
  };
}

function leaf<T>(is: (value: unknown) => value is T, expected: string): Shape<T> {
  return { is, fault: (_value, at) => `${at === '' ? 'the value' : at} is not ${expected}` };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
