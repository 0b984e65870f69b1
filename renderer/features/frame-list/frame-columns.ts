import type { FrameRow } from '../../../core/api.ts';
import { namesOfState } from '../../../core/verdict.ts';
import { formatAbsolute, formatMask, formatRelative, formatUtc } from '../../model/format.ts';
import type { TimeFormat } from '../../model/frames.ts';
import type { RowColumn } from '../../ui/row-list.ts';
import { CAUSE_LABELS } from '../verdict/cause-labels.ts';
import { DECODER_WORDS, VERDICT_MEANINGS, VERDICT_WORDS } from '../verdict/verdict-words.ts';

/** The frame list's columns, as an engineer knows them from Wireshark, and what only Sipher says. */
export function frameColumns(time: TimeFormat): readonly RowColumn<FrameRow>[] {
  return [
    {
      id: 'verdict',
      header: 'Verdict',
      width: 28,
      className: 'verdict-cell',
      text: (row) => VERDICT_WORDS[row.verdict],
      tooltip: (row) => `${VERDICT_WORDS[row.verdict]}: ${VERDICT_MEANINGS[row.verdict]}`,
    },
    { id: 'frame', header: 'No.', width: 54, align: 'right', text: (row) => String(row.frame) },
    {
      id: 'time',
      header: time === 'utc' ? 'Time (UTC)' : time === 'delta' ? 'Delta' : 'Time',
      ...(time === 'delta' ? { meaning: 'seconds since the row above it in this list' } : {}),
      width: time === 'relative' || time === 'delta' ? 84 : time === 'absolute' ? 188 : 226,
      align: 'right',
      text: (row) => {
        if (time === 'relative') return formatRelative(row.relative);
        if (time === 'delta') return row.delta === null ? '' : formatRelative(row.delta);
        return time === 'absolute' ? formatAbsolute(row.time) : formatUtc(row.time).replace(/ UTC$/, '');
      },
      tooltip: (row) => `${formatAbsolute(row.time)} here, ${formatUtc(row.time)}`,
    },
    { id: 'source', header: 'Source', flex: 1.8, minWidth: 120, text: (row) => row.source },
    {
      id: 'destination',
      header: 'Destination',
      flex: 1.8,
      minWidth: 120,
      text: (row) => row.destination,
    },
    {
      id: 'conversation',
      header: 'Conv.',
      meaning: 'number of the conversation: both directions between two endpoints',
      width: 46,
      align: 'right',
      text: (row) => row.conversation ?? '',
      tooltip: (row) => (row.conversation === null ? '' : `Conversation ${row.conversation}`),
    },
    { id: 'protocol', header: 'Protocol', width: 66, text: (row) => row.protocol },
    { id: 'length', header: 'Length', width: 58, align: 'right', text: (row) => String(row.length) },
    {
      id: 'state',
      header: 'State',
      meaning: 'what was seen of the connection’s TLS, bit by bit, as Wireshark prints it (ssl state)',
      width: 54,
      align: 'right',
      text: (row) => (row.state === null ? '' : formatMask(row.state)),
      tooltip: (row) => (row.state === null ? '' : wordsOfState(row.state)),
    },
    {
      id: 'decoder',
      header: 'Decoder',
      meaning: 'what became of the encrypted records, and the cause where they stay encrypted',
      width: 138,
      className: 'cause-cell',
      text: decoderText,
      tooltip: (row) =>
        row.cause === null ? decoderText(row) : `${decoderText(row)} (${row.cause}): select it to see why`,
    },
    { id: 'info', header: 'Info', flex: 6, minWidth: 104, text: (row) => row.info },
  ];
}

function decoderText(row: FrameRow): string {
  if (row.decoder === null) return '';
  const words = DECODER_WORDS[row.decoder];
  return row.cause === null ? words : `${words}: ${CAUSE_LABELS[row.cause]}`;
}

/** "0x63F = VERSION, MASTER_SECRET, …" */
function wordsOfState(mask: number): string {
  const names = namesOfState(mask);
  return `${formatMask(mask)} = ${names.length === 0 ? 'nothing yet' : names.join(', ')}`;
}
