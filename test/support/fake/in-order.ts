import type { OrderColumn, OrderedList } from '../../../core/api-order.ts';

/** Members of rows that are not called like their columns. */
const MEMBERS: Readonly<Record<string, string>> = {
  suite: 'cipherSuite',
  final: 'finalStatus',
  start: 'startLine',
  sip: 'sipMessages',
  by: 'finalFrom',
  delay: 'requestDelay',
  jitter: 'jitterMean',
  delta: 'deltaMax',
};

/** Rows by what stands in a column of theirs, in a stable sort; what is null or empty stands last. */
export function inOrder<Row extends object, L extends OrderedList>(
  rows: readonly Row[],
  order: { readonly column: OrderColumn<L>; readonly descending: boolean } | null | undefined,
): readonly Row[] {
  if (order == null) return rows;
  const member = MEMBERS[order.column] ?? order.column;
  const keyOf = (row: Row): unknown => Object.entries(row).find(([name]) => name === member)?.[1];
  return rows
    .map((row) => ({ row, key: keyOf(row) }))
    .sort((a, b) => compare(a.key, b.key, order.descending))
    .map(({ row }) => row);
}

function compare(a: unknown, b: unknown, descending: boolean): number {
  const [noA, noB] = [a, b].map((key) => key === null || key === undefined || key === '');
  if (noA === true || noB === true) return Number(noA) - Number(noB);
  const found =
    typeof a === 'number' && typeof b === 'number'
      ? a - b
      : String(a).localeCompare(String(b), 'en', { numeric: true });
  return descending ? -found : found;
}
