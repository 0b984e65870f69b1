import type { ReactNode } from 'react';

/** A column's heading: over numbers it stands at the end, over what needs no word it is heard only. */
export interface Heading {
  readonly label: string;
  readonly end?: boolean;
  readonly unseen?: boolean;
  readonly title?: string;
}

/** A table with a caption for those who do not see what stands above it. Rows are its children. */
export function DataTable({
  caption,
  headings,
  children,
}: {
  caption: string;
  headings: readonly (string | Heading)[];
  children: ReactNode;
}): ReactNode {
  return (
    <table className="data-table">
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          {headings.map((heading) => {
            const { label, end, unseen, title } = typeof heading === 'string' ? { label: heading } : heading;
            return (
              <th key={label} scope="col" className={end === true ? 'cell-end' : undefined} title={title}>
                {unseen === true ? <span className="unseen">{label}</span> : label}
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
