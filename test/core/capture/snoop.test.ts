import { describe, expect, test } from 'vitest';
import { writeSnoop } from './build-captures.ts';
import { readCapture } from './read-capture.ts';

const frames = [
  { seconds: 100, fraction: 5, bytes: new Uint8Array(61).fill(1), original: 1514 },
  { seconds: 101, fraction: 999_999, bytes: new Uint8Array(64).fill(2) },
];

describe('snoop', () => {
  test('frames, padding passed over', () => {
    const read = readCapture(writeSnoop(frames));
    expect(read.fault).toBeNull();
    expect(
      read.frames.map((frame) => [frame.seconds, frame.nanoseconds, frame.linkType, frame.original]),
    ).toEqual([
      [100, 5000, 1, 1514],
      [101, 999_999_000, 1, 64],
    ]);
    expect(read.frames.map((frame) => frame.bytes)).toEqual(frames.map((frame) => frame.bytes));
  });

  test('an unknown data link is left unstated', () => {
    expect(readCapture(writeSnoop(frames, 77)).frames[0]?.linkType).toBe(0xffff);
  });

  test('a record shorter than what it holds is damage', () => {
    const file = writeSnoop(frames);
    const view = new DataView(file.buffer);
    view.setUint32(16 + 8, 40);
    expect(readCapture(file).fault).toMatchObject({ kind: 'impossible-length', offset: 16 });
    view.setUint32(16 + 8, 0xffffffff);
    expect(readCapture(file).fault?.kind).toBe('impossible-length');
  });

  test('truncation keeps what is whole', () => {
    const file = writeSnoop(frames);
    const read = readCapture(file.subarray(0, file.length - 1));
    expect(read.frames.length).toBe(1);
    expect(read.fault).toMatchObject({ kind: 'truncated', offset: 16 + 24 + 64 });
  });
});
