import { useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from 'react';
import type { CallDetail, CallRow, LegJoin, LegRow } from '../../../core/api-calls.ts';
import { formatAbsolute, formatDuration, formatPlural } from '../../model/format.ts';
import { formatDecrypted, formatParty, formatSpan } from '../../model/call-format.ts';
import { Button } from '../../ui/Button.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { ScrollPage } from '../../ui/ScrollPage.tsx';
import { FrameLink } from '../diagnosis/links.tsx';
import { useApp } from '../use-app.ts';
import { StateBadge } from './CallHeading.tsx';
import { letterOfLeg, meaningOfNote, wordOfGround, wordOfNote } from './call-words.ts';

/** The legs of the call, why they are taken for one call, and the user's own word on it. */
export function CallLegs({ detail }: { detail: CallDetail }): ReactNode {
  if (detail.legs.length === 0) {
    return (
      <EmptyState icon="lock" title="No leg of this call could be read.">
        <p>It was inferred from encrypted signalling and media in time and place.</p>
      </EmptyState>
    );
  }
  return (
    <ScrollPage label="Legs of the call">
      <DataTable
        caption="Legs"
        headings={[
          'Leg',
          'State',
          'From',
          'To',
          'Sent from, to',
          'Transport',
          'Start',
          { label: 'Set-up', end: true },
          { label: 'Duration', end: true },
          { label: 'Decrypted', end: true },
          'Remarks',
          'Call-ID',
        ]}
      >
        {detail.legs.map((leg, index) => (
          <LegLine key={leg.callId} leg={leg} index={index} />
        ))}
      </DataTable>
      {detail.joins.length === 0 ? null : (
        <section>
          <h3 className="section-title">Why they are taken for one call</h3>
          <ul className="call-joins">
            {detail.joins.map((join, index) => (
              <JoinLine key={index} join={join} legs={detail.legs} />
            ))}
          </ul>
        </section>
      )}
      <JoinForm detail={detail} />
    </ScrollPage>
  );
}

function LegLine({ leg, index }: { leg: LegRow; index: number }): ReactNode {
  return (
    <tr>
      <th scope="row" className="call-leg">
        {letterOfLeg(index)}
      </th>
      <td>
        <StateBadge state={leg.state} />
      </td>
      <td title={leg.from}>{formatParty(leg.from)}</td>
      <td title={leg.to}>{formatParty(leg.to)}</td>
      <td className="mono">
        {leg.source}
        <br />→ {leg.destination}
      </td>
      <td>{leg.transports.join(', ')}</td>
      <td className="mono">
        {formatAbsolute(leg.time).slice(11, 23)} <FrameLink frame={leg.firstFrame} />
      </td>
      <td className="cell-end">{formatSpan(leg.setup, formatDuration)}</td>
      <td className="cell-end">{formatSpan(leg.duration, formatDuration)}</td>
      <td className="cell-end">{formatDecrypted(leg.decrypted, leg.messages)}</td>
      <td>
        {leg.notes.map((note, at) => (
          <span key={note} title={meaningOfNote(note)}>
            {at === 0 ? '' : ', '}
            {wordOfNote(note)}
          </span>
        ))}
      </td>
      <td className="mono call-break">{leg.callId}</td>
    </tr>
  );
}

function JoinLine({ join, legs }: { join: LegJoin; legs: readonly LegRow[] }): ReactNode {
  const { calls } = useApp();
  const letters = join.callIds.map((callId) => letterOfLeg(legs.findIndex((leg) => leg.callId === callId)));
  return (
    <li>
      <Icon name={join.certain ? 'check' : 'question'} size={13} />
      <span>
        <b>
          {letters.join(' and ')}, {wordOfGround(join.ground)}
        </b>
        {': '}
        {join.sentence}{' '}
        {join.certain ? null : (
          <span className="confidence" title="Inferred from likeness: it may be wrong">
            likely
          </span>
        )}
      </span>
      {join.ground === 'user' ? (
        <Button
          label="Take it back"
          icon="retry"
          title="Let Sipher judge these two legs again"
          onPress={() => void calls.getState().join(join.callIds, null)}
        />
      ) : (
        <Button
          label="Separate"
          icon="cross"
          title="These two legs are not one call"
          onPress={() => void calls.getState().join(join.callIds, false)}
        />
      )}
    </li>
  );
}

/** Calls proposed to be joined: those that begin nearest to this one in the list. */
const PROPOSED = 300;

function JoinForm({ detail }: { detail: CallDetail }): ReactNode {
  const { api, calls } = useApp();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [others, setOthers] = useState<readonly CallRow[]>([]);
  const [fault, setFault] = useState('');
  useEffect(() => {
    let current = true;
    api
      .request('calls.window', { filter: { text: '', states: [] }, from: 0, count: PROPOSED })
      .then(({ rows }) => (current ? setOthers(rows.filter(({ kind }) => kind === 'read')) : undefined))
      // Without proposals a Call-ID can be typed all the same.
      .catch(() => undefined);
    return () => {
      current = false;
    };
  }, [api, detail]);
  const [first] = detail.legs;
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    const wanted = field.current?.value.trim() ?? '';
    if (wanted === '' || first === undefined) return;
    if (detail.legs.some(({ callId }) => callId === wanted)) {
      setFault('That is a leg of this call already.');
      return;
    }
    setFault('');
    void calls.getState().join([first.callId, wanted], true);
  };
  return (
    <form className="compare-choice call-join" onSubmit={submit}>
      <label htmlFor={id}>Another leg of this call, by its Call-ID</label>
      <input
        ref={field}
        id={id}
        className="field mono"
        list={`${id}-others`}
        autoComplete="off"
        spellCheck={false}
      />
      <datalist id={`${id}-others`}>
        {others
          .filter(({ call }) => call !== detail.row.call)
          .map((row) => (
            <option key={row.call} value={row.call}>
              {`${formatAbsolute(row.time).slice(11, 23)} ${formatParty(row.from)} → ${formatParty(row.to)}`}
            </option>
          ))}
      </datalist>
      <Button label="Join" icon="conversations" onPress={() => submit()} />
      <span role="status" className="warn-word">
        {fault}
      </span>
      <span className="call-inferred">
        {formatPlural(detail.legs.length, 'leg')}. What you say here counts before what Sipher infers, until
        the capture is closed.
      </span>
    </form>
  );
}
