/** Header blocks of HTTP/2 (RFC 7541). */
import { type HeaderField, HeaderTable, type UnknownReason } from './header-table.ts';
import { decodeHuffman } from './huffman.ts';

/** Of one block so many bytes of names and values are given; an index of one byte may stand for thousands. */
export const BLOCK_TEXT_LIMIT = 1 << 16;

export interface HeaderBlock {
  readonly fields: readonly HeaderField[];
  /** Fields beyond BLOCK_TEXT_LIMIT, which are not given. */
  readonly omitted: number;
  /** Why the rest of the block cannot be read, as a clause; null where it can. */
  readonly fault: string | null;
}

/** Reads the header blocks of one direction in order. */
export class HpackDecoder {
  readonly #table = new HeaderTable();
  #at = 0;
  #to = 0;
  #fault: string | null = null;

  /** The table that the next block refers to is not known, or not wholly. */
  forget(reason: UnknownReason): void {
    this.#table.forget(reason);
  }

  /** One whole block, bytes[from, to). Where it cannot be read, later blocks are read with a table that is not known. */
  decode(bytes: Uint8Array, from: number, to: number): HeaderBlock {
    const fields: HeaderField[] = [];
    let left = BLOCK_TEXT_LIMIT;
    let omitted = 0;
    this.#at = from;
    this.#to = to;
    this.#fault = null;
    while (this.#at < to) {
      const field = this.#representation(bytes);
      if (this.#fault !== null) break;
      if (field === null) continue;
      left -= field.name.length + field.value.length;
      if (left >= 0) fields.push(field);
      else omitted += 1;
    }
    if (this.#fault !== null) this.#table.forget('fault');
    return { fields, omitted, fault: this.#fault };
  }

  /** RFC 7541 §6. null where it is a new size of the table, or where it cannot be read. */
  #representation(bytes: Uint8Array): HeaderField | null {
    const first = bytes[this.#at]!;
    if (first >= 0x80) return this.#lookup(this.#integer(bytes, 7));
    if (first >= 0x40) return this.#literal(bytes, 6, true);
    if (first < 0x20) return this.#literal(bytes, 4, false);
    const size = this.#integer(bytes, 5);
    if (this.#fault === null && !this.#table.resize(size))
      this.#fail(`a table of ${size} bytes is asked for`);
    return null;
  }

  #literal(bytes: Uint8Array, prefix: number, indexed: boolean): HeaderField | null {
    const index = this.#integer(bytes, prefix);
    if (this.#fault !== null) return null;
    const named = index === 0 ? null : this.#lookup(index);
    if (this.#fault !== null) return null;
    const nameBytes = named === null ? this.#string(bytes) : ENCODER.encode(named.name);
    const valueBytes = this.#string(bytes);
    if (nameBytes === null || valueBytes === null) return null;
    const field = { name: named?.name ?? DECODER.decode(nameBytes), value: DECODER.decode(valueBytes) };
    if (indexed) this.#table.add(field, nameBytes.length + valueBytes.length);
    return field;
  }

  #lookup(index: number): HeaderField | null {
    if (this.#fault !== null) return null;
    const field = this.#table.at(index);
    if (field === null) this.#fail(`index ${index} names nothing`);
    return field;
  }

  /** RFC 7541 §5.1. */
  #integer(bytes: Uint8Array, prefix: number): number {
    const most = 2 ** prefix - 1;
    let value = bytes[this.#at]! & most;
    this.#at += 1;
    if (value < most) return value;
    for (let factor = 1; this.#at < this.#to && factor <= 0x200000; factor *= 128) {
      const byte = bytes[this.#at]!;
      this.#at += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    this.#fail(this.#at < this.#to ? 'a number is too large' : 'it ends inside a number');
    return 0;
  }

  /** RFC 7541 §5.2. */
  #string(bytes: Uint8Array): Uint8Array | null {
    if (this.#fault !== null) return null;
    if (this.#at >= this.#to) {
      this.#fail('it ends before a text');
      return null;
    }
    const coded = bytes[this.#at]! >= 0x80;
    const length = this.#integer(bytes, 7);
    if (this.#fault !== null) return null;
    const from = this.#at;
    if (length > this.#to - from) {
      this.#fail('it ends inside a text');
      return null;
    }
    this.#at += length;
    if (!coded) return bytes.subarray(from, from + length);
    const decoded = decodeHuffman(bytes, from, from + length);
    if (decoded === null) this.#fail('a Huffman code is none');
    return decoded;
  }

  #fail(fault: string): void {
    this.#fault ??= fault;
  }
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });
