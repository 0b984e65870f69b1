import { afterEach, describe, expect, test } from 'vitest';
import { decodeResult } from '../../../core/api-decode.ts';
import type { AnalysisDesk } from '../../../core/node/analysis-desk.ts';
import { openDesk } from '../../support/open-desk.ts';

const ALL = { text: '', states: [] };

describe('the desk, asked for media', () => {
  let desk: AnalysisDesk | null = null;
  afterEach(async () => {
    await desk?.close();
  });

  test('gives the streams of a call, its bars, and their sound', async () => {
    const opened = await openDesk(['13-baresip-srtp-sdes.pcap'], ['keys/server1.key.pem']);
    desk = opened;
    const [call] = (await opened.request('calls.window', { filter: ALL, from: 0, count: 10 })).rows;
    const name = call?.call ?? '';
    const media = await opened.request('media.window', { call: name, from: 0, count: 10 });
    expect(media.rows.map((row) => [row.call, row.authenticated])).toEqual([
      [name, 401],
      [name, 401],
    ]);
    const found = async (text: string): Promise<number> =>
      (await opened.request('media.window', { call: null, text, from: 0, count: 10 })).total;
    const [first] = media.rows;
    expect(await found(' srtp ')).toBe(2);
    expect(await found('pcma')).toBe(2);
    expect(await found(name)).toBe(2);
    expect(await found(first?.ssrc.toUpperCase() ?? '')).toBe(1);
    expect(await found('opus')).toBe(0);
    expect(await found('')).toBe(2);
    // As it arrives over a transport.
    expect(decodeResult('media.window', JSON.parse(JSON.stringify(media)))).toMatchObject({ ok: true });
    const detail = await opened.request('call.detail', { call: name });
    expect(detail.row.streams).toBe(2);
    expect(detail.media.map(({ stream, label, problem }) => [stream, label, problem])).toEqual([
      [0, 'SRTP PCMA', false],
      [1, 'SRTP PCMA', false],
    ]);
    const { bytes, complete } = await opened.request('media.wav', { stream: 0, seconds: 60 });
    expect(complete).toBe(true);
    expect(Buffer.from(bytes, 'base64').subarray(0, 4).toString()).toBe('RIFF');
    // Without its key the same call is locked, and so are its streams.
    const [key] = await opened.request('keys.list', null);
    await opened.request('keys.remove', { key: key?.key ?? 0 });
    await expect(opened.request('media.wav', { stream: 0, seconds: 60 })).rejects.toMatchObject({
      code: 'not-found',
    });
    const locked = await opened.request('media.window', { call: null, from: 0, count: 10 });
    expect(locked.rows.map((row) => [row.call, row.authenticated, row.playable])).toEqual([
      [null, 0, false],
      [null, 0, false],
    ]);
  });
});
