import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../../core/bytes/reader.ts';
import { asciiBytes } from '../../../core/bytes/text.ts';
import { numbers } from './build-captures.ts';
import { readCapture } from './read-capture.ts';

const DATA = asciiBytes('some bytes of a frame');

/** A file of one frame: begun on 2017-07-11 at 16:06:00.500, frame 2.000001 s later. */
function writeNetmon(minor: number, trailer: Uint8Array, data = DATA, network = 1): Uint8Array {
  const record = concatBytes([
    numbers(true, [4, 2_000_001], [4, 0], [4, 99], [4, data.length]),
    data,
    trailer,
  ]);
  const date = [2017, 7, 2, 11, 16, 6, 0, 500].map((value) => [2, value] as const);
  const tableAt = 128 + record.length;
  const header = concatBytes([
    asciiBytes('GMBU'),
    Uint8Array.of(minor, 2),
    numbers(true, [2, network], ...date, [4, tableAt], [4, 4]),
    new Uint8Array(96),
  ]);
  return concatBytes([header, record, numbers(true, [4, 128])]);
}

describe('Network Monitor', () => {
  test('version 2.0 counts from the beginning of the capture', () => {
    const { frames, fault } = readCapture(writeNetmon(0, new Uint8Array(0)));
    expect(fault).toBeNull();
    expect(frames).toEqual([
      {
        seconds: Date.UTC(2017, 6, 11, 16, 6, 2) / 1000,
        nanoseconds: 500_001_000,
        linkType: 1,
        interfaceIndex: 0,
        original: 99,
        offset: 144,
        bytes: DATA,
      },
    ]);
  });

  test('version 2.1 has a link type a frame, of its own or of the registry', () => {
    expect(readCapture(writeNetmon(1, numbers(true, [2, 0xe071]))).frames[0]?.linkType).toBe(113);
    expect(readCapture(writeNetmon(2, numbers(true, [2, 4711], [4, 0]))).frames[0]?.linkType).toBe(0xffff);
  });

  test('version 2.3 has its time in UTC', () => {
    const ticks = (BigInt(Date.UTC(2020, 0, 2, 3, 4, 5) / 1000) + 11_644_473_600n) * 10_000_000n + 1_234_567n;
    const time = numbers(true, [4, Number(ticks & 0xffffffffn)], [4, Number(ticks >> 32n)]);
    const [frame] = readCapture(
      writeNetmon(3, concatBytes([numbers(true, [2, 1], [4, 0]), time, new Uint8Array(1)])),
    ).frames;
    expect([frame?.seconds, frame?.nanoseconds]).toEqual([Date.UTC(2020, 0, 2, 3, 4, 5) / 1000, 123_456_700]);
  });

  test('radio metadata are no part of the frame', () => {
    const data = concatBytes([Uint8Array.of(2, 32, 0), new Uint8Array(29), DATA]);
    const [frame] = readCapture(writeNetmon(1, numbers(true, [2, 6]), data)).frames;
    expect([frame?.linkType, frame?.bytes, frame?.offset]).toEqual([105, DATA, 144 + 32]);
  });

  test('a frame that reaches into the tables is damage; a file cut before them is truncated', () => {
    const file = writeNetmon(0, new Uint8Array(0));
    const damaged = file.slice();
    damaged[128 + 12] = 200;
    expect(readCapture(damaged).fault).toMatchObject({ kind: 'impossible-length', offset: 128 });
    expect(readCapture(file.subarray(0, 150)).fault).toMatchObject({ kind: 'truncated', offset: 128 });
    expect(readCapture(file.subarray(0, 100)).fault?.kind).toBe('truncated');
  });

  test('other versions and dates that are none', () => {
    expect(readCapture(writeNetmon(4, new Uint8Array(0))).fault?.kind).toBe('unsupported-format');
    const file = writeNetmon(0, new Uint8Array(0));
    file.fill(0xff, 8, 24);
    const [frame] = readCapture(file).frames;
    expect(Number.isFinite(frame?.seconds)).toBe(true);
  });
});
