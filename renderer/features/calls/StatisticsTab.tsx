import { useEffect, type ReactNode } from 'react';
import type { MethodStatisticsRow, SipStatistics } from '../../../core/api-calls.ts';
import { formatCount, formatDuration, formatPlural } from '../../model/format.ts';
import { formatSpan } from '../../model/call-format.ts';
import { isBusy } from '../../model/session.ts';
import { byClass, shareOf } from '../../model/sip-statistics.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ScrollPage } from '../../ui/ScrollPage.tsx';
import { FrameLink } from '../diagnosis/links.tsx';
import { useApp, useSession, useStatistics } from '../use-app.ts';
import { Loaded } from '../view-parts/Loaded.tsx';
import { StateBadge } from './CallHeading.tsx';

/** Counts over the whole capture: calls, registrations, methods and responses, failures by cause. */
export function StatisticsTab(): ReactNode {
  const { statistics: store } = useApp();
  const loaded = useStatistics((state) => state.statistics);
  const revision = useSession((state) => state.status.revision);
  const capture = useSession((state) => state.status.capture);
  const busy = useSession((state) => isBusy(state.status));
  useEffect(() => store.getState().reload(), [store, revision, capture, busy]);
  return (
    <Loaded of={loaded} loading="Counting…" onRetry={() => store.getState().reload()}>
      {(shown) =>
        shown.methods.length === 0 && shown.calls.length === 0 ? (
          <EmptyState icon="phone" title="There is no SIP that can be read: nothing to count." />
        ) : (
          <ScrollPage label="SIP statistics" className="statistics">
            {busy ? (
              <p className="call-hint">The capture is still being read: these are the counts so far.</p>
            ) : null}
            <div className="statistics-columns">
              <Calls statistics={shown} />
              <Registrations statistics={shown} />
              <Failures statistics={shown} />
            </div>
            <Methods methods={shown.methods} />
          </ScrollPage>
        )
      }
    </Loaded>
  );
}

const SHARE = { label: 'Share', unseen: true } as const;

function Calls({ statistics }: { statistics: SipStatistics }): ReactNode {
  const { calls } = useApp();
  const total = statistics.calls.reduce((sum, { count }) => sum + count, 0);
  const largest = Math.max(...statistics.calls.map(({ count }) => count), 1);
  return (
    <section>
      <h2>{formatPlural(total, 'call')}</h2>
      <DataTable caption="Calls by state" headings={['State', { label: 'Calls', end: true }, SHARE]}>
        {statistics.calls.map(({ state, count }) => (
          <tr key={state}>
            <th scope="row">
              <button
                type="button"
                className="statistics-state"
                title="List these calls"
                onClick={() => {
                  calls.getState().clearFilter();
                  calls.getState().toggleStates([state]);
                  calls.getState().showTab('calls');
                }}
              >
                <StateBadge state={state} />
              </button>
            </th>
            <td className="cell-end mono">{formatCount(count)}</td>
            <td>
              <Bar share={shareOf(count, largest)} />
            </td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}

function Registrations({ statistics }: { statistics: SipStatistics }): ReactNode {
  const { total, registered, failed, challenged } = statistics.registrations;
  return (
    <section>
      <h2>{formatPlural(total, 'registration')}</h2>
      <dl className="facts">
        <dt>Registered</dt>
        <dd className="mono">{formatCount(registered)}</dd>
        <dt>Failed</dt>
        <dd className="mono">{formatCount(failed)}</dd>
        <dt>Challenged</dt>
        <dd className="mono">{formatCount(challenged)}</dd>
      </dl>
    </section>
  );
}

function Failures({ statistics }: { statistics: SipStatistics }): ReactNode {
  const { failures } = statistics;
  return (
    <section>
      <h2>Failures by cause</h2>
      {failures.length === 0 ? (
        <p className="call-inferred">No call or registration that can be read failed.</p>
      ) : (
        <DataTable
          caption="Failures by cause"
          headings={['Cause', { label: 'Times', end: true }, 'First seen']}
        >
          {failures.map(({ reason, count, firstFrame }) => (
            <tr key={reason}>
              <th scope="row">{reason}</th>
              <td className="cell-end mono">{formatCount(count)}</td>
              <td>
                <FrameLink frame={firstFrame} label={`frame ${firstFrame}`} />
              </td>
            </tr>
          ))}
        </DataTable>
      )}
    </section>
  );
}

function Methods({ methods }: { methods: readonly MethodStatisticsRow[] }): ReactNode {
  const largest = Math.max(...methods.map(({ requests }) => requests), 1);
  return (
    <section>
      <h2>Requests, responses and how long they took</h2>
      <DataTable
        caption="Requests by method"
        headings={[
          'Method',
          { label: 'Requests', end: true },
          SHARE,
          { label: 'Sent again', end: true },
          { label: 'Unanswered', end: true },
          { label: 'Median', end: true },
          { label: '95 %', end: true, title: '95 of 100 answers came within this time' },
          { label: 'Longest', end: true },
          'Final responses',
        ]}
      >
        {methods.map((row) => (
          <tr key={row.method}>
            <th scope="row" className="mono">
              {row.method === '' ? 'unregistered' : row.method}
            </th>
            <td className="cell-end mono">{formatCount(row.requests)}</td>
            <td>
              <Bar share={shareOf(row.requests, largest)} />
            </td>
            <td className="cell-end mono">{formatCount(row.retransmissions)}</td>
            <td className="cell-end mono">{formatCount(row.unanswered)}</td>
            <td className="cell-end mono">{formatSpan(row.median, formatDuration)}</td>
            <td className="cell-end mono">{formatSpan(row.percentile95, formatDuration)}</td>
            <td className="cell-end mono">{formatSpan(row.largest, formatDuration)}</td>
            <td>
              <Finals row={row} />
            </td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}

function Finals({ row }: { row: MethodStatisticsRow }): ReactNode {
  const total = row.finals.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return <span className="compare-none">none</span>;
  return (
    <>
      <span className="statistics-classes" aria-hidden="true">
        {byClass(row.finals).map(({ hundred, count }) => (
          <span
            key={hundred}
            className={`statistics-class statistics-class-${hundred}`}
            style={{ flexGrow: count }}
          />
        ))}
      </span>
      <span className="statistics-finals">
        {row.finals
          .map(({ status, reason, count }) => `${formatCount(count)} × ${status} ${reason}`)
          .join(', ')}
      </span>
    </>
  );
}

/** Decoration beside the number that it draws. */
function Bar({ share }: { share: number }): ReactNode {
  return (
    <span className="statistics-bar" aria-hidden="true">
      <span style={{ width: `${share * 100}%` }} />
    </span>
  );
}
