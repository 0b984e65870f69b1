import { Float64Column, Uint16Column, Uint32Column, Uint8Column } from './columns.ts';

/** Bits of MessageTable.flags. */
export const MESSAGE_DIRECTION = 0x01;
export const MESSAGE_REQUEST = 0x02;
export const MESSAGE_DECRYPTED = 0x04;
export const MESSAGE_TRUNCATED = 0x08;
/** Its text is not a cut of its units' bytes (inflated, unmasked, joined): it stands in the arena. */
export const MESSAGE_KEPT = 0x10;
/** It came out of TLS that is inside the conversation's own. */
export const MESSAGE_INNER = 0x20;

/**
 * One row a SIP message; strings are ids of an Interner. The text is derived on demand: from `firstUnit` to `lastUnit`
 * (record rows where decrypted; file bytes at `offset` where clear), or from the arena where MESSAGE_KEPT.
 */
export class MessageTable {
  readonly frame = new Uint32Column();
  readonly conversation = new Uint32Column();
  readonly flags = new Uint8Column();
  readonly status = new Uint16Column();
  readonly startLine = new Uint32Column();
  readonly callId = new Uint32Column();
  readonly cseq = new Uint32Column();
  readonly firstUnit = new Uint32Column();
  readonly lastUnit = new Uint32Column();
  readonly offsetInFirst = new Uint32Column();
  readonly size = new Uint32Column();
  /** File offset (clear) or interned id of the text (MESSAGE_KEPT). */
  readonly offset = new Float64Column();

  get length(): number {
    return this.frame.length;
  }

  /** The table without the messages of some conversations. */
  without(conversations: ReadonlySet<number>): MessageTable {
    const kept = new MessageTable();
    for (let row = 0; row < this.length; row += 1) {
      if (conversations.has(this.conversation.read(row))) continue;
      kept.frame.push(this.frame.read(row));
      kept.conversation.push(this.conversation.read(row));
      kept.flags.push(this.flags.read(row));
      kept.status.push(this.status.read(row));
      kept.startLine.push(this.startLine.read(row));
      kept.callId.push(this.callId.read(row));
      kept.cseq.push(this.cseq.read(row));
      kept.firstUnit.push(this.firstUnit.read(row));
      kept.lastUnit.push(this.lastUnit.read(row));
      kept.offsetInFirst.push(this.offsetInFirst.read(row));
      kept.size.push(this.size.read(row));
      kept.offset.push(this.offset.read(row));
    }
    return kept;
  }

  get byteLength(): number {
    return this.length === 0 ? 0 : Math.ceil(this.length / 65536) * 65536 * 47;
  }
}
