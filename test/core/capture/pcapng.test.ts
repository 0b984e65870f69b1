import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../../core/bytes/reader.ts';
import { asciiBytes, decodeLatin1 } from '../../../core/bytes/text.ts';
import { describeBlock } from '../../../core/capture/captured-block.ts';
import { STEP_FAULT, STEP_NEED_MORE } from '../../../core/capture/frame.ts';
import { openPcapng } from '../../../core/capture/pcapng.ts';
import {
  block,
  endOfOptions,
  enhancedPacket,
  interfaceDescription,
  numbers,
  option,
  sectionHeader,
} from './build-captures.ts';
import { readCapture } from './read-capture.ts';

const RESOLUTION = 9;
const OFFSET = 14;
const DATA = asciiBytes('some bytes of a frame');

function timeOf(resolution: number, time: bigint, offset = 0n, little = true): [number, number] | undefined {
  const offsetBytes = new Uint8Array(8);
  new DataView(offsetBytes.buffer).setBigInt64(0, offset, little);
  const file = concatBytes([
    sectionHeader(little),
    interfaceDescription(
      little,
      1,
      0,
      option(little, RESOLUTION, Uint8Array.of(resolution)),
      option(little, OFFSET, offsetBytes),
      endOfOptions(little),
    ),
    enhancedPacket(little, 0, time, DATA),
  ]);
  const [frame] = readCapture(file).frames;
  return frame && [frame.seconds, frame.nanoseconds];
}

describe('time', () => {
  test('is exact for every resolution and offset', () => {
    const resolution = fc.oneof(fc.integer({ min: 0, max: 19 }), fc.integer({ min: 0x80, max: 0x80 + 63 }));
    fc.assert(
      fc.property(
        resolution,
        fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
        fc.bigInt({ min: -(1n << 40n), max: 1n << 40n }),
        fc.boolean(),
        (code, time, offset, little) => {
          const units = (code & 0x80) !== 0 ? 2n ** BigInt(code & 0x7f) : 10n ** BigInt(code);
          const read = timeOf(code, time, offset, little);
          // Whole seconds beyond 2^53 have no exact number.
          const seconds = Number(time / units) + Number(offset);
          if (Number.isSafeInteger(Number(time / units))) expect(read?.[0]).toBe(seconds);
          expect(read?.[1]).toBe(Number(((time % units) * 1_000_000_000n) / units));
        },
      ),
      { numRuns: 400 },
    );
  });

  test('microseconds beyond the exact numbers of a float64', () => {
    expect(timeOf(6, 2n ** 53n + 1n)).toEqual([9_007_199_254, 740_993_000]);
    expect(timeOf(6, 2n ** 54n - 1n)).toEqual([18_014_398_509, 481_983_000]);
  });

  test('defaults to microseconds', () => {
    const file = concatBytes([
      sectionHeader(false),
      interfaceDescription(false, 113, 0),
      enhancedPacket(false, 0, 1_499_789_160_123_456n, DATA),
    ]);
    expect(readCapture(file).frames).toEqual([
      {
        seconds: 1_499_789_160,
        nanoseconds: 123_456_000,
        linkType: 113,
        interfaceIndex: 0,
        original: DATA.length,
        offset: file.length - 4 - 24 + 0,
        bytes: DATA,
      },
    ]);
  });
});

