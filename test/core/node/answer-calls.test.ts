import { afterEach, describe, expect, test } from 'vitest';
import { AnalysisDesk } from '../../../core/node/analysis-desk.ts';
import { NO_KEYS } from '../../../core/node/host/analysis-host.ts';
import { openDesk } from '../../support/open-desk.ts';
import { labFile } from '../../support/open-lab.ts';

const ALL = { text: '', states: [] };
const KEY = 'keys/server1.key.pem';

describe('the desk, asked for calls', () => {
  let desk: AnalysisDesk | null = null;
  afterEach(async () => {
    await desk?.close();
  });

  async function open(capture: string | null): Promise<AnalysisDesk> {
    desk = capture === null ? new AnalysisDesk(() => undefined) : await openDesk([capture], [KEY]);
    return desk;
  }

  test('answers once they are read', async () => {
    const calls = await open('01-sipp-stunnel-aes128-gcm.pcap');
    const window = await calls.request('calls.window', { filter: ALL, from: 0, count: 10 });
    expect([window.total, window.rows.length]).toEqual([25, 10]);
    const call = window.rows[3]?.call ?? '';
    expect((await calls.request('call.detail', { call })).arrows).toHaveLength(6);
    expect((await calls.request('call.ladder', { call, as: 'text' })).text).toContain('INVITE');
    expect(await calls.request('dialog.messages', { callId: call })).toHaveLength(6);
    expect((await calls.request('sip.statistics', null)).calls).toEqual([{ state: 'completed', count: 25 }]);
    expect(await calls.request('calls.join', { callIds: [call, 'x'], joined: true })).toBeNull();
    await expect(calls.request('call.detail', { call: 'nobody' })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(calls.request('media.wav', { stream: 99, seconds: 1 })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('answers while they are read, too', async () => {
    const opened = new AnalysisDesk(() => undefined);
    desk = opened;
    const keys = { ...NO_KEYS, keyFiles: [labFile(KEY)] };
    await opened.openPaths([labFile('01-sipp-stunnel-aes128-gcm.pcap')], keys);
    for (let asked = 0, total = 0; total < 25; asked += 1) {
      expect(asked).toBeLessThan(200);
      const window = await opened.request('calls.window', { filter: ALL, from: 0, count: 10 });
      total = window.total;
      if ((await opened.request('capture.status', null)).phase === 'done')
        expect(window.total).toBeGreaterThan(0);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });

  test('has none without a capture', async () => {
    const calls = await open(null);
    expect(await calls.request('calls.window', { filter: ALL, from: 0, count: 10 })).toMatchObject({
      total: 0,
    });
    expect(await calls.request('dialog.messages', { callId: 'x' })).toEqual([]);
    await expect(calls.request('call.detail', { call: 'x' })).rejects.toMatchObject({ code: 'not-found' });
  });
});
