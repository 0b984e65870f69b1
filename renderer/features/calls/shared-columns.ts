import { formatDecrypted } from '../../model/call-format.ts';
import { formatCount, formatPlural } from '../../model/format.ts';
import type { RowColumn } from '../../ui/row-list.ts';
import { meaningOfNote, wordOfNote } from './call-words.ts';

/** What a call and whatever is no call have in common. */
interface Signalled {
  readonly transports: readonly string[];
  readonly decrypted: number;
  readonly messages: number;
  readonly notes: readonly string[];
}

export const TRANSPORT: RowColumn<Signalled> = {
  id: 'transports',
  header: 'Transport',
  width: 74,
  text: (row) => row.transports.join(', '),
};

export const DECRYPTED: RowColumn<Signalled> = {
  id: 'messages',
  header: 'Decrypted',
  meaning: 'messages that came out of encryption, of all',
  width: 86,
  align: 'right',
  text: (row) => formatDecrypted(row.decrypted, row.messages),
  tooltip: (row) =>
    `${formatCount(row.decrypted)} of ${formatPlural(row.messages, 'message')} came out of encryption`,
};

export const NOTES: RowColumn<Signalled> = {
  id: 'notes',
  header: 'Remarks',
  flex: 0.8,
  minWidth: 72,
  text: (row) => row.notes.map(wordOfNote).join(', '),
  tooltip: (row) => row.notes.map((note) => `${wordOfNote(note)}: ${meaningOfNote(note)}`).join('\n'),
};
