import type { ReactNode } from 'react';
import type { MediaStreamRow } from '../../../core/api-calls.ts';
import { formatAbsolute, formatCount, formatDuration, formatOutcome } from '../../model/format.ts';
import { isBusy, stampOf } from '../../model/session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import type { RowClass, RowColumn } from '../../ui/row-list.ts';
import { ScrollPage } from '../../ui/ScrollPage.tsx';
import { useApp, useMedia, useSession } from '../use-app.ts';
import { ListView } from '../view-parts/ListView.tsx';
import { orderControl } from '../view-parts/order-control.ts';
import { Panes } from '../view-parts/Panes.tsx';
import {
  formatLoss,
  formatMilliseconds,
  formatMos,
  PROTECTION_WORDS,
  STREAM_TONES,
  toneOfStream,
  wordOfStream,
} from './media-words.ts';
import { StreamPane } from './StreamPane.tsx';

const ROW_CLASS: RowClass<MediaStreamRow> = { classes: STREAM_TONES, of: toneOfStream };

const COLUMNS: readonly RowColumn<MediaStreamRow>[] = [
  { id: 'mark', header: 'State', width: 28, className: 'verdict-cell', text: wordOfStream },
  {
    id: 'time',
    header: 'Start',
    width: 96,
    text: (row) => formatAbsolute(row.time).slice(11, 23),
    tooltip: (row) => `${formatAbsolute(row.time)}; frames ${row.firstFrame} to ${row.lastFrame}`,
  },
  { id: 'source', header: 'From', flex: 1.2, minWidth: 120, text: (row) => row.source },
  { id: 'destination', header: 'To', flex: 1.2, minWidth: 120, text: (row) => row.destination },
  {
    id: 'ssrc',
    header: 'SSRC',
    meaning: 'the number that tells one stream of RTP from another',
    width: 86,
    text: (row) => row.ssrc,
  },
  { id: 'codec', header: 'Codec', width: 72, text: (row) => row.codec },
  {
    id: 'protection',
    header: 'Protection',
    width: 132,
    text: (row) => PROTECTION_WORDS[row.protection],
  },
  { id: 'packets', header: 'Packets', width: 64, align: 'right', text: (row) => formatCount(row.packets) },
  { id: 'lost', header: 'Lost', width: 78, align: 'right', text: formatLoss },
  {
    id: 'jitter',
    header: 'Jitter',
    meaning: 'how unevenly the packets came (RFC 3550)',
    width: 62,
    align: 'right',
    text: (row) => formatMilliseconds(row.jitterMean),
    tooltip: (row) =>
      `Mean ${formatMilliseconds(row.jitterMean)}, largest ${formatMilliseconds(row.jitterMax)} (RFC 3550)`,
  },
  {
    id: 'delta',
    header: 'Max. wait',
    meaning: 'the longest time between two packets',
    width: 74,
    align: 'right',
    text: (row) => formatMilliseconds(row.deltaMax),
    tooltip: () => 'The longest time between two packets',
  },
  {
    id: 'mos',
    header: 'MOS (est.)',
    meaning: 'how good it sounded, from 1 to 4.5: an estimate from loss and jitter',
    width: 78,
    align: 'right',
    text: (row) => row.mos?.toFixed(1) ?? '',
    tooltip: (row) =>
      `${row.mos === null ? '' : `${formatMos(row.mos)}. `}Estimated by the E-model (ITU-T G.107) from loss and jitter; nobody listened`,
  },
  {
    id: 'duration',
    header: 'Duration',
    width: 72,
    align: 'right',
    text: (row) => formatDuration(row.duration),
  },
  { id: 'call', header: 'Call', flex: 0.8, minWidth: 60, text: (row) => row.call ?? '' },
];

/** All RTP streams of the capture, and the selected one. */
export function MediaTab(): ReactNode {
  const { media, frames, calls } = useApp();
  const load = useMedia((state) => state.load);
  const order = useMedia((state) => state.order);
  const text = useMedia((state) => state.text);
  const shown = useMedia((state) => state.shown);
  const count = useMedia((state) => state.count);
  const selected = useMedia((state) => state.selected);
  const status = useSession((state) => state.status);
  return (
    <Panes
      pane="media"
      direction="rows"
      rows={count}
      label="Height of the stream's detail"
      first={
        <ListView<MediaStreamRow>
          id="media"
          title="Media streams"
          label="Stream list"
          filter={
            <FilterBar
              id="media-filter"
              what="media streams"
              placeholder="Filter: address, SSRC, codec, SRTP, Call-ID"
              text={text}
              onText={(next) => media.getState().setText(next)}
              outcome={text === '' ? '' : formatOutcome(shown, count)}
              onClear={text === '' ? null : () => media.getState().setText('')}
            />
          }
          columns={COLUMNS}
          rowId={(row) => String(row.stream)}
          rowClass={ROW_CLASS}
          load={load}
          order={orderControl('media', order, media)}
          resetKey={`${status.capture} ${text}`}
          revision={stampOf(status)}
          rowCount={shown}
          selectedId={selected === null ? null : String(selected.stream)}
          onSelect={(row) => media.getState().select(row)}
          onActivate={(row) => void frames.getState().goTo(row.firstFrame)}
          actions={({ row: { firstFrame, call, source, destination } }) => [
            [
              { label: `Go to frame ${firstFrame}`, run: () => void frames.getState().goTo(firstFrame) },
              {
                label: 'Show its call',
                disabled: call === null,
                run: () => (call === null ? undefined : calls.getState().goTo(call)),
              },
            ],
            [source, destination].map((end) => ({
              label: `Filter by “${end}”`,
              run: () => media.getState().setText(end),
            })),
          ]}
          empty={
            <EmptyState
              icon={text === '' ? 'play' : 'filter'}
              title={
                text !== ''
                  ? 'No stream passes the filter.'
                  : isBusy(status)
                    ? 'Reading the capture…'
                    : 'No RTP stream was found in this capture.'
              }
            />
          }
        />
      }
      second={
        selected === null ? (
          <EmptyState icon="play" title="Select a stream to see how it fared." />
        ) : (
          <ScrollPage label="The stream">
            <StreamPane key={selected.stream} row={selected} withCall />
          </ScrollPage>
        )
      }
    />
  );
}
