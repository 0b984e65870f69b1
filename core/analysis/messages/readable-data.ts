import { MESSAGE_DECRYPTED, MESSAGE_DIRECTION } from '../../store/message-table.ts';
import { RECORD_DIRECTION, VERDICT_DECRYPTED } from '../../store/record-table.ts';
import { APPLICATION_DATA } from '../../tls/tables/content-types.ts';
import type { Analysis } from '../analysis.ts';
import type { MessageIndex } from './message-index.ts';

/**
 * Records of a conversation whose application data can be read and is no part of a SIP message: HTTP, WebSocket frames,
 * keep-alives, anything else that travels in the same TLS. `records` are the conversation's rows.
 */
export function recordsBesideSip(
  analysis: Analysis,
  messages: MessageIndex,
  conversation: number,
  records: readonly number[],
): number[] {
  const carriers = sipCarriers(analysis, messages, conversation);
  const table = analysis.structure.records;
  return records.filter((record) => {
    if (carriers.has(record) || table.plaintextLength.read(record) === 0) return false;
    const opened = table.verdict.read(record) === VERDICT_DECRYPTED;
    if (opened) return table.innerType.read(record) === APPLICATION_DATA;
    const nullSuite = analysis.stretchOf(record)?.handshake?.suite?.kind === 'null';
    return nullSuite && table.type.read(record) === APPLICATION_DATA;
  });
}

/** The first line of readable bytes, for a list; how many bytes where they are no text. */
export function labelOfData(bytes: Uint8Array): string {
  const line =
    TEXT.decode(bytes.subarray(0, LONGEST_LABEL))
      .trimStart()
      .split(/[\r\n]/, 1)[0] ?? '';
  const readable = line !== '' && !UNPRINTABLE.test(line);
  return readable ? line : `Application Data (${bytes.length} ${bytes.length === 1 ? 'byte' : 'bytes'})`;
}

/** The bytes as text where they are text, else how many they are. */
export function textOfData(bytes: Uint8Array): string {
  const text = TEXT.decode(bytes);
  return UNPRINTABLE.test(text) ? `(${bytes.length} bytes that are no text)` : text;
}

/** Record rows that carry a SIP message, or a part of one. */
function sipCarriers(analysis: Analysis, messages: MessageIndex, conversation: number): ReadonlySet<number> {
  const carriers = new Set<number>();
  const { records } = analysis.structure;
  for (const message of messages.ofConversation(conversation)) {
    const place = messages.placeOf(message);
    if (place === null) continue;
    const { table, row } = place;
    const flags = table.flags.read(row);
    if ((flags & MESSAGE_DECRYPTED) === 0) continue;
    const direction = (flags & MESSAGE_DIRECTION) === 0 ? 0 : RECORD_DIRECTION;
    const last = table.lastUnit.read(row);
    for (let record = table.firstUnit.read(row); record <= last; record += 1)
      if (
        records.conversation.read(record) === conversation &&
        (records.flags.read(record) & RECORD_DIRECTION) === direction
      )
        carriers.add(record);
  }
  return carriers;
}

const TEXT = new TextDecoder('utf-8');
const LONGEST_LABEL = 120;
// Controls but tab and line ends, and what no UTF-8 stands for.
const UNPRINTABLE = /[^\P{Cc}\t\r\n]|\uFFFD/u;
