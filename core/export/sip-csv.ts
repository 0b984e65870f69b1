import { headerValue, parseSipMessage } from '../app/sip/parse-message.ts';
import { encodeUtf8 } from '../bytes/text.ts';
import { describeEnd, describeTime } from './describe-message.ts';
import type { ExportedMessage } from './exported.ts';

/** One row a message (RFC 4180), safe to open in a spreadsheet: no cell of it is taken for a formula. */
export function* writeSipCsv(messages: Iterable<ExportedMessage>): Generator<Uint8Array> {
  yield row(COLUMNS);
  for (const message of messages) {
    const parsed = parseSipMessage(message.bytes);
    yield row([
      String(message.frame),
      describeTime(message),
      describeEnd(message.source),
      describeEnd(message.destination),
      String(message.conversation),
      message.decrypted ? 'decrypted' : 'clear',
      message.startLine,
      headerValue(parsed, 'from') ?? '',
      headerValue(parsed, 'to') ?? '',
      message.callId,
      message.cseq,
      headerValue(parsed, 'user-agent') ?? headerValue(parsed, 'server') ?? '',
    ]);
  }
}

const COLUMNS = [
  'frame',
  'time',
  'source',
  'destination',
  'conversation',
  'seen',
  'start line',
  'from',
  'to',
  'call-id',
  'cseq',
  'agent',
] as const;

function row(cells: readonly string[]): Uint8Array {
  return encodeUtf8(`${cells.map(cell).join(',')}\r\n`);
}

/**
 * A cell that a spreadsheet would compute gets an apostrophe before it. Blanks before the sign do not help an attacker,
 * nor does a line end: each cell stands in quotes and on one line.
 */
function cell(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f]+/g, ' ');
  const safe = /^[\s'"]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/.test(line) ? `'${line}` : line;
  return `"${safe.replaceAll('"', '""')}"`;
}