describe('blocks', () => {
  test('sections of both byte orders, each with interfaces of its own', () => {
    const file = concatBytes([
      sectionHeader(true),
      interfaceDescription(true, 1, 0),
      interfaceDescription(true, 276, 0),
      enhancedPacket(true, 1, 1_000_000n, DATA),
      sectionHeader(false),
      interfaceDescription(false, 101, 0),
      enhancedPacket(false, 0, 2_000_000n, DATA),
      enhancedPacket(false, 7, 3_000_000n, DATA),
    ]);
    const { frames, fault } = readCapture(file);
    expect(fault).toBeNull();
    expect(frames.map((frame) => [frame.linkType, frame.interfaceIndex, frame.seconds])).toEqual([
      [276, 1, 1],
      [101, 2, 2],
      // The interface was never described: the frame is kept, and nothing is claimed of its link.
      [0xffff, 9, 3],
    ]);
  });

  test('simple packets end at the snapshot length, obsolete ones have their interface in 16 bits', () => {
    const file = concatBytes([
      sectionHeader(true),
      interfaceDescription(true, 1, 8),
      block(true, 3, numbers(true, [4, 21]), DATA.subarray(0, 8)),
      block(
        true,
        2,
        numbers(true, [2, 0], [2, 0xffff], [4, 0], [4, 5_000_000], [4, DATA.length], [4, 99]),
        DATA,
      ),
    ]);
    const { frames } = readCapture(file);
    expect(frames.map((frame) => [frame.seconds, frame.original, decodeLatin1(frame.bytes)])).toEqual([
      [0, 21, 'some byt'],
      [5, 99, 'some bytes of a frame'],
    ]);
  });

  test('blocks that are not read are passed over by their length, without waiting for them', () => {
    const unknown = block(true, 0x0bae, new Uint8Array(500_000));
    const file = concatBytes([
      sectionHeader(true),
      unknown,
      interfaceDescription(true, 1, 0),
      block(true, 5, new Uint8Array(20)),
      block(true, 4, new Uint8Array(16)),
      enhancedPacket(true, 0, 0n, DATA),
    ]);
    const read = readCapture(file, [1000]);
    expect(read.frames.length).toBe(1);
    expect(read.fault).toBeNull();
    // The window never held the block: each thousand bytes went at once.
    expect(read.steps).toBeGreaterThan(500);
  });

  test.each([true, false])('blocks that Wireshark numbers are frames (little-endian: %s)', (little) => {
    const entry = asciiBytes('__REALTIME_TIMESTAMP=1700000000000001\nMESSAGE=link is up\n');
    const padded = concatBytes([entry, new Uint8Array((4 - (entry.length & 3)) & 3)]);
    const time: [4, number][] = [
      [4, Math.floor(1_700_000_000_000_000_000 / 2 ** 32)],
      [4, 1_700_000_000_000_000_000 % 2 ** 32],
    ];
    const event = numbers(little, [2, 3], ...(little ? [...time].reverse() : time), [4, 0], [4, 7]);
    const file = concatBytes([
      sectionHeader(little),
      block(little, 0x0bad, numbers(little, [4, 32473]), asciiBytes('hello123')),
      interfaceDescription(little, 1, 0),
      enhancedPacket(little, 0, 5_000_000n, DATA),
      block(little, 9, padded),
      block(little, 0x40000bad, numbers(little, [4, 32473])),
      block(little, 0x204, event, numbers(little, [4, 34], [2, 5]), asciiBytes('args')),
      // None of these has a number: sysdig's list of users, what is too short, what nobody knows.
      block(little, 0x206, new Uint8Array(16)),
      block(little, 9, asciiBytes('A=b\n')),
      block(little, 0x0bad),
      block(little, 0x80000001, new Uint8Array(16)),
      enhancedPacket(little, 0, 6_000_000n, DATA),
    ]);
    for (const sizes of [[file.length], [7, 40]]) {
      const { frames, fault } = readCapture(file, sizes);
      expect(fault).toBeNull();
      expect(
        frames.map(({ seconds, nanoseconds, linkType, bytes }) => [
          seconds,
          nanoseconds,
          linkType,
          bytes.length,
        ]),
      ).toEqual([
        [0, 0, 0xfff1, 12],
        [5, 0, 1, DATA.length],
        [1_700_000_000, 1000, 0xfff0, entry.length],
        [1_700_000_000, 1000, 0xfff1, 4],
        [1_700_000_000, 0, 0xfff2, 4],
        [6, 0, 1, DATA.length],
      ]);
      const told = frames.map(({ linkType, bytes }) => describeBlock(linkType, bytes, 0, bytes.length));
      expect(told[0]).toBe('Custom block of PEN 32473, 8 bytes');
      expect(told[2]).toBe('Journal: link is up');
    }
  });

  test('a secrets block is handed over with its place in the file', () => {
    const log = asciiBytes('CLIENT_RANDOM 00 11\n');
    const file = concatBytes([
      sectionHeader(true),
      block(true, 10, numbers(true, [4, 0x544c534b], [4, log.length]), log, new Uint8Array(8)),
      interfaceDescription(true, 1, 0),
    ]);
    const read = readCapture(file);
    expect(read.secrets).toEqual([log]);
    const opened = openPcapng(file);
    if ('kind' in opened) throw new Error(opened.sentence);
    let base = 0;
    while (opened.secrets === null && opened.step(file, base, file.length, base) < STEP_FAULT)
      base += opened.consumed;
    expect(opened.secrets).toMatchObject({ type: 0x544c534b, length: log.length });
    const { offset = 0 } = opened.secrets ?? {};
    expect(file.subarray(offset, offset + log.length)).toEqual(log);
  });

  test('comments are counted wherever they stand', () => {
    const comment = option(true, 1, asciiBytes('why'));
    const file = concatBytes([
      sectionHeader(true, comment, comment, endOfOptions(true)),
      interfaceDescription(true, 1, 0, comment, endOfOptions(true)),
      enhancedPacket(
        true,
        0,
        0n,
        DATA,
        option(true, 2, new Uint8Array(4)),
        comment,
        endOfOptions(true),
        comment,
      ),
    ]);
    const opened = openPcapng(file);
    if ('kind' in opened) throw new Error(opened.sentence);
    for (let at = 0, step = 1; step !== STEP_NEED_MORE && step !== STEP_FAULT; at += opened.consumed) {
      step = opened.step(file, at, file.length, at);
    }
    expect(opened.comments).toBe(4);
  });
});

