import { Float64Column, Int32Column, Uint16Column, Uint32Column, Uint8Column } from './columns.ts';

/** Bits of RecordTable.flags. */
export const RECORD_DIRECTION = 0x01;
/** Bytes of the stream were lost directly before this record (or this record lost some): see `lost`. */
export const RECORD_AFTER_GAP = 0x02;
/** The record is not whole: its end, its beginning or its middle is missing. */
export const RECORD_PARTIAL = 0x04;
/** Not a TLS record header where one should stand. */
export const RECORD_DAMAGED = 0x08;
/** What is missing was cut by the snap length. */
export const RECORD_SNAPPED = 0x10;
/** The connection or the capture ended inside the record. */
export const RECORD_ENDED = 0x20;
/** The header itself was not seen: type, version and length are not known. */
export const RECORD_HEADERLESS = 0x40;
/** A DTLS record: sequence and epoch stand in the header. */
export const RECORD_DTLS = 0x80;

/** RecordTable.verdict; 0 before anything is known. */
export const VERDICT_CLEAR = 1;
export const VERDICT_DECRYPTED = 2;
export const VERDICT_OPAQUE = 3;

/** RecordTable.decoder: index + 1 into DECODER_STATES. */
export const DECODER_NONE = 1;
export const DECODER_NOT_YET = 2;
// 3 is `ready`: keys are there, and no record has been tried with them.
export const DECODER_OPENED = 4;
export const DECODER_FAILED = 5;

/**
 * One row a TLS record, in the order in which the structure pass recognised them: per direction this is stream order.
 * Structure columns are written once, opening columns on every opening.
 */
export class RecordTable {
  readonly conversation = new Uint32Column();
  /** Which of the conversation's TLS connections: 0, or the stream of an SCTP association. Seldom written. */
  readonly connection = new Uint16Column();
  readonly flags = new Uint8Column();
  readonly type = new Uint8Column();
  readonly version = new Uint16Column();
  /** Length by the header; for partial records what was captured stands in `spans`. */
  readonly fragmentLength = new Uint16Column();
  readonly firstFrame = new Uint32Column();
  /** The frame in which the record became complete. */
  readonly frame = new Uint32Column();
  /** Next record of the same frame, plus 1; 0 at the end. */
  readonly next = new Uint32Column();
  /** File offset of the header's first byte where the record is one run; else row of SpanTable (see spanCount). */
  readonly place = new Float64Column();
  readonly spanCount = new Uint8Column();
  /** Interned body, for records that are not application data; 0 where not kept. */
  readonly kept = new Uint32Column();
  /** Where the header is not TLS's five bytes (DTLS, SSL 2.0): its length, else 0. Of DTLS its epoch and sequence too. */
  readonly headerLength = new Uint8Column();
  readonly headerEpoch = new Uint16Column();
  readonly headerSequence = new Float64Column();
  /** Bytes lost before a record that is partial too, whose `lost` are its own. Seldom written. */
  readonly lostBefore = new Uint32Column();
  /** Of a partial record whose end is there: bytes behind the last hole. Seldom written. */
  readonly tail = new Uint16Column();
  /** Bytes lost before the record (RECORD_AFTER_GAP) or in it (RECORD_PARTIAL). */
  readonly lost = new Uint32Column();

  readonly verdict = new Uint8Column();
  readonly cause = new Uint8Column();
  readonly decoder = new Uint8Column();
  readonly innerType = new Uint8Column();
  readonly state = new Uint16Column();
  /** Row of the epoch list that opened it (or should have), plus 1; 0 where none. */
  readonly epoch = new Uint32Column();
  readonly sequence = new Uint32Column();
  readonly plaintextLength = new Uint16Column();
  /** Sequence numbers skipped to open it after a loss; 0 for none. */
  readonly resynchronised = new Int32Column();

  get length(): number {
    return this.conversation.length;
  }

  get byteLength(): number {
    let sum = 0;
    for (const column of this.columns()) sum += column.byteLength;
    return sum;
  }

  /** Forgets all that an opening wrote. */
  clearOpening(): void {
    for (const column of this.openingColumns()) column.fillFrom(0, 0);
  }

  clearRow(row: number): void {
    this.verdict.write(row, 0);
    this.cause.write(row, 0);
    this.decoder.write(row, 0);
    this.innerType.write(row, 0);
    this.state.write(row, 0);
    this.epoch.write(row, 0);
    this.sequence.write(row, 0);
    this.plaintextLength.write(row, 0);
    this.resynchronised.write(row, 0);
  }

  private openingColumns(): readonly { fillFrom(row: number, value: number): void }[] {
    return [
      this.verdict,
      this.cause,
      this.decoder,
      this.innerType,
      this.state,
      this.epoch,
      this.sequence,
      this.plaintextLength,
      this.resynchronised,
    ];
  }

  private columns(): readonly { readonly byteLength: number }[] {
    return [
      this.conversation,
      this.connection,
      this.flags,
      this.type,
      this.version,
      this.fragmentLength,
      this.firstFrame,
      this.frame,
      this.next,
      this.place,
      this.spanCount,
      this.kept,
      this.headerLength,
      this.headerEpoch,
      this.headerSequence,
      this.lostBefore,
      this.tail,
      this.lost,
      this.verdict,
      this.cause,
      this.decoder,
      this.innerType,
      this.state,
      this.epoch,
      this.sequence,
      this.plaintextLength,
      this.resynchronised,
    ];
  }
}

/** Runs of file bytes, for records that lie in more than one segment. */
export class SpanTable {
  readonly offset = new Float64Column();
  readonly size = new Uint32Column();
  readonly frame = new Uint32Column();

  get length(): number {
    return this.offset.length;
  }

  get byteLength(): number {
    return this.offset.byteLength + this.size.byteLength + this.frame.byteLength;
  }

  add(offset: number, size: number, frame: number): number {
    this.offset.push(offset);
    this.size.push(size);
    this.frame.push(frame);
    return this.offset.length - 1;
  }
}
