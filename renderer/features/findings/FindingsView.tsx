import { useMemo, useState, type ReactNode } from 'react';
import type { Finding } from '../../../core/api.ts';
import { SEVERITIES } from '../../../core/verdict.ts';
import {
  FINDING_ORDERS,
  groupFindings,
  titleOfFinding,
  type FindingGroup,
  type FindingOrder,
} from '../../model/findings-groups.ts';
import { formatCount, formatOutcome } from '../../model/format.ts';
import { isBusy } from '../../model/session.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { useApp, useFindings, useSession } from '../use-app.ts';
import { SEVERITY_WORDS } from '../verdict/verdict-words.ts';
import { VerdictMark } from '../verdict/VerdictMark.tsx';
import { Loaded } from '../view-parts/Loaded.tsx';
import '../view-parts/list-view.css';
import { FindingItem } from './FindingItem.tsx';
import './findings.css';

const ORDER_WORDS: Readonly<Record<FindingOrder, string>> = {
  severity: 'gravity',
  count: 'number',
  name: 'name',
  frame: 'first frame',
};
/** Items put on the page at a time. */
const PAGE = 100;
/** Groups stand open where there are few of them, or few findings in them. */
const OPEN_GROUPS = 3;
const OPEN_ITEMS = 3;

/** What an expert would remark on the capture. */
export function FindingsView(): ReactNode {
  const { findings: store } = useApp();
  const loaded = useFindings((state) => state.findings);
  const busy = useSession((state) => isBusy(state.status));
  return (
    <Loaded
      of={loaded}
      loading={busy ? 'Findings are gathered when the capture is read…' : 'Gathering findings…'}
      onRetry={() => store.getState().reload()}
    >
      {(all) => <Findings all={all} />}
    </Loaded>
  );
}

function Findings({ all }: { all: readonly Finding[] }): ReactNode {
  const { findings: store } = useApp();
  const severities = useFindings((state) => state.severities);
  const text = useFindings((state) => state.text);
  const order = useFindings((state) => state.order);
  const groups = useMemo(() => groupFindings(all, severities, text, order), [all, severities, text, order]);
  const filtering = text !== '' || severities.length > 0;
  const shown = groups.reduce((sum, { findings }) => sum + findings.length, 0);
  return (
    <section className="list-view" aria-label="Findings">
      <FilterBar
        id="finding-filter"
        what="findings"
        by="severity"
        placeholder="Filter: words of a finding"
        text={text}
        onText={(next) => store.getState().setText(next)}
        chips={SEVERITIES.map((severity) => ({
          id: severity,
          label: SEVERITY_WORDS[severity],
          count: formatCount(all.filter((finding) => finding.severity === severity).length),
          pressed: severities.includes(severity),
          mark: <VerdictMark verdict={severity} />,
          onToggle: () => store.getState().toggleSeverity(severity),
        }))}
        outcome={filtering ? formatOutcome(shown, all.length) : ''}
        onClear={filtering ? () => store.getState().clearFilter() : null}
      >
        <label className="finding-order">
          Sorted by{' '}
          <select
            className="field"
            value={order}
            onChange={({ target: { value } }) => {
              const wanted = FINDING_ORDERS.find((each) => each === value);
              if (wanted !== undefined) store.getState().setOrder(wanted);
            }}
          >
            {FINDING_ORDERS.map((each) => (
              <option key={each} value={each}>
                {ORDER_WORDS[each]}
              </option>
            ))}
          </select>
        </label>
      </FilterBar>
      {groups.length === 0 ? (
        <EmptyState
          icon="flag"
          title={
            all.length === 0 ? 'There is nothing to remark on this capture.' : 'No finding passes the filter.'
          }
        />
      ) : (
        <div className="scroll" tabIndex={0} role="region" aria-label="Findings of the capture">
          <div className="finding-page">
            {groups.map((group) => (
              <Group
                key={`${group.severity} ${group.id}`}
                group={group}
                open={groups.length <= OPEN_GROUPS || group.findings.length <= OPEN_ITEMS}
              />
            ))}
          </div>
        </div>
      )}
    </section>
  );
}

function Group({ group, open }: { group: FindingGroup; open: boolean }): ReactNode {
  const [shown, setShown] = useState(PAGE);
  const { findings } = group;
  return (
    <details className={`finding-group tone-${group.severity}`} open={open}>
      <summary>
        <VerdictMark verdict={group.severity} named />
        <h2>{titleOfFinding(group.id)}</h2>
        <span className="finding-count mono">{formatCount(findings.length)}</span>
        <span className="clip finding-example">{findings.length === 1 ? '' : findings[0]?.sentence}</span>
      </summary>
      <ul className="finding-list">
        {findings.slice(0, shown).map((finding, index) => (
          <FindingItem key={`${finding.conversation ?? ''} ${index}`} finding={finding} withConversation />
        ))}
      </ul>
      {findings.length > shown ? (
        <p className="finding-more">
          <Button
            label={`Show more (${formatCount(findings.length - shown)} left)`}
            onPress={() => setShown(shown + PAGE)}
          />
        </p>
      ) : null}
    </details>
  );
}
