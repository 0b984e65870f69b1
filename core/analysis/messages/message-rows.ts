import type { SipScratch } from '../../app/events.ts';
import type { Interner } from '../../store/interner.ts';
import {
  MESSAGE_DIRECTION,
  MESSAGE_KEPT,
  MESSAGE_REQUEST,
  MESSAGE_TRUNCATED,
  type MessageTable,
} from '../../store/message-table.ts';

/** Where a message's row goes, and what a row has beside the message itself. */
export interface MessageRow {
  readonly messages: MessageTable;
  readonly strings: Interner;
  readonly conversation: number;
  readonly frame: number;
  /** Bits of MessageTable.flags that the message does not tell: MESSAGE_DECRYPTED. */
  readonly flags: number;
  /** Its text is kept: its number in the arena; null where it is derived again, from file offset `offset` where clear. */
  readonly text: number | null;
  readonly offset: number;
}

/** Appends one SIP message to a table. */
export function addMessageRow(row: MessageRow, message: SipScratch): void {
  const { messages, strings, text } = row;
  const { bytes } = message;
  let flags = row.flags | (message.direction === 0 ? 0 : MESSAGE_DIRECTION);
  if (message.isRequest) flags |= MESSAGE_REQUEST;
  if (message.truncated) flags |= MESSAGE_TRUNCATED;
  if (text !== null) flags |= MESSAGE_KEPT;
  messages.frame.push(row.frame);
  messages.conversation.push(row.conversation);
  messages.flags.push(flags);
  messages.status.push(message.status);
  messages.startLine.push(strings.intern(bytes, message.from, message.startLineEnd));
  messages.callId.push(
    message.callIdFrom < 0 ? 0 : strings.intern(bytes, message.callIdFrom, message.callIdTo),
  );
  messages.cseq.push(message.cseqFrom < 0 ? 0 : strings.intern(bytes, message.cseqFrom, message.cseqTo));
  messages.firstUnit.push(message.firstUnit);
  messages.lastUnit.push(message.lastUnit);
  messages.offsetInFirst.push(message.offsetInFirst);
  messages.size.push(message.to - message.from);
  messages.offset.push(text ?? row.offset);
}
