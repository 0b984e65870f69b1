import { useId, useRef, useState, type FormEvent, type ReactNode } from 'react';
import type { CompareRow, Comparison, ConversationRow } from '../../../core/api.ts';
import { countDifferences, sectionsOf } from '../../model/comparison.ts';
import { formatPlural } from '../../model/format.ts';
import { shownOf } from '../../model/loadable.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { LoadingState } from '../../ui/LoadingState.tsx';
import { ConversationLink, FrameLink } from '../diagnosis/links.tsx';
import { RichSentence } from '../diagnosis/RichSentence.tsx';
import { useApp, useConversations } from '../use-app.ts';
import { VerdictBadge } from '../verdict/VerdictMark.tsx';
import './course-tabs.css';

const MATTERS: Readonly<Record<CompareRow['matters'], { readonly icon: IconName; readonly word: string }>> = {
  yes: { icon: 'warning', word: 'can have to do with the outcome' },
  maybe: { icon: 'question', word: 'may have to do with the outcome' },
  no: { icon: 'minus', word: 'does not matter' },
};

/** This conversation beside another one: what differs, and what of it can matter. */
export function CompareTab({ row }: { row: ConversationRow }): ReactNode {
  const { conversations } = useApp();
  const before = useConversations((state) => state.before);
  const other = useConversations((state) => state.other);
  const comparison = useConversations((state) => state.comparison);
  const shown = shownOf(comparison);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const proposed = other !== null && other !== row.conversation ? other : (before ?? '');
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    const wanted = field.current?.value.trim() ?? '';
    if (wanted !== '') conversations.getState().compareWith(wanted);
  };
  return (
    <div className="compare">
      <form className="compare-choice" onSubmit={submit}>
        <label htmlFor={id}>Compare conversation {row.conversation} with conversation</label>
        <input
          ref={field}
          id={id}
          className="field mono"
          inputMode="decimal"
          autoComplete="off"
          defaultValue={proposed}
        />
        <Button label="Compare" icon="compare" kind="primary" onPress={() => submit()} />
      </form>
      {comparison.kind === 'failed' ? (
        <ErrorState message={comparison.message} />
      ) : shown !== null ? (
        <Outcome comparison={shown} />
      ) : comparison.kind === 'loading' ? (
        <LoadingState label="Comparing…" />
      ) : (
        <EmptyState icon="compare" title="A working conversation beside a failing one">
          Give the number of another conversation: what differs comes first, and what of it can matter is
          marked.
        </EmptyState>
      )}
    </div>
  );
}

function Outcome({ comparison }: { comparison: Comparison }): ReactNode {
  const [withEqual, setWithEqual] = useState(false);
  const { differ, matter } = countDifferences(comparison);
  const equal = comparison.rows.length - differ;
  return (
    <div className="compare-outcome" tabIndex={0} role="region" aria-label="Comparison">
      <p className="compare-sentence">
        <RichSentence text={comparison.sentence} />
      </p>
      <p className="compare-counts">
        {formatPlural(differ, 'difference')}; {matter === 0 ? 'none' : matter} of them can or may have to do
        with the outcome.{' '}
        <label>
          <input type="checkbox" checked={withEqual} onChange={() => setWithEqual(!withEqual)} /> Show what is
          equal ({equal})
        </label>
      </p>
      <table className="compare-table">
        <thead>
          <tr>
            <th scope="col">
              <span className="unseen">What is compared</span>
            </th>
            <Side row={comparison.left} />
            <Side row={comparison.right} />
          </tr>
        </thead>
        {sectionsOf(comparison, withEqual).map((section) => (
          <tbody key={section.title}>
            <tr>
              <th scope="rowgroup" colSpan={3} className="compare-section">
                {section.title}
              </th>
            </tr>
            {section.rows.map((each, index) => (
              <Row key={`${each.field} ${index}`} row={each} />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Side({ row }: { row: ConversationRow }): ReactNode {
  return (
    <th scope="col">
      <ConversationLink conversation={row.conversation} label={`Conversation ${row.conversation}`} />{' '}
      <VerdictBadge verdict={row.verdict} />
    </th>
  );
}

function Row({ row }: { row: CompareRow }): ReactNode {
  const { icon, word } = MATTERS[row.matters];
  return (
    <tr className={row.same ? 'compare-same' : `compare-${row.matters}`}>
      <th scope="row">
        {row.same ? null : <Icon name={icon} size={13} label={word} />} {row.field}
        {row.why === '' ? null : <p className="compare-why">{row.why}</p>}
      </th>
      <Cell value={row.left} frame={row.leftFrame} />
      <Cell value={row.right} frame={row.rightFrame} />
    </tr>
  );
}

function Cell({ value, frame }: { value: string | null; frame: number | null }): ReactNode {
  return (
    <td>
      {value === null ? (
        <span className="compare-none">none</span>
      ) : (
        <span className="compare-value">{value}</span>
      )}
      {frame === null ? null : (
        <>
          {' '}
          <FrameLink frame={frame} label={`frame ${frame}`} />
        </>
      )}
    </td>
  );
}
