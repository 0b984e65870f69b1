import type { ExportFormat, ExportScope } from '../../../core/api-export.ts';

/** How an export is named in the dialog, and what it is for. */
export const FORMAT_WORDS = {
  report: [
    'Case report',
    'One HTML file for anybody: verdicts with their proofs, ladders, messages. Prints well.',
  ],
  'pcapng-with-secrets': [
    'Capture that opens decrypted',
    'The packets with the session secrets that they need, for Wireshark (pcapng).',
  ],
  'clear-pcapng': [
    'SIP in clear as a capture',
    'The messages as packets with their addresses and times (pcapng).',
  ],
  keylog: ['Session secrets', 'A key log: what decrypts these connections, in place of the private key.'],
  text: ['SIP as text', 'Every message, one after the other.'],
  'ladder-svg': ['Ladder as an image', 'One call or conversation (SVG).'],
  'ladder-text': ['Ladder as text', 'For a ticket or a mail.'],
  json: ['SIP as JSON', 'For programs.'],
  csv: ['SIP as a table', 'One row a message (CSV).'],
} as const satisfies Record<ExportFormat, readonly [string, string]>;

export function wordsOfScope(scope: ExportScope): string {
  switch (scope.kind) {
    case 'all':
      return 'The whole capture';
    case 'filtered':
      return 'What the frame list’s filter lets through';
    case 'call':
      return 'The selected call';
    case 'conversation':
      return `Conversation ${scope.conversation}`;
  }
}
