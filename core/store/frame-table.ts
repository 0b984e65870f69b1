import { Float64Column, Int32Column, Uint16Column, Uint32Column, Uint8Column } from './columns.ts';

/** Bits of FrameTable.flags. */
export const FRAME_DIRECTION = 0x01;
/** `link` is the frame that this one repeats. */
export const FRAME_DUPLICATE = 0x02;
/** `link` is the frame in which the bytes that began here are completed. */
export const FRAME_AWAITING = 0x04;
/** Carries transport payload. */
export const FRAME_PAYLOAD = 0x08;
export const FRAME_MALFORMED = 0x10;
export const FRAME_FRAGMENT = 0x20;
export const FRAME_KEEP_ALIVE = 0x40;
/** Brings bytes of a stream that is TLS (or of which some part is). */
export const FRAME_TLS = 0x80;

/**
 * One row a frame, row = frame number - 1. Structure columns are written once; `verdict` and `cause` are written again
 * whenever keys change. 48 bytes a frame. Columns that are 0 for most frames may be shorter than the table.
 */
export class FrameTable {
  /** A double: pcapng and snoop know times that 32 bits do not hold. */
  readonly seconds = new Float64Column();
  readonly nanoseconds = new Uint32Column();
  /** Offset of the frame's first byte in its (decompressed) file. */
  readonly offset = new Float64Column();
  readonly captured = new Uint32Column();
  readonly original = new Uint32Column();
  /** Which file of the set, and the link type. */
  readonly file = new Uint16Column();
  readonly linkType = new Uint16Column();
  readonly conversation = new Int32Column();
  readonly flags = new Uint8Column();
  /** Id of the innermost protocol's name, see ProtocolNames. */
  readonly protocol = new Uint8Column();
  /** Frame number, meaning by flags; 0 where none. */
  readonly link = new Uint32Column();
  /** First record row that is complete here, plus 1; 0 where none. Chained by RecordTable.next. */
  readonly firstRecord = new Uint32Column();
  readonly verdict = new Uint8Column();
  readonly cause = new Uint8Column();

  get length(): number {
    return this.seconds.length;
  }

  get byteLength(): number {
    return (
      this.seconds.byteLength +
      this.nanoseconds.byteLength +
      this.offset.byteLength +
      this.captured.byteLength +
      this.original.byteLength +
      this.file.byteLength +
      this.linkType.byteLength +
      this.conversation.byteLength +
      this.flags.byteLength +
      this.protocol.byteLength +
      this.link.byteLength +
      this.firstRecord.byteLength +
      this.verdict.byteLength +
      this.cause.byteLength
    );
  }
}

/** Names of innermost protocols, at most 255 of them, so that a frame needs one byte. */
export class ProtocolNames {
  private readonly names: string[] = [''];
  private readonly ids = new Map<string, number>();

  idOf(name: string): number {
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    // Names come from our own tables, never from the capture; a full table would be our bug, and 0 is "unknown".
    if (this.names.length > 255) return 0;
    this.names.push(name);
    this.ids.set(name, this.names.length - 1);
    return this.names.length - 1;
  }

  nameOf(id: number): string {
    return this.names[id] ?? '';
  }
}
