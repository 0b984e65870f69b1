import type { ConversationRow } from '../../../core/api.ts';
import { formatAbsolute, formatCount, formatDuration } from '../../model/format.ts';
import type { RowColumn } from '../../ui/row-list.ts';
import { CAUSE_LABELS } from '../verdict/cause-labels.ts';
import { VERDICT_MEANINGS, VERDICT_WORDS } from '../verdict/verdict-words.ts';

export const CONVERSATION_COLUMNS: readonly RowColumn<ConversationRow>[] = [
  {
    id: 'verdict',
    header: 'Verdict',
    width: 28,
    className: 'verdict-cell',
    text: (row) => VERDICT_WORDS[row.verdict],
    tooltip: (row) => `${VERDICT_WORDS[row.verdict]}: ${VERDICT_MEANINGS[row.verdict]}`,
  },
  { id: 'conversation', header: 'No.', width: 58, align: 'right', text: (row) => row.conversation },
  { id: 'client', header: 'Client', flex: 1.1, minWidth: 120, text: (row) => row.client },
  {
    id: 'server',
    header: 'Server',
    flex: 1.1,
    minWidth: 120,
    text: (row) => row.server,
    tooltip: (row) =>
      `${row.server}${row.serverName === null ? '' : ` (${row.serverName})`}${
        row.rolesAssumed ? '. Which end is the server is assumed from the ports.' : ''
      }`,
  },
  { id: 'protocol', header: 'Protocol', width: 78, text: (row) => row.protocol },
  { id: 'version', header: 'Version', width: 62, text: (row) => row.version ?? '' },
  {
    id: 'suite',
    header: 'Cipher suite',
    flex: 1.7,
    minWidth: 130,
    text: (row) => (row.cipherSuite ?? '').replace(/^TLS_/, ''),
    tooltip: (row) => row.cipherSuite ?? '',
  },
  {
    id: 'cause',
    header: 'Verdict',
    flex: 1.5,
    minWidth: 150,
    className: 'cause-cell',
    text: (row) =>
      row.cause === null || row.verdict === 'handshake-failed'
        ? VERDICT_WORDS[row.verdict]
        : `${VERDICT_WORDS[row.verdict]}: ${CAUSE_LABELS[row.cause]}`,
    tooltip: (row) => row.cause ?? VERDICT_MEANINGS[row.verdict],
  },
  {
    id: 'decrypted',
    header: 'Decrypted',
    meaning: 'encrypted records that could be opened, of all',
    width: 96,
    align: 'right',
    text: (row) =>
      row.decrypted + row.opaque === 0
        ? ''
        : `${formatCount(row.decrypted)} / ${formatCount(row.decrypted + row.opaque)}`,
    tooltip: (row) =>
      `${formatCount(row.decrypted)} records decrypted, ${formatCount(row.opaque)} not, ${formatCount(row.clear)} were sent in clear`,
  },
  { id: 'key', header: 'Key', flex: 0.8, minWidth: 70, text: (row) => row.key ?? '' },
  {
    id: 'sip',
    header: 'SIP',
    width: 44,
    align: 'right',
    text: (row) => (row.sipMessages === 0 ? '' : formatCount(row.sipMessages)),
  },
  {
    id: 'frames',
    header: 'Frames',
    width: 58,
    align: 'right',
    text: (row) => formatCount(row.frames),
    tooltip: (row) => `Frames ${row.firstFrame} to ${row.lastFrame}`,
  },
  {
    id: 'duration',
    header: 'Duration',
    width: 74,
    align: 'right',
    text: (row) => formatDuration(row.duration),
    tooltip: (row) => `From ${formatAbsolute(row.start)}`,
  },
];