describe('damage', () => {
  const head = concatBytes([sectionHeader(true), interfaceDescription(true, 1, 0)]);
  const good = enhancedPacket(true, 0, 0n, DATA);

  function damage(change: (bytes: Uint8Array, view: DataView) => void) {
    const bad = good.slice();
    change(bad, new DataView(bad.buffer));
    return readCapture(concatBytes([head, good, bad, good]));
  }

  test.each<[string, string, (bytes: Uint8Array, view: DataView) => void]>([
    ['a length below the least', 'bad-block', (_, view) => view.setUint32(4, 8, true)],
    ['a length beyond the most', 'impossible-length', (_, view) => view.setUint32(4, 0x7ffffff0, true)],
    ['two lengths that differ', 'bad-block', (bytes, view) => view.setUint32(bytes.length - 4, 64, true)],
    ['a frame longer than its block', 'impossible-length', (_, view) => view.setUint32(20, 60, true)],
    ['a section header without magic', 'bad-block', (_, view) => view.setUint32(0, 0x0a0d0d0a, true)],
  ])('%s ends the reading at its block', (_name, kind, change) => {
    const read = damage(change);
    expect(read.frames.length).toBe(1);
    expect(read.fault).toMatchObject({ kind, offset: head.length + good.length });
    expect(read.fault?.sentence).toContain(String(head.length + good.length));
  });

  test('a length that is no multiple of four is padded where the end agrees', () => {
    const odd = concatBytes([
      numbers(true, [4, 6], [4, 53], [4, 0], [4, 0], [4, 0], [4, 21], [4, 21]),
      DATA,
      numbers(true, [4, 53]),
      new Uint8Array(3),
    ]);
    const read = readCapture(concatBytes([head, odd, good]));
    expect([read.frames.length, read.fault]).toEqual([2, null]);
  });

  test('the end inside a block that is passed over is said', () => {
    const file = concatBytes([head, block(true, 0x0bad, new Uint8Array(100)).subarray(0, 40)]);
    expect(readCapture(file).fault?.kind).toBe('truncated');
  });

  test('other versions and no byte order are refused', () => {
    const version = sectionHeader(true);
    version[12] = 2;
    expect(readCapture(version).fault?.kind).toBe('unsupported-format');
    const order = sectionHeader(true);
    order[8] = 0;
    expect(readCapture(order).fault?.kind).toBe('not-a-capture');
  });
});
