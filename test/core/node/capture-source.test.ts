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
