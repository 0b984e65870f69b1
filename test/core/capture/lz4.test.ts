import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../../core/bytes/reader.ts';
import { parseHex } from '../../../core/bytes/hex.ts';
import { asciiBytes, decodeLatin1 } from '../../../core/bytes/text.ts';
import { decodeLz4Block, Lz4Decoder } from '../../../core/capture/lz4.ts';
import { xxHash32 } from '../../../core/capture/xx-hash.ts';
import { numbers } from './build-captures.ts';

function unpack(block: Uint8Array, limit = 100): string | number {
  const output = new Uint8Array(limit);
  const end = decodeLz4Block(block, output, 0, limit);
  return end < 0 ? end : decodeLatin1(output, 0, end);
}

describe('blocks', () => {
  test('literals, a match that overlaps itself, and the last literals', () => {
    // "ab", then 6 bytes from 2 back, then "!".
    expect(unpack(Uint8Array.of(0x22, 0x61, 0x62, 2, 0, 0x10, 0x21))).toBe('abababab!');
  });

  test.each<[string, Uint8Array, number]>([
    ['a match from before the beginning', Uint8Array.of(0x10, 0x61, 2, 0, 0x10, 0x21), -2],
    ['a match from nowhere', Uint8Array.of(0x10, 0x61, 0, 0, 0x10, 0x21), -2],
    ['more literals than there are', Uint8Array.of(0x50, 0x61), -1],
    ['a length without end', Uint8Array.of(0xf0, 0xff, 0xff), -1],
    ['more than the room', Uint8Array.of(0x1f, 0x61, 1, 0, 0xff, 0xff, 0x00, 0x10, 0x21), -2],
    ['no last literals', Uint8Array.of(0x10, 0x61, 1, 0), -6],
    ['nothing at all', new Uint8Array(0), -1],
  ])('%s is damage, at its place', (_name, block, end) => {
    expect(unpack(block)).toBe(end);
  });
});

test('xxHash of 32 bits', () => {
  // The reference implementation's own values.
  expect(xxHash32(new Uint8Array(0))).toBe(0x02cc5d05);
  expect(xxHash32(asciiBytes('a'))).toBe(0x550d7456);
  expect(xxHash32(asciiBytes('abc'))).toBe(0x32d153ff);
  expect(xxHash32(asciiBytes('Nobody inspects the spammish repetition'))).toBe(0xe2293b2f);
});

describe('frames', () => {
  function frame(flags: number, ...blocks: Uint8Array[]): Uint8Array {
    const descriptor = Uint8Array.of(flags, 0x40);
    const check = Uint8Array.of((xxHash32(descriptor) >>> 8) & 0xff);
    return concatBytes([numbers(true, [4, 0x184d2204]), descriptor, check, ...blocks, numbers(true, [4, 0])]);
  }

  function decode(bytes: Uint8Array): [string, string] {
    let text = '';
    const decoder = new Lz4Decoder((chunk) => (text += decodeLatin1(chunk)));
    decoder.push(bytes);
    return [text, decoder.finish()?.sentence ?? ''];
  }

  const stored = concatBytes([numbers(true, [4, 0x80000003]), asciiBytes('abc')]);
  // Literals "x", then four bytes from four back: "abcx" again needs the block before.
  const linked = concatBytes([numbers(true, [4, 6]), Uint8Array.of(0x10, 0x78, 4, 0, 0x10, 0x21)]);

  test('a linked block reaches into the one before, an independent one must not', () => {
    expect(decode(frame(0x40, stored, linked))).toEqual(['abcxabcx!', '']);
    const [text, fault] = decode(frame(0x60, stored, linked));
    expect(text).toBe('abcx');
    expect(fault).toContain('damaged');
  });

  test('the legacy format ends where the file does, or where another frame begins', () => {
    // By "lz4 -l".
    const legacy = parseHex(
      '02214c1822000000bf736f6d6520746578742c200b0003f002616e642074686520656e64206f66206974',
    );
    if (legacy === null) throw new Error('no hexadecimal');
    const text = 'some text, some text, some text, and the end of it';
    expect(decode(legacy)).toEqual([text, '']);
    expect(decode(concatBytes([legacy, legacy, frame(0x40, stored), legacy]))).toEqual([
      `${text}${text}abc${text}`,
      '',
    ]);
    expect(decode(legacy.subarray(0, 30))[1]).toContain('ends too early');
    expect(decode(concatBytes([legacy, asciiBytes('text')]))[1]).toContain('goes on with no LZ4 frame');
  });

  test.each<[string, Uint8Array, string]>([
    ['a wrong checksum of the header', frame(0x40, stored).fill(0, 6, 7), 'checksum is wrong'],
    ['a block larger than the frame allows', frame(0x40, numbers(true, [4, 65_537])), 'impossible'],
    ['a version that is not 1', frame(0x80, stored), 'makes no sense'],
    [
      'something else behind',
      concatBytes([frame(0x40, stored), asciiBytes('text')]),
      'goes on with no LZ4 frame',
    ],
  ])('%s is said', (_name, bytes, words) => {
    expect(decode(bytes)[1]).toContain(words);
  });
});
