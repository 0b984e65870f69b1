import { describe, expect, test } from 'vitest';
import type { CaptureStatus, FrameWindow } from '../../../core/api.ts';
import { AnalysisDesk } from '../../../core/node/analysis-desk.ts';
import { NO_KEYS } from '../../../core/node/host/analysis-host.ts';
import { labFile } from '../../support/open-lab.ts';

const NO_FILTER = { text: '', verdicts: [], conversation: null };
const KEY = { ...NO_KEYS, keyFiles: [labFile('keys/server1.key.pem')] };
/** 175 messages before those that describe the media: rows are told before all descriptions are read. */
const MANY = ['01-sipp-stunnel-aes128-gcm', '13-baresip-srtp-sdes'];

describe('rows of media that were told before all session descriptions were read', () => {
  test.each([
    // Reading goes on although nobody asks for more rows.
    ['one row', 1],
    // The rows below the first one have read on.
    ['a screen of them', 40],
  ])('are asked for again once these are read: %s', async (_name, count) => {
    const { desk, status } = await openDesk(MANY);
    const { told, revision } = desk.status();
    const from = await firstOfMedia(desk);
    const early = await rowsOf(desk, from, count);
    expect(early.rows[0]?.protocol).toBe('RTCP');
    // The page hears of it, and nothing is numbered anew.
    await until(() => status().told > told);
    expect(status().revision).toBe(revision);
    const again = await rowsOf(desk, from, count);
    expect(again.rows[0]?.protocol).toBe('SRTCP');
    expect(again.revision).toBe(status().told);
    // Once is enough.
    await rowsOf(desk, from, 1000);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(status().told).toBe(again.revision);
    await desk.close();
  });

  test('pass a filter for what they are once that is known', async () => {
    const { desk } = await openDesk(MANY);
    const filter = { ...NO_FILTER, text: 'srtcp' };
    let last: FrameWindow | null = null;
    for (let wait = 0; wait < 100 && last?.settled !== true; wait += 1) {
      last = await desk.request('frames.window', { filter, order: null, from: 0, count: 10 });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(last?.rows.map(({ protocol }) => protocol)).toEqual(Array.from({ length: 8 }, () => 'SRTCP'));
    expect(last?.rows[0]?.frame).toBe((await firstOfMedia(desk)) + 1);
    await desk.close();
  });
});

async function rowsOf(desk: AnalysisDesk, from: number, count: number): Promise<FrameWindow> {
  return desk.request('frames.window', { filter: NO_FILTER, order: null, from, count });
}

/** By another desk: to ask is to read on. */
async function firstOfMedia(desk: AnalysisDesk): Promise<number> {
  const other = await openDesk(MANY);
  const { rows } = await rowsOf(other.desk, 0, 1000);
  await other.desk.close();
  expect(desk.status().frames).toBe(other.status().frames);
  return rows.findIndex(({ protocol }) => /RTC?P$/.test(protocol));
}

async function openDesk(
  names: readonly string[],
): Promise<{ readonly desk: AnalysisDesk; readonly status: () => CaptureStatus }> {
  let last: CaptureStatus | null = null;
  const desk = new AnalysisDesk((push) => {
    if (push.name === 'status') last = push.value;
  });
  await desk.openPaths(
    names.map((name) => labFile(`${name}.pcap`)),
    KEY,
  );
  const status = (): CaptureStatus => last ?? desk.status();
  await until(() => status().phase === 'done');
  return { desk, status };
}

async function until(condition: () => boolean): Promise<void> {
  for (let wait = 0; wait < 1000 && !condition(); wait += 1)
    await new Promise((done) => setTimeout(done, 10));
  expect(condition()).toBe(true);
}
