import type { LegRow } from '../../../core/api-calls.ts';
import { formatAbsolute, formatCount, formatDuration } from '../../model/format.ts';
import { formatParty, formatSpan } from '../../model/call-format.ts';
import type { RowColumn } from '../../ui/row-list.ts';
import { meaningOfState, wordOfDialog, wordOfKind } from './call-words.ts';
import { DECRYPTED, NOTES, TRANSPORT } from './shared-columns.ts';

const MARK: RowColumn<LegRow> = {
  id: 'mark',
  header: 'State',
  width: 28,
  className: 'verdict-cell',
  text: wordOfDialog,
  tooltip: (row) => `${wordOfDialog(row)}: ${meaningOfState(row.state)}`,
};
const STATE: RowColumn<LegRow> = {
  id: 'state',
  header: 'State',
  width: 96,
  className: 'call-state-cell',
  text: wordOfDialog,
};
const TIME: RowColumn<LegRow> = {
  id: 'time',
  header: 'Start',
  width: 98,
  text: (row) => formatAbsolute(row.time).slice(11, 23),
  tooltip: (row) => `${formatAbsolute(row.time)}; frame ${row.firstFrame}`,
};
const FROM: RowColumn<LegRow> = {
  id: 'from',
  header: 'From',
  flex: 1,
  minWidth: 110,
  text: (row) => formatParty(row.from),
  tooltip: (row) => `${row.from}, from ${row.source}`,
};
const TO: RowColumn<LegRow> = {
  id: 'to',
  header: 'To',
  flex: 1,
  minWidth: 110,
  text: (row) => formatParty(row.to),
  tooltip: (row) => `${row.to}, to ${row.destination}`,
};
const SOURCE: RowColumn<LegRow> = {
  id: 'source',
  header: 'Sent from',
  flex: 0.9,
  minWidth: 120,
  text: (row) => row.source,
};
const DESTINATION: RowColumn<LegRow> = {
  id: 'destination',
  header: 'Sent to',
  flex: 0.9,
  minWidth: 120,
  text: (row) => row.destination,
};
const DELAY: RowColumn<LegRow> = {
  id: 'delay',
  header: 'Answered in',
  meaning: 'from the request to its first response',
  width: 96,
  align: 'right',
  text: (row) => formatSpan(row.requestDelay, formatDuration),
};
const FINAL: RowColumn<LegRow> = {
  id: 'final',
  header: 'Response',
  width: 74,
  align: 'right',
  text: (row) => (row.finalStatus === 0 ? '' : String(row.finalStatus)),
};
export const REGISTRATION_COLUMNS: readonly RowColumn<LegRow>[] = [
  MARK,
  STATE,
  TIME,
  {
    id: 'to',
    header: 'Address',
    flex: 1,
    minWidth: 110,
    text: (row) => formatParty(row.to === '' ? row.from : row.to),
    tooltip: (row) => `Address of record: ${row.to}`,
  },
  {
    id: 'contact',
    header: 'Contact',
    meaning: 'where the registered device wants to be reached',
    flex: 1.2,
    minWidth: 110,
    text: (row) => formatParty(row.contact),
    tooltip: (row) => row.contact,
  },
  SOURCE,
  { ...DESTINATION, optional: true },
  {
    id: 'expires',
    header: 'Expires',
    meaning: 'how long the registration holds',
    width: 72,
    align: 'right',
    text: (row) => (row.expires === null ? '' : `${formatCount(row.expires)} s`),
  },
  DELAY,
  FINAL,
  TRANSPORT,
  DECRYPTED,
  NOTES,
];

export const DIALOG_COLUMNS: readonly RowColumn<LegRow>[] = [
  MARK,
  STATE,
  TIME,
  { id: 'kind', header: 'Kind', width: 96, text: (row) => wordOfKind(row.kind) },
  FROM,
  TO,
  {
    id: 'event',
    header: 'Event',
    meaning: 'what is subscribed to or told of, and how the subscription stands',
    width: 110,
    text: (row) => [row.event, row.subscriptionState].filter(Boolean).join(', '),
  },
  SOURCE,
  DESTINATION,
  DELAY,
  FINAL,
  TRANSPORT,
  DECRYPTED,
  NOTES,
];
