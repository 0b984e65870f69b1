import { useState, type ReactNode } from 'react';
import type { FrameDetail } from '../../../core/api.ts';
import { hexDump } from '../../model/bytes.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { HexView, type ByteRange } from '../../ui/HexView.tsx';
import { LoadingState } from '../../ui/LoadingState.tsx';
import { Tabs, type Tab } from '../../ui/Tabs.tsx';
import { WhyPanel } from '../diagnosis/WhyPanel.tsx';
import { SipText } from './SipText.tsx';
import { useFrameBytes, usePlaintext } from './use-detail-bytes.ts';

/** What is marked, and in which bytes: the frame's (record null) or a record's plaintext. */
export interface Marked {
  readonly record: number | null;
  readonly ranges: readonly ByteRange[];
}

/** Which tab: the kind outlives the frame, so that whoever looks at bytes goes on looking at bytes. */
export type ContentTab = 'why' | 'sip' | 'frame' | `record-${number}`;

/** The frame's SIP text, its bytes and the plaintext of its records; the Why panel too where the window is narrow. */
export function ContentPane({
  detail,
  busy,
  withWhy,
  tab,
  marked,
  onTab,
  onByte,
}: {
  detail: FrameDetail;
  busy: boolean;
  withWhy: boolean;
  tab: ContentTab;
  marked: Marked;
  onTab: (tab: ContentTab) => void;
  onByte: (record: number | null, offset: number) => void;
}): ReactNode {
  const bytes = useFrameBytes(detail);
  const opened = detail.records.filter((record) => record.hasPlaintext);
  const shown = tabShown(tab, detail, withWhy);
  const record = opened.find((candidate) => shown === `record-${candidate.record}`) ?? null;
  const plaintext = usePlaintext(record?.record ?? null);
  const [message, setMessage] = useState(0);
  const sip = detail.sip[Math.min(message, detail.sip.length - 1)];

  const tabs: Tab[] = [
    ...(withWhy ? [{ id: 'why', label: 'Why' }] : []),
    ...(detail.sip.length > 0
      ? [{ id: 'sip', label: detail.sip.length === 1 ? 'SIP' : `SIP (${detail.sip.length})` }]
      : []),
    { id: 'frame', label: `Frame bytes (${bytes.length})`, title: `Frame ${detail.row.frame} as captured` },
    ...opened.map((each, index) => ({
      id: `record-${each.record}`,
      label: opened.length === 1 ? 'Plaintext' : `Plaintext ${index + 1}`,
      title: `Decrypted bytes of the record: ${each.content}`,
    })),
  ];

  return (
    <Tabs
      label="Content of the frame"
      tabs={tabs}
      chosen={shown}
      onChoose={(id) => onTab(contentTabOf(id))}
      aside={
        shown === 'sip' && sip !== undefined ? (
          <span className="tabs-aside">
            {detail.sip.length > 1 ? (
              <select
                className="field field-small"
                aria-label="Message"
                value={message}
                onChange={(event) => setMessage(Number(event.target.value))}
              >
                {detail.sip.map((each, index) => (
                  <option key={each.message.message} value={index}>
                    {each.message.startLine}
                  </option>
                ))}
              </select>
            ) : null}
            <CopyButton text={sip.text} label="Copy the message" />
          </span>
        ) : shown === 'why' ? null : (
          <span className="tabs-aside">
            <CopyButton
              text={hexDump(record === null ? bytes : plaintext.kind === 'ready' ? plaintext.bytes : bytes)}
              label="Copy as hex dump"
            />
          </span>
        )
      }
    >
      {shown === 'why' ? (
        <div className="scroll">
          <WhyPanel why={detail.why} busy={busy} />
        </div>
      ) : shown === 'sip' && sip !== undefined ? (
        <SipText text={sip.text} label="SIP message" />
      ) : record === null ? (
        <HexView
          label={`Bytes of frame ${detail.row.frame}`}
          bytes={bytes}
          marked={marked.record === null ? marked.ranges : []}
          onByte={(offset) => onByte(null, offset)}
        />
      ) : plaintext.kind === 'loading' ? (
        <LoadingState label="Decrypting…" />
      ) : plaintext.kind === 'failed' ? (
        <ErrorState message={plaintext.message} />
      ) : (
        <>
          {plaintext.authenticated ? null : (
            <p className="warn-strip">
              Readable, but not authenticated: the MAC or tag could not be checked. Parts may be wrong.
            </p>
          )}
          <HexView
            label="Decrypted bytes"
            bytes={plaintext.bytes}
            marked={marked.record === record.record ? marked.ranges : []}
            onByte={(offset) => onByte(record.record, offset)}
          />
        </>
      )}
    </Tabs>
  );
}

function contentTabOf(id: string): ContentTab {
  if (id === 'why' || id === 'sip') return id;
  const record = /^record-(\d+)$/.exec(id)?.[1];
  return record === undefined ? 'frame' : `record-${Number(record)}`;
}

/** The chosen tab, or the nearest where this frame has no such tab. */
function tabShown(tab: ContentTab, detail: FrameDetail, withWhy: boolean): ContentTab {
  const opened = detail.records.filter((record) => record.hasPlaintext);
  if (tab === 'why') return withWhy ? 'why' : detail.sip.length > 0 ? 'sip' : 'frame';
  if (tab === 'sip') return detail.sip.length > 0 ? 'sip' : withWhy ? 'why' : 'frame';
  if (tab === 'frame') return 'frame';
  if (opened.some((record) => tab === `record-${record.record}`)) return tab;
  const [first] = opened;
  return first === undefined ? 'frame' : `record-${first.record}`;
}
