import { encodeHex } from '../../bytes/hex.ts';
import { offsetIn } from './message-reader.ts';

/** One node of a message's tree. `offset` counts from the message's first byte, its header included. */
export interface MessageNode {
  readonly label: string;
  readonly offset: number;
  readonly length: number;
  readonly children: readonly MessageNode[];
}

/**
 * Makes nodes for one message. Offsets are given as in the message's body; the header's length is added here.
 */
export class NodeMaker {
  private readonly body: Uint8Array;
  private readonly header: number;

  constructor(body: Uint8Array, header: number) {
    this.body = body;
    this.header = header;
  }

  node(label: string, offset: number, length: number, children: readonly MessageNode[] = []): MessageNode {
    // A message that is cut off ends before what would come next in it.
    const from = Math.min(offset, this.body.length);
    const size = Math.min(length, this.body.length - from);
    return { label, offset: from + this.header, length: size, children };
  }

  /** Bytes as hexadecimal, the begin of them where they are many. */
  bytes(label: string, view: Uint8Array): MessageNode {
    const shown = encodeHex(view.subarray(0, MOST_SHOWN));
    const more = view.length > MOST_SHOWN ? '…' : '';
    return this.node(
      `${label}: ${view.length === 0 ? 'empty' : shown + more}`,
      offsetIn(this.body, view),
      view.length,
    );
  }

  /** A list of numbers of `size` bytes each, the first at `offset`. */
  list(
    label: string,
    offset: number,
    size: number,
    numbers: readonly number[],
    describe: (n: number) => string,
  ): MessageNode {
    const items = numbers.map((n, i) => this.node(describe(n), offset + i * size, size));
    return this.node(label, offset, numbers.length * size, items);
  }

  /** Where a view of the body begins and ends in it. */
  endOf(view: Uint8Array): number {
    return offsetIn(this.body, view) + view.length;
  }

  offsetOf(view: Uint8Array): number {
    return offsetIn(this.body, view);
  }
}

/** "0x0035" */
export function hex16(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}

const MOST_SHOWN = 48;
