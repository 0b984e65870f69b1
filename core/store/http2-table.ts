import { Float64Column, Uint32Column, Uint8Column } from './columns.ts';
import { Interner } from './interner.ts';

/** Bits of Http2Table.marks. */
export const HTTP2_DIRECTION = 0x01;
export const HTTP2_DECRYPTED = 0x02;
/** A part of the body of the DATA frame that stands before it in its direction. */
export const HTTP2_BODY = 0x04;
/** Its conversation was read again. */
export const HTTP2_WITHDRAWN = 0x08;

/** Rows that are kept, and bytes of header fields; what is beyond them is read, and not kept. */
const MOST_ROWS = 1_000_000;
const MOST_TEXT = 64 * 1024 * 1024;

export interface Http2Row {
  readonly frame: number;
  readonly conversation: number;
  readonly marks: number;
  /** Record row where decrypted, frame where clear. */
  readonly unit: number;
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly length: number;
  /** Where a body's bytes stand in the unit's plaintext, or in the file; -1 where they are not one run. */
  readonly offset: number;
  readonly size: number;
}

/** One row an HTTP/2 frame, and one for each part of a body, in the order in which they were complete. */
export class Http2Table {
  readonly frame = new Uint32Column();
  readonly conversation = new Uint32Column();
  readonly marks = new Uint8Column();
  readonly unit = new Uint32Column();
  readonly type = new Uint8Column();
  readonly flags = new Uint8Column();
  readonly stream = new Uint32Column();
  readonly size = new Uint32Column();
  readonly offset = new Float64Column();
  private readonly fields = new Uint32Column();
  /** Changes with each `withdraw`. */
  generation = 0;
  private readonly seed: number;
  private texts: Interner | null = null;

  constructor(seed: number) {
    this.seed = seed;
  }

  get length(): number {
    return this.frame.length;
  }

  get full(): boolean {
    return this.length >= MOST_ROWS;
  }

  /** `fields` are lines of text; they are left out where too much of them is kept already. */
  add(row: Http2Row, fields: string): void {
    this.frame.push(row.frame);
    this.conversation.push(row.conversation);
    this.marks.push(row.marks);
    this.unit.push(row.unit);
    this.type.push(row.type);
    this.flags.push(row.flags);
    this.stream.push(row.stream);
    this.size.push((row.marks & HTTP2_BODY) === 0 ? row.length : row.size);
    this.offset.push(row.offset);
    this.fields.push(fields === '' ? 0 : this.keep(fields));
  }

  /** "name: value", a line each. */
  fieldsOf(row: number): string {
    const id = this.fields.read(row);
    return id === 0 || this.texts === null ? '' : this.texts.textOf(id);
  }

  /** Forgets the frames of some conversations. */
  withdraw(conversations: ReadonlySet<number>): void {
    this.generation += 1;
    for (let row = 0; row < this.length; row += 1)
      if (conversations.has(this.conversation.read(row)))
        this.marks.write(row, this.marks.read(row) | HTTP2_WITHDRAWN);
  }

  get byteLength(): number {
    return this.length === 0
      ? 0
      : Math.ceil(this.length / 65536) * 65536 * 35 + (this.texts?.byteLength ?? 0);
  }

  private keep(fields: string): number {
    this.texts ??= new Interner(this.seed);
    const bytes = UTF_8.encode(this.texts.byteLength < MOST_TEXT ? fields : NOT_KEPT);
    return this.texts.intern(bytes, 0, bytes.length);
  }
}

const UTF_8 = new TextEncoder();
const NOT_KEPT = '(more header fields came than are kept): ';
