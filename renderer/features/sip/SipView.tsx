import type { ReactNode } from 'react';
import type { SipMessageRow } from '../../../core/api.ts';
import { formatAbsolute, formatOutcome, formatUtc } from '../../model/format.ts';
import { isBusy } from '../../model/session.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import type { RowClass, RowColumn } from '../../ui/row-list.ts';
import { ConversationLink, FrameLink } from '../diagnosis/links.tsx';
import { SipText } from '../frame-detail/SipText.tsx';
import { useApp, useSession, useSip } from '../use-app.ts';
import { ListView } from '../view-parts/ListView.tsx';
import { Loaded } from '../view-parts/Loaded.tsx';
import { orderControl } from '../view-parts/order-control.ts';
import { Panes } from '../view-parts/Panes.tsx';

const COLUMNS: readonly RowColumn<SipMessageRow>[] = [
  {
    id: 'verdict',
    header: 'Verdict',
    width: 30,
    className: 'verdict-cell',
    text: (row) => (row.decrypted ? 'Decrypted' : 'Clear'),
    tooltip: (row) => (row.decrypted ? 'Came out of TLS' : 'Was sent in clear'),
  },
  { id: 'frame', header: 'Frame', width: 70, align: 'right', text: (row) => String(row.frame) },
  {
    id: 'time',
    header: 'Time',
    width: 122,
    text: (row) => formatAbsolute(row.time).slice(11),
    tooltip: (row) => `${formatAbsolute(row.time)} here, ${formatUtc(row.time)}`,
  },
  { id: 'source', header: 'Source', flex: 1, minWidth: 120, text: (row) => row.source },
  { id: 'destination', header: 'Destination', flex: 1, minWidth: 120, text: (row) => row.destination },
  { id: 'start', header: 'Message', flex: 2.4, minWidth: 180, text: (row) => row.startLine },
  {
    id: 'cseq',
    header: 'CSeq',
    meaning: 'number and method of the request that it belongs to',
    width: 104,
    text: (row) => row.cseq,
  },
  {
    id: 'call',
    header: 'Call-ID',
    meaning: 'the same in all messages of one dialog',
    flex: 1.3,
    minWidth: 100,
    text: (row) => row.callId,
  },
];

const ROW_CLASS: RowClass<SipMessageRow> = {
  classes: ['tone-decrypted', 'tone-clear'],
  of: (row) => (row.decrypted ? 'tone-decrypted' : 'tone-clear'),
};

/** Every SIP message that can be read, clear or decrypted, and the text of the selected one. */
export function SipView(): ReactNode {
  const rows = useSession((state) => state.status.sipMessages);
  return (
    <Panes
      pane="sip"
      direction="rows"
      rows={rows}
      label="Height of the message"
      first={<SipList />}
      second={<SipMessage />}
    />
  );
}

function SipList(): ReactNode {
  const { sip, frames, conversations } = useApp();
  const text = useSip((state) => state.text);
  const order = useSip((state) => state.order);
  const shown = useSip((state) => state.shown);
  const selected = useSip((state) => state.selected);
  const load = useSip((state) => state.load);
  const status = useSession((state) => state.status);
  const filtering = text !== '';
  return (
    <ListView<SipMessageRow>
      id="sip"
      title="SIP messages"
      label="SIP message list"
      filter={
        <FilterBar
          id="sip-filter"
          what="SIP messages"
          placeholder="Filter: number, method, Call-ID, any text of a message"
          text={text}
          onText={(next) => sip.getState().setText(next)}
          outcome={filtering ? formatOutcome(shown, status.sipMessages) : ''}
          onClear={filtering ? () => sip.getState().setText('') : null}
        />
      }
      columns={COLUMNS}
      rowId={(row) => String(row.message)}
      rowClass={ROW_CLASS}
      load={load}
      order={orderControl('sip', order, sip)}
      resetKey={`${status.capture} ${text}`}
      revision={status.revision}
      rowCount={filtering ? shown : status.sipMessages}
      selectedId={selected === null ? null : String(selected.message)}
      onSelect={(row) => sip.getState().select(row)}
      onActivate={(row) => void frames.getState().goTo(row.frame)}
      actions={({ row: { frame, conversation, callId } }) => [
        [
          { label: `Go to frame ${frame}`, run: () => void frames.getState().goTo(frame) },
          {
            label: conversation === null ? 'Follow its connection' : `Follow conversation ${conversation}`,
            disabled: conversation === null,
            run: () => {
              if (conversation !== null) void conversations.getState().goTo(conversation);
            },
          },
        ],
        [
          {
            label: 'Only messages with this Call-ID',
            disabled: callId === '',
            run: () => sip.getState().setText(callId),
          },
        ],
      ]}
      empty={
        filtering ? (
          <EmptyState icon="filter" title="No message passes the filter." />
        ) : isBusy(status) ? (
          <EmptyState icon="message" title="Reading the capture…" />
        ) : (
          <NoSip />
        )
      }
    />
  );
}

function NoSip(): ReactNode {
  const { session } = useApp();
  return (
    <EmptyState icon="message" title="No SIP message can be read in this capture.">
      <p>Where the signalling is encrypted, a key may open it; the conversations say which.</p>
      <span className="button-row">
        <Button label="Add a key" icon="key" onPress={() => session.getState().show('keys')} />
        <Button
          label="See the conversations"
          icon="conversations"
          onPress={() => session.getState().show('conversations')}
        />
      </span>
    </EmptyState>
  );
}

function SipMessage(): ReactNode {
  const { sip } = useApp();
  const row = useSip((state) => state.selected);
  const message = useSip((state) => state.message);
  if (row === null) return <EmptyState icon="message" title="Select a message to read it." />;
  return (
    <Loaded of={message} loading="Reading the message…" onRetry={() => sip.getState().select(row)}>
      {(text) => (
        <section className="frame-detail" aria-label="SIP message">
          <header className="frame-heading">
            <h2 className="clip mono" title={row.startLine}>
              {row.startLine}
            </h2>
            <FrameLink frame={row.frame} label={`Frame ${row.frame}`} />
            {row.conversation === null ? null : (
              <ConversationLink conversation={row.conversation} label={`Conversation ${row.conversation}`} />
            )}
            <span className="clip frame-file" title={row.callId}>
              {row.callId}
            </span>
            <CopyButton text={text} label="Copy the message" />
          </header>
          <SipText text={text} label="SIP message text" />
        </section>
      )}
    </Loaded>
  );
}
