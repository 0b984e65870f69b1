import type { CompareRow, Comparison } from '../../core/api.ts';

/** Rows of one section, those that matter first, as the host ordered them. */
export interface CompareSection {
  readonly title: string;
  readonly rows: readonly CompareRow[];
}

/** The rows by section, in the order in which the sections first come; equal rows left out where not wanted. */
export function sectionsOf(comparison: Comparison, withEqual: boolean): readonly CompareSection[] {
  const sections = new Map<string, CompareRow[]>();
  for (const row of comparison.rows) {
    if (row.same && !withEqual) continue;
    const rows = sections.get(row.section);
    if (rows === undefined) sections.set(row.section, [row]);
    else rows.push(row);
  }
  return [...sections].map(([title, rows]) => ({ title, rows }));
}

export function countDifferences(comparison: Comparison): {
  readonly differ: number;
  readonly matter: number;
} {
  const differing = comparison.rows.filter((row) => !row.same);
  return { differ: differing.length, matter: differing.filter((row) => row.matters === 'yes').length };
}
