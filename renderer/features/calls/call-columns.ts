import type { CallRow } from '../../../core/api-calls.ts';
import { formatAbsolute, formatDuration, formatPlural, formatUtc } from '../../model/format.ts';
import { formatFinal, formatParty, formatSpan } from '../../model/call-format.ts';
import type { RowColumn } from '../../ui/row-list.ts';
import { meaningOfState, wordOfState } from './call-words.ts';
import { DECRYPTED, NOTES, TRANSPORT } from './shared-columns.ts';

export const CALL_COLUMNS: readonly RowColumn<CallRow>[] = [
  {
    id: 'mark',
    header: 'State',
    width: 28,
    className: 'verdict-cell',
    text: (row) => wordOfState(row.state),
    tooltip: (row) => `${wordOfState(row.state)}: ${meaningOfState(row.state)}`,
  },
  {
    id: 'state',
    header: 'State',
    width: 90,
    className: 'call-state-cell',
    text: (row) => wordOfState(row.state),
    tooltip: (row) => meaningOfState(row.state),
  },
  {
    id: 'time',
    header: 'Start',
    width: 98,
    text: (row) => formatAbsolute(row.time).slice(11, 23),
    tooltip: (row) => `${formatAbsolute(row.time)} here, ${formatUtc(row.time)}; frame ${row.firstFrame}`,
  },
  {
    id: 'from',
    header: 'From',
    flex: 1.3,
    minWidth: 112,
    text: (row) => (row.from === '' ? row.source : formatParty(row.from)),
    tooltip: (row) => `${row.from === '' ? 'The caller could not be read' : row.from}, from ${row.source}`,
  },
  {
    id: 'to',
    header: 'To',
    flex: 1.3,
    minWidth: 112,
    text: (row) => (row.to === '' ? row.destination : formatParty(row.to)),
    tooltip: (row) => `${row.to === '' ? 'The callee could not be read' : row.to}, to ${row.destination}`,
  },
  {
    id: 'setup',
    header: 'Set-up',
    meaning: 'from the INVITE to its 200',
    width: 64,
    align: 'right',
    text: (row) => formatSpan(row.setup, formatDuration),
    tooltip: (row) =>
      `From INVITE to 200${row.requestDelay === null ? '' : `; first answer after ${formatDuration(row.requestDelay)}`}`,
  },
  {
    id: 'ringing',
    header: 'Rang',
    meaning: 'from the first ringing to the final response',
    width: 64,
    align: 'right',
    text: (row) => formatSpan(row.ringing, formatDuration),
    tooltip: () => 'From the first ringing to the final response',
  },
  {
    id: 'duration',
    header: 'Duration',
    meaning: 'from the 200 to the BYE',
    width: 76,
    align: 'right',
    text: (row) => formatSpan(row.duration, formatDuration),
    tooltip: (row) => `From 200 to BYE${row.endedBy === '' ? '' : `; ended by ${row.endedBy}`}`,
  },
  {
    id: 'final',
    header: 'Final response',
    flex: 0.9,
    minWidth: 92,
    text: (row) => formatFinal(row.finalStatus, row.finalReason),
    tooltip: (row) =>
      row.finalFrom === ''
        ? 'No final response'
        : `${row.finalStatus} ${row.finalReason} from ${row.finalFrom}`,
  },
  { id: 'by', optional: true, header: 'Sent by', flex: 0.9, minWidth: 96, text: (row) => row.finalFrom },
  {
    id: 'legs',
    header: 'Legs',
    meaning: 'dialogs of their own that are this one call, before and behind a PBX',
    width: 46,
    align: 'right',
    text: (row) => (row.legs === 0 ? '' : String(row.legs)),
    tooltip: (row) => formatPlural(row.legs, 'leg'),
  },
  TRANSPORT,
  {
    id: 'locked',
    header: 'Locked',
    meaning: 'encrypted connections that could not be read and may hold more of the call',
    width: 64,
    className: 'call-lock-cell',
    text: (row) => (row.locked === 0 ? '' : String(row.locked)),
    tooltip: (row) =>
      row.locked === 0
        ? 'No encrypted connection took part that could not be read'
        : `${formatPlural(row.locked, 'connection')} that stayed encrypted may hold more of it`,
  },
  DECRYPTED,
  NOTES,
];
