import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CaptureSource, SOURCE_EMPTY, SOURCE_END } from '../../../core/node/capture-source.ts';

it('leaves a window as it is while openers look into it, though the file is read on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sipher-window-'));
  const path = join(folder, 'large.pcap');
  writeFileSync(path, pcapOf(400, 60_000));
  const source = CaptureSource.openFile(path);
  const seen: { bytes: Uint8Array; copy: Uint8Array }[] = [];
  for (let state = SOURCE_EMPTY; state !== SOURCE_END; state = source.next()) {
    if (state !== SOURCE_EMPTY) continue;
    const { current } = source;
    if (current !== null) {
      current.hold();
      seen.push({ bytes: current.bytes, copy: current.bytes.slice(0, current.length) });
    }
    await source.fill();
  }
  source.close();
  rmSync(folder, { recursive: true });
  expect(seen.length).toBeGreaterThan(2);
  for (const { bytes, copy } of seen)
    expect(Buffer.compare(Buffer.from(bytes.subarray(0, copy.length)), Buffer.from(copy))).toBe(0);
});

it('says of packed data that ends before anything came out of it that it is cut, not that it is empty', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sipher-window-'));
  const path = join(folder, 'cut.pcap.zst');
  // A Zstandard frame whose only block announces 100 bytes, of which two are there.
  writeFileSync(path, Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 100, 0x21, 3, 0, 0xd4, 0xc3));
  const source = CaptureSource.openFile(path);
  await source.fill();
  expect(source.next()).toBe(SOURCE_END);
  expect(source.fault?.sentence).toMatch(/^The Zstandard data ends too early at byte 11/);
  source.close();
  rmSync(folder, { recursive: true });
});

it.each([1, 7, 300])(
  'gives every frame where files share the memory of windows: %d of them',
  async (files) => {
    const folder = mkdtempSync(join(tmpdir(), 'sipher-window-'));
    const path = join(folder, 'large.pcap');
    writeFileSync(path, pcapOf(400, 60_000));
    const source = CaptureSource.openFile(path, files);
    let frames = 0;
    let largest = 0;
    await source.fill();
    expect(source.current?.bytes.length).toBeLessThanOrEqual(2 * 65_536);
    for (let state = source.next(); state !== SOURCE_END; state = source.next()) {
      if (state === SOURCE_EMPTY) {
        await source.fill();
        continue;
      }
      const { reader, current } = source;
      if (reader === null || current === null) throw new Error('nothing at hand');
      const { offset, capturedLength } = reader.frame;
      const [first, last] = [new Uint8Array(1), new Uint8Array(1)];
      expect(source.read(offset, 1, first, 0)).toBe(true);
      expect(source.read(offset + capturedLength - 1, 1, last, 0)).toBe(true);
      expect([first[0], last[0], current.bytes[offset - current.offset]]).toEqual(
        Array(3).fill(frames & 255),
      );
      largest = Math.max(largest, current.bytes.length);
      frames += 1;
    }
    expect(frames).toBe(400);
    expect(largest).toBeLessThanOrEqual(Math.max(512 * 1024, (64 * 1024 * 1024) / files));
    source.releaseWindow();
    expect(source.current).toBe(null);
    source.close();
    rmSync(folder, { recursive: true });
  },
);

/** Frames whose bytes tell their number. */
function pcapOf(frames: number, length: number): Uint8Array {
  const bytes = new Uint8Array(24 + frames * (16 + length));
  const view = new DataView(bytes.buffer);
  [0xa1b2c3d4, 0x00040002, 0, 0, 262_144, 1].forEach((word, i) => view.setUint32(4 * i, word, true));
  for (let frame = 0; frame < frames; frame += 1) {
    const at = 24 + frame * (16 + length);
    view.setUint32(at, frame, true);
    view.setUint32(at + 8, length, true);
    view.setUint32(at + 12, length, true);
    bytes.fill(frame & 255, at + 16, at + 16 + length);
  }
  return bytes;
}
