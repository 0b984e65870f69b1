import { useMemo, useState, type ReactNode } from 'react';
import { SEVERITIES } from '../../../core/verdict.ts';
import { groupFindings, titleOfFinding, type FindingGroup } from '../../model/findings-groups.ts';
import { formatCount } from '../../model/format.ts';
import { shownOf } from '../../model/loadable.ts';
import { isBusy } from '../../model/session.ts';
import { Button } from '../../ui/Button.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { LoadingState } from '../../ui/LoadingState.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { useApp, useFindings, useSession } from '../use-app.ts';
import { SEVERITY_WORDS } from '../verdict/verdict-words.ts';
import { VerdictMark } from '../verdict/VerdictMark.tsx';
import { FindingItem } from './FindingItem.tsx';
import './findings.css';

/** Items put on the page at a time. */
const PAGE = 100;
/** Groups stand open where there are few of them, or few findings in them. */
const OPEN_GROUPS = 3;
const OPEN_ITEMS = 3;

/** What an expert would remark on the capture. */
export function FindingsView(): ReactNode {
  const { findings: store } = useApp();
  const loaded = useFindings((state) => state.findings);
  const severities = useFindings((state) => state.severities);
  const text = useFindings((state) => state.text);
  const busy = useSession((state) => isBusy(state.status));
  const all = shownOf(loaded);
  const groups = useMemo(() => groupFindings(all ?? [], severities, text), [all, severities, text]);

  if (loaded.kind === 'failed') {
    return <ErrorState message={loaded.message} onRetry={() => store.getState().reload()} />;
  }
  if (all === null) {
    return (
      <LoadingState
        label={busy ? 'Findings are gathered when the capture is read…' : 'Gathering findings…'}
      />
    );
  }
  return (
    <section className="list-view" aria-label="Findings">
      <div className="filter-bar" role="search" aria-label="Filter findings">
        <SearchField
          id="finding-filter"
          label="Filter findings by text"
          placeholder="Filter: words of a finding"
          value={text}
          onChange={(next) => store.getState().setText(next)}
        />
        <div className="filter-chips" role="group" aria-label="Filter findings by severity">
          {SEVERITIES.map((severity) => (
            <Chip
              key={severity}
              label={SEVERITY_WORDS[severity]}
              count={formatCount(all.filter((finding) => finding.severity === severity).length)}
              pressed={severities.includes(severity)}
              mark={<VerdictMark verdict={severity} />}
              onToggle={() => store.getState().toggleSeverity(severity)}
            />
          ))}
        </div>
      </div>
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
