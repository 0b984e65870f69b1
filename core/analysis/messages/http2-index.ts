import { describeHttp2Frame } from '../../app/http2/describe-frame.ts';
import { http2FlagNames, http2FrameName } from '../../app/http2/frame-names.ts';
import {
  HTTP2_BODY,
  HTTP2_DECRYPTED,
  HTTP2_DIRECTION,
  HTTP2_WITHDRAWN,
  type Http2Table,
} from '../../store/http2-table.ts';
import type { Analysis } from '../analysis.ts';
import { readFields } from './http2-rows.ts';
import { textOfData } from './readable-data.ts';

/** One HTTP/2 frame as the contract's `frames --json` gives it. */
export interface Http2FrameReport {
  readonly type: string;
  readonly stream: number;
  readonly flags: readonly string[];
  readonly length: number;
  /** Header fields by name, in the order in which they were sent; settings and the like in the same way. */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** Where HTTP/2 frames are found: by capture frame, by record and by conversation. */
export class Http2Index {
  private readonly analysis: Analysis;
  private readonly clear = new TableIndex();
  private readonly opened = new TableIndex();

  constructor(analysis: Analysis) {
    this.analysis = analysis;
  }

  /** The HTTP/2 frames that end in a frame of the capture. */
  reportsOf(frame: number): Http2FrameReport[] {
    return this.labelled(frame, (table, row) => ({
      type: http2FrameName(table.type.read(row)),
      stream: table.stream.read(row),
      flags: http2FlagNames(table.type.read(row), table.flags.read(row)),
      length: table.size.read(row),
      fields: readFields(table.fieldsOf(row)),
    }));
  }

  /** A line for each of them. */
  labelsOf(frame: number): string[] {
    return this.labelled(frame, labelOf);
  }

  /** What of them may be looked for. */
  searchable(frame: number): string {
    return this.labelled(frame, (table, row) => `${labelOf(table, row)}\n${table.fieldsOf(row)}`).join('\n');
  }

  /** What stands in a record, as one line; null where no HTTP/2 frame ends in it and no body goes on. */
  labelOfRecord(record: number): string | null {
    const { table, rows } = this.ofRecord(record);
    if (rows.length === 0) return null;
    const labels = rows.filter((row) => !isBody(table, row)).map((row) => labelOf(table, row));
    if (labels.length === 0) return `${labelOf(table, rows[0] ?? 0)} goes on`;
    return labels.join(', ');
  }

  /** The frames of a record with their fields and bodies as text; null as above. */
  textOfRecord(record: number): string | null {
    const { table, rows } = this.ofRecord(record);
    if (rows.length === 0) return null;
    const plaintext = this.analysis.opening.plaintextOf(record);
    return rows.map((row) => textOf(table, row, (offset, size) => cut(plaintext, offset, size))).join('\n');
  }

  /** Frames of the capture with HTTP/2 in clear, in order; each with its direction. */
  clearFramesOf(conversation: number): { readonly frame: number; readonly direction: 0 | 1 }[] {
    const table = this.analysis.structure.http2;
    const frames: { frame: number; direction: 0 | 1 }[] = [];
    for (const row of this.clear.rowsOf(table, 'conversation', conversation)) {
      const frame = table.frame.read(row);
      const direction = (table.marks.read(row) & HTTP2_DIRECTION) === 0 ? 0 : 1;
      if (frames.at(-1)?.frame !== frame) frames.push({ frame, direction });
    }
    return frames.sort((a, b) => a.frame - b.frame);
  }

  textOfClearFrame(frame: number): string {
    const { structure, ports } = this.analysis;
    const table = structure.http2;
    const file = structure.frames.file.read(frame - 1);
    const read = (offset: number, size: number): Uint8Array | null => {
      const bytes = new Uint8Array(size);
      return ports.store.read(file, offset, size, bytes, 0) ? bytes : null;
    };
    return this.clear
      .rowsOf(table, 'frame', frame)
      .map((row) => textOf(table, row, read))
      .join('\n');
  }

  private ofRecord(record: number): { readonly table: Http2Table; readonly rows: readonly number[] } {
    const table = this.analysis.opening.http2;
    return { table, rows: this.opened.rowsOf(table, 'unit', record) };
  }

  private labelled<T>(frame: number, make: (table: Http2Table, row: number) => T): T[] {
    const { structure, opening } = this.analysis;
    const found: T[] = [];
    for (const [index, table] of [
      [this.clear, structure.http2],
      [this.opened, opening.http2],
    ] as const)
      for (const row of index.rowsOf(table, 'frame', frame))
        if (!isBody(table, row)) found.push(make(table, row));
    return found;
  }
}

type Key = 'frame' | 'unit' | 'conversation';

/** Rows of a table by one of its columns; follows the table as it grows, and begins anew where rows went. */
class TableIndex {
  private table: Http2Table | null = null;
  private generation = 0;
  private read = 0;
  private readonly maps: Readonly<Record<Key, Map<number, number[]>>> = {
    frame: new Map(),
    unit: new Map(),
    conversation: new Map(),
  };

  rowsOf(table: Http2Table, key: Key, value: number): readonly number[] {
    this.follow(table);
    return this.maps[key].get(value) ?? NO_ROWS;
  }

  private follow(table: Http2Table): void {
    const { maps } = this;
    if (this.table !== table || this.generation !== table.generation) {
      this.table = table;
      this.generation = table.generation;
      this.read = 0;
      for (const map of Object.values(maps)) map.clear();
    }
    for (; this.read < table.length; this.read += 1) {
      const row = this.read;
      const marks = table.marks.read(row);
      if ((marks & HTTP2_WITHDRAWN) !== 0) continue;
      this.add('frame', table.frame.read(row), row);
      if ((marks & HTTP2_DECRYPTED) !== 0) this.add('unit', table.unit.read(row), row);
      else this.add('conversation', table.conversation.read(row), row);
    }
  }

  private add(key: Key, value: number, row: number): void {
    const rows = this.maps[key].get(value);
    if (rows === undefined) this.maps[key].set(value, [row]);
    else rows.push(row);
  }
}

function isBody(table: Http2Table, row: number): boolean {
  return (table.marks.read(row) & HTTP2_BODY) !== 0;
}

function labelOf(table: Http2Table, row: number): string {
  const fields = readFields(table.fieldsOf(row));
  return describeHttp2Frame({ type: table.type.read(row), stream: table.stream.read(row), fields });
}

function textOf(
  table: Http2Table,
  row: number,
  read: (offset: number, size: number) => Uint8Array | null,
): string {
  if (isBody(table, row)) {
    const size = table.size.read(row);
    const offset = table.offset.read(row);
    const bytes = offset < 0 ? null : read(offset, size);
    return bytes === null ? `(${size} bytes)` : textOfData(bytes);
  }
  const type = table.type.read(row);
  const flags = http2FlagNames(type, table.flags.read(row));
  const stream = http2FrameName(type) === 'Magic' ? '' : ` stream ${table.stream.read(row)}`;
  const head = [`${http2FrameName(type)}${stream}`, ...flags].join(', ');
  const fields = table.fieldsOf(row);
  return fields === '' ? head : `${head}\n${fields}`;
}

function cut(plaintext: Uint8Array | null, offset: number, size: number): Uint8Array | null {
  return plaintext === null || offset + size > plaintext.length
    ? null
    : plaintext.subarray(offset, offset + size);
}

const NO_ROWS: readonly number[] = [];
