import { useMemo, useState, type ReactNode } from 'react';
import { formatPlural } from '../../model/format.ts';
import { shownOf } from '../../model/loadable.ts';
import { changedParts, diffMessages, type DiffRow, type DiffSection } from '../../model/message-diff.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { LoadingState } from '../../ui/LoadingState.tsx';
import { FrameLink } from '../diagnosis/links.tsx';
import type { ShownMessage } from './MessageView.tsx';
import { useSipText } from './use-sip-text.ts';

const PARTS: Readonly<Record<DiffSection['part'], string>> = {
  'start-line': 'Start line',
  headers: 'Headers',
  body: 'Body',
};

/** Two messages side by side: header by header, the body line by line. Text only. */
export function MessageDiffView({ left, right }: { left: ShownMessage; right: ShownMessage }): ReactNode {
  const one = useSipText(left.message);
  const other = useSipText(right.message);
  const leftText = shownOf(one);
  const rightText = shownOf(other);
  const [all, setAll] = useState(true);
  const diff = useMemo(
    () => (leftText === null || rightText === null ? null : diffMessages(leftText, rightText)),
    [leftText, rightText],
  );
  if (one.kind === 'failed') return <ErrorState message={one.message} />;
  if (other.kind === 'failed') return <ErrorState message={other.message} />;
  if (diff === null) return <LoadingState label="Comparing…" />;
  return (
    <div className="message-diff" tabIndex={0} role="region" aria-label="Differences of two messages">
      <p className="compare-counts">
        {diff.different === 0 ? 'The two messages are the same.' : formatPlural(diff.different, 'difference')}
        <label>
          <input type="checkbox" checked={all} onChange={() => setAll(!all)} /> Show what is equal (
          {diff.same})
        </label>
      </p>
      <table className="diff-table">
        <thead>
          <tr>
            <th scope="col" className="diff-sign">
              <span className="unseen">Kind of difference</span>
            </th>
            <Side message={left} />
            <Side message={right} />
          </tr>
        </thead>
        {diff.sections.map(({ part, rows }) => {
          const shown = all ? rows : rows.filter(({ kind }) => kind !== 'same');
          return shown.length === 0 ? null : (
            <tbody key={part}>
              <tr>
                <th scope="rowgroup" colSpan={3} className="compare-section">
                  {PARTS[part]}
                </th>
              </tr>
              {shown.map((row, index) => (
                <Row key={index} row={row} />
              ))}
            </tbody>
          );
        })}
      </table>
    </div>
  );
}

function Side({ message }: { message: ShownMessage }): ReactNode {
  return (
    <th scope="col">
      {message.label} <FrameLink frame={message.frame} label={`frame ${message.frame}`} />
    </th>
  );
}

function Row({ row }: { row: DiffRow }): ReactNode {
  const { kind, left, right } = row;
  const parts = kind === 'changed' && left !== null && right !== null ? changedParts(left, right) : null;
  return (
    <tr className={`diff-${kind}`}>
      <td className="diff-sign">
        {kind === 'same' ? (
          <span className="unseen">the same</span>
        ) : (
          <Icon
            name={kind === 'changed' ? 'compare' : kind === 'left-only' ? 'back' : 'forward'}
            size={12}
            label={
              kind === 'changed' ? 'changed' : kind === 'left-only' ? 'only on the left' : 'only on the right'
            }
          />
        )}
      </td>
      {parts === null ? (
        <>
          <td>{left}</td>
          <td>{right}</td>
        </>
      ) : (
        <>
          <td>
            {parts.before}
            <mark>{parts.left}</mark>
            {parts.after}
          </td>
          <td>
            {parts.before}
            <mark>{parts.right}</mark>
            {parts.after}
          </td>
        </>
      )}
    </tr>
  );
}
