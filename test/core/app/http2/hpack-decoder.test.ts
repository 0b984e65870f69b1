import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHex } from '../../../../core/bytes/hex.ts';
import { BLOCK_TEXT_LIMIT, HpackDecoder } from '../../../../core/app/http2/hpack-decoder.ts';
import { HPACK_VECTORS } from '../../../vectors/app/hpack.ts';

function bytesOf(hex: string): Uint8Array {
  const bytes = parseHex(hex.replaceAll(' ', ''));
  if (bytes === null) throw new Error(hex);
  return bytes;
}

function decode(decoder: HpackDecoder, hex: string) {
  const bytes = bytesOf(hex);
  return decoder.decode(bytes, 0, bytes.length);
}

function told(decoder: HpackDecoder, hex: string): string[] {
  return decode(decoder, hex).fields.map(({ name, value }) => `${name}: ${value}`);
}

const BEFORE = "(unknown, the table's entry was sent before the capture)";

describe('header blocks', () => {
  it.each(HPACK_VECTORS)('RFC 7541 $section', ({ tableSize, blocks }) => {
    const decoder = new HpackDecoder();
    // The examples agree on the size beforehand; on the wire the first block begins with it.
    if (tableSize !== undefined)
      expect(decode(decoder, tableSize)).toMatchObject({ fields: [], fault: null });
    for (const { hex, fields } of blocks) {
      const block = decode(decoder, hex);
      expect(block.fault).toBeNull();
      expect(block.fields.map(({ name, value }) => `${name}: ${value}`)).toEqual(fields);
    }
  });

  it('says of an index that was sent before the capture that it is unknown, and goes on', () => {
    const decoder = new HpackDecoder();
    decoder.forget('start');
    // Indices 62 and 63, then a literal with an unknown name that is put into the table, then that one.
    expect(told(decoder, '82 be bf 7e 03616263 be')).toEqual([
      ':method: GET',
      `${BEFORE}: `,
      `${BEFORE}: `,
      `${BEFORE}: abc`,
      `${BEFORE}: abc`,
    ]);
    expect(told(decoder, '40 0161 0162 be c0')).toEqual(['a: b', 'a: b', `${BEFORE}: `]);
  });

  it('keeps what was sent since the capture began as long as the sender may, whose table is larger than usual', () => {
    const decoder = new HpackDecoder();
    decoder.forget('start');
    const value = '61'.repeat(100);
    for (let i = 0; i < 100; i += 1) decode(decoder, `40 0162 64 ${value}`);
    // 62 + 99: the first of the hundred, 13,300 bytes ago.
    expect(told(decoder, 'ff 22')).toEqual([`b: ${'a'.repeat(100)}`]);
    expect(told(decoder, 'ff 23')).toEqual([`${BEFORE}: `]);
  });

  it('knows a table again that was emptied', () => {
    const decoder = new HpackDecoder();
    decoder.forget('start');
    expect(decode(decoder, '20 3fe11f be').fault).toBe('index 62 names nothing');
  });

  it.each([
    ['80', 'index 0 names nothing'],
    ['be', 'index 62 names nothing'],
    ['ff ffffffffff', 'a number is too large'],
    ['ff', 'it ends inside a number'],
    ['40 05 61', 'it ends inside a text'],
    ['40', 'it ends before a text'],
    ['40 01 61', 'it ends before a text'],
    // EOS inside a text, padding of eight bits, padding with zeros.
    ['40 84 ffffffff 00', 'a Huffman code is none'],
    ['40 82 1fff 00', 'a Huffman code is none'],
    ['40 81 18 00', 'a Huffman code is none'],
    ['3f e1ffff7f', 'a table of 268435456 bytes is asked for'],
  ])('%s is a fault, and what came before it is kept', (hex, fault) => {
    const decoder = new HpackDecoder();
    const block = decode(decoder, `82 ${hex}`);
    expect(block.fields).toEqual([{ name: ':method', value: 'GET' }]);
    expect(block.fault).toBe(fault);
    expect(told(decoder, 'be')[0]).toContain('stood before a header block that cannot be read');
  });

  it('makes no more of a small block than is bounded, and its table goes on', () => {
    const decoder = new HpackDecoder();
    decode(decoder, `40 0162 7f a11d ${'61'.repeat(3872)}`);
    const block = decode(decoder, `${'be'.repeat(20_000)} 40 0163 0164`);
    const size = block.fields.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
    expect(size).toBeLessThanOrEqual(BLOCK_TEXT_LIMIT);
    expect(block.omitted + block.fields.length).toBe(20_001);
    expect(told(decoder, 'be')).toEqual(['c: d']);
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }),
        fc.boolean(),
        (blocks, late) => {
          const decoder = new HpackDecoder();
          if (late) decoder.forget('start');
          for (const bytes of blocks) {
            const { fields } = decoder.decode(bytes, 0, bytes.length);
            expect(fields.length).toBeLessThanOrEqual(bytes.length);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
