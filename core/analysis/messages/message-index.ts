import {
  MESSAGE_KEPT,
  MESSAGE_DECRYPTED,
  MESSAGE_DIRECTION,
  type MessageTable,
} from '../../store/message-table.ts';
import type { Interner } from '../../store/interner.ts';
import type { Analysis } from '../analysis.ts';
import { MessageOrder } from './message-order.ts';

/** One SIP message of the merged list, read on demand. */
export interface MessageView {
  readonly message: number;
  readonly frame: number;
  readonly conversation: number;
  readonly direction: 0 | 1;
  readonly startLine: string;
  readonly callId: string;
  readonly cseq: string;
  readonly decrypted: boolean;
}

/**
 * SIP in clear and decrypted, in one order: by the frame in which the message ends, then as found. Numbers of messages
 * are places in this order and change with the analysis' revision.
 */
export class MessageIndex {
  private readonly analysis: Analysis;
  private readonly order = new MessageOrder();
  private readonly texts = new Map<Interner, Map<number, string>>();
  private byConversation: Map<number, number[]> | null = null;
  /** How often the order changed: messages may have other numbers since. */
  orders = 0;

  /** Place in the order by row, clear rows first; made when asked for. */
  private numbers: Uint32Array | null = null;
  private readonly place: MessagePlace;

  constructor(analysis: Analysis) {
    this.analysis = analysis;
    const { messages, strings } = analysis.structure;
    this.place = { table: messages, row: 0, strings };
  }

  get length(): number {
    const { structure, opening } = this.analysis;
    return structure.messages.length + opening.messages.length;
  }

  view(message: number): MessageView | null {
    const place = this.placeOf(message);
    if (place === null) return null;
    const { table, row, strings } = place;
    return {
      message,
      frame: table.frame.read(row),
      conversation: table.conversation.read(row),
      direction: (table.flags.read(row) & MESSAGE_DIRECTION) === 0 ? 0 : 1,
      startLine: this.textOfString(strings, table.startLine.read(row)),
      callId: this.textOfString(strings, table.callId.read(row)),
      cseq: this.textOfString(strings, table.cseq.read(row)),
      decrypted: (table.flags.read(row) & MESSAGE_DECRYPTED) !== 0,
    };
  }

  frameOf(message: number): number {
    const place = this.placeOf(message);
    return place === null ? 0 : place.table.frame.read(place.row);
  }

  /** 2 * frame, and one more where it was decrypted: what the order goes by. */
  keyOf(message: number): number {
    const place = this.placeOf(message);
    if (place === null) return 0;
    const { table, row } = place;
    return 2 * table.frame.read(row) + ((table.flags.read(row) & MESSAGE_DECRYPTED) === 0 ? 0 : 1);
  }

  /** First message of the order that ends in this frame or a later one. */
  firstAt(frame: number): number {
    this.refresh();
    let low = 0;
    let high = this.order.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.frameOf(middle) < frame) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Messages of one conversation, in order. */
  ofConversation(conversation: number): readonly number[] {
    this.refresh();
    if (this.byConversation === null) {
      this.byConversation = new Map();
      for (let message = 0; message < this.order.count; message += 1) {
        const place = this.placeOf(message);
        if (place === null) continue;
        const of = place.table.conversation.read(place.row);
        const list = this.byConversation.get(of);
        if (list === undefined) this.byConversation.set(of, [message]);
        else list.push(message);
      }
    }
    return this.byConversation.get(conversation) ?? [];
  }

  countOf(conversation: number): number {
    return this.ofConversation(conversation).length;
  }

  /** Where the text of a message stands (under the number in its `offset`) if it was kept, else null. */
  keptTextsOf({ table, row }: MessagePlace): Interner | null {
    const flags = table.flags.read(row);
    if ((flags & MESSAGE_KEPT) === 0) return null;
    const { structure, opening } = this.analysis;
    return (flags & MESSAGE_DECRYPTED) !== 0 ? opening.texts : structure.bodies;
  }

  /** The bytes of a message; null where they cannot be had any more. */
  bytesOf(message: number): Uint8Array | null {
    const place = this.placeOf(message);
    return place === null ? null : this.bytesAt(place.table, place.row);
  }

  /** The number in the order of a row of the clear or the decrypted table. */
  numberOf(table: MessageTable, row: number): number {
    this.refresh();
    const { structure, opening } = this.analysis;
    const clear = structure.messages.length;
    if (this.numbers === null) {
      const { order } = this;
      this.numbers = new Uint32Array(clear + opening.messages.length);
      for (let at = 0; at < order.count; at += 1)
        this.numbers[order.rowOf(at) + (order.isOpened(at) ? clear : 0)] = at;
    }
    return this.numbers[table === structure.messages ? row : row + clear] ?? 0;
  }

  /** The bytes of a row of either table. */
  bytesAt(table: MessageTable, row: number): Uint8Array | null {
    const { structure, opening, ports } = this.analysis;
    const flags = table.flags.read(row);
    const decrypted = (flags & MESSAGE_DECRYPTED) !== 0;
    if ((flags & MESSAGE_KEPT) !== 0) {
      const kept = decrypted ? opening.texts : structure.bodies;
      return kept.bytesOf(table.offset.read(row)).slice();
    }
    const size = table.size.read(row);
    const bytes = new Uint8Array(size);
    if (!decrypted) {
      const file = structure.frames.file.read(table.firstUnit.read(row) - 1);
      return ports.store.read(file, table.offset.read(row), size, bytes, 0) ? bytes : null;
    }
    return this.fromRecords(table, row, bytes);
  }

  textOf(message: number): string | null {
    const bytes = this.bytesOf(message);
    return bytes === null ? null : UTF_8.decode(bytes);
  }

  private fromRecords(table: MessageTable, row: number, bytes: Uint8Array): Uint8Array | null {
    const { opening, structure } = this.analysis;
    const conversation = table.conversation.read(row);
    const direction = (table.flags.read(row) & MESSAGE_DIRECTION) === 0 ? 0 : 1;
    let skip = table.offsetInFirst.read(row);
    let filled = 0;
    const last = table.lastUnit.read(row);
    const connection = structure.records.connection.read(last);
    for (let record = table.firstUnit.read(row); record <= last && filled < bytes.length; record += 1) {
      if (structure.records.conversation.read(record) !== conversation) continue;
      if ((structure.records.flags.read(record) & 1) !== direction) continue;
      if (structure.records.connection.read(record) !== connection) continue;
      if (structure.records.innerType.read(record) !== APPLICATION_DATA) continue;
      const plaintext = opening.plaintextOf(record);
      if (plaintext === null) return null;
      const part = plaintext.subarray(skip, skip + bytes.length - filled);
      bytes.set(part, filled);
      filled += part.length;
      skip = 0;
    }
    return filled === bytes.length ? bytes : bytes.subarray(0, filled);
  }

  /** Interned strings are asked for again and again. */
  private textOfString(strings: Interner, id: number): string {
    let known = this.texts.get(strings);
    if (known === undefined) {
      if (this.texts.size >= 2) this.texts.clear();
      known = new Map();
      this.texts.set(strings, known);
    }
    const text = known.get(id);
    if (text !== undefined) return text;
    if (known.size >= MOST_TEXTS) known.clear();
    const made = strings.textOf(id);
    known.set(id, made);
    return made;
  }

  /** Row and tables of a message; the object is used again by the next call. */
  placeOf(message: number): MessagePlace | null {
    this.refresh();
    const { order, place } = this;
    if (!(message >= 0 && message < order.count)) return null;
    const { structure, opening } = this.analysis;
    const isClear = !order.isOpened(message);
    place.table = isClear ? structure.messages : opening.messages;
    place.strings = isClear ? structure.strings : opening.strings;
    place.row = order.rowOf(message);
    return place;
  }

  private refresh(): void {
    const { structure, opening } = this.analysis;
    if (!this.order.follow(structure.messages, opening.messages)) return;
    this.byConversation = null;
    this.numbers = null;
    this.orders += 1;
  }
}

interface MessagePlace {
  table: MessageTable;
  row: number;
  strings: Interner;
}

const UTF_8 = new TextDecoder('utf-8');
const APPLICATION_DATA = 23;
const MOST_TEXTS = 20_000;
