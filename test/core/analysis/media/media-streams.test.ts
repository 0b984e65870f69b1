import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MediaStreams } from '../../../../core/analysis/media/media-streams.ts';
import { plainText } from '../../../../core/diagnosis/rich-text.ts';
import { KeyRing } from '../../../../core/keys/key-ring.ts';
import { loadKeys } from '../../../../core/node/keys/load-keys.ts';
import { labFile, openFiles, openLab, type OpenedLab } from '../../../support/open-lab.ts';

const SAME = (callId: string): string => callId;
const folder = mkdtempSync(join(tmpdir(), 'sipher-media-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function mediaOf({ analysis, messages, frames }: OpenedLab): MediaStreams {
  return new MediaStreams(analysis, messages, frames);
}

async function openWithLog(path: string, withLog: boolean): Promise<OpenedLab> {
  const ring = new KeyRing();
  if (withLog)
    loadKeys(ring, {
      keyFiles: [],
      keylogs: [labFile('media/baresip-dtls-srtp.keys')],
      passwords: [],
      psks: [],
    });
  return openFiles([path], ring);
}

/** Frames of a little-endian pcap file, each with its header. */
function framesOf(path: string): { readonly header: Buffer; readonly frames: Buffer[] } {
  const file = readFileSync(path);
  const frames: Buffer[] = [];
  for (let at = 24; at < file.length;) {
    const end = at + 16 + file.readUInt32LE(at + 8);
    frames.push(file.subarray(at, end));
    at = end;
  }
  return { header: file.subarray(0, 24), frames };
}

function rewrite(name: string, header: Buffer, frames: readonly Buffer[]): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([header, ...frames]));
  return path;
}

function rms(wav: Uint8Array): number {
  const view = new DataView(wav.buffer, wav.byteOffset, wav.byteLength);
  let sum = 0;
  for (let at = 44; at + 1 < wav.length; at += 2) sum += view.getInt16(at, true) ** 2;
  return Math.sqrt(sum / ((wav.length - 44) / 2));
}

/** How many times a second the signal passes zero upwards: the pitch of a sine. */
function pitch(wav: Uint8Array, rate: number): number {
  const view = new DataView(wav.buffer, wav.byteOffset, wav.byteLength);
  let passes = 0;
  for (let at = 46; at + 1 < wav.length; at += 2)
    if (view.getInt16(at - 2, true) < 0 && view.getInt16(at, true) >= 0) passes += 1;
  return (passes * rate) / ((wav.length - 44) / 2);
}

describe('SRTP whose keys stand in decrypted SIP', () => {
  it('is authenticated packet by packet, measured as tshark measures it, and plays', async () => {
    const media = mediaOf(await openLab('13-baresip-srtp-sdes'));
    const { rows, total } = media.window(null, 0, 10, SAME);
    expect(total).toBe(2);
    // tshark -q -z rtp,streams on the same capture.
    expect(rows).toMatchObject([
      { ssrc: '0xb532f935', codec: 'PCMA', packets: 401, lost: 0, reordered: 0, duplicates: 0 },
      { ssrc: '0x6f1551ef', codec: 'PCMA', packets: 401, lost: 0, reordered: 0, duplicates: 0 },
    ]);
    expect(
      rows.map((row) => [row.jitterMean.toFixed(3), row.jitterMax.toFixed(3), row.deltaMax.toFixed(3)]),
    ).toEqual([
      ['0.845', '1.515', '25.524'],
      ['0.849', '1.607', '24.448'],
    ]);
    for (const row of rows) {
      expect(row).toMatchObject({
        protection: 'sdes',
        authenticated: 401,
        failed: 0,
        playable: true,
        remarks: [],
      });
      expect(row.call).not.toBeNull();
      expect(plainText(row.srtp)).toMatch(/^Opened with the key of the session description in frame \d+ /);
      expect(row.mos).toBeGreaterThan(4.3);
      const played = media.play(row.stream, 60);
      expect(played?.complete).toBe(true);
      // Eight seconds at 8 kHz, and no silence.
      expect((played?.file.length ?? 0) / 16_000).toBeCloseTo(8.02, 1);
      expect(rms(played?.file ?? new Uint8Array(44))).toBeGreaterThan(3000);
    }
    expect(media.play(0, 1)).toMatchObject({ complete: false });
  });

  it('stays encrypted without the key, and says where its key is', async () => {
    const media = mediaOf(await openLab('13-baresip-srtp-sdes', []));
    const { rows } = media.window(null, 0, 10, SAME);
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      expect(row).toMatchObject({ protection: 'unknown', authenticated: 0, playable: false, call: null });
      const words = plainText(row.srtp);
      expect(words).toContain('Probably SRTP: packets are 10 bytes longer than PCMA makes them');
      expect(words).toContain('conversation 0 (cause: no-key)');
      expect(row.srtp.some((part) => part.kind === 'conversation')).toBe(true);
      expect(media.play(row.stream, 60)).toBeNull();
    }
  });

  it('is opened late, with losses, changes and repetitions, as far as its packets go', async () => {
    const { header, frames } = framesOf(labFile('13-baresip-srtp-sdes.pcap'));
    const isMedia = (frame: Buffer): boolean => frame.length === 16 + 14 + 20 + 8 + 12 + 170;
    const media = frames.filter(isMedia);
    const altered = Buffer.from(media[100] ?? Buffer.alloc(0));
    altered[200] = altered[200]! ^ 1;
    const kept = frames.flatMap((frame) => {
      const at = media.indexOf(frame);
      if (at < 0) return [frame];
      if (at < 40 || (at >= 60 && at < 64)) return [];
      if (at === 100) return [altered];
      return at === 120 ? [frame, frame] : [frame];
    });
    const ring = new KeyRing();
    loadKeys(ring, {
      keyFiles: [labFile('keys/server1.key.pem')],
      keylogs: [],
      passwords: [],
      psks: [],
    });
    const opened = await openFiles([rewrite('losses.pcap', header, kept)], ring);
    const { rows } = mediaOf(opened).window(null, 0, 10, SAME);
    const sum = (read: (row: (typeof rows)[number]) => number): number =>
      rows.reduce((all, row) => all + read(row), 0);
    expect(sum((row) => row.lost)).toBe(4);
    expect(sum((row) => row.duplicates)).toBe(1);
    expect(sum((row) => row.failed)).toBe(1);
    expect(sum((row) => row.authenticated)).toBe(802 - 40 - 4 - 1 + 1);
    expect(sum((row) => row.gaps.reduce((all, gap) => all + gap.packets, 0))).toBe(4);
  });
});

describe('RTP in clear', () => {
  it('has the figures that tshark has, with and without its description', async () => {
    const keyed = mediaOf(await openLab('13-baresip-rtp-plain')).window(null, 0, 10, SAME).rows;
    const opaque = mediaOf(await openLab('13-baresip-rtp-plain', [])).window(null, 0, 10, SAME).rows;
    for (const rows of [keyed, opaque]) {
      expect(rows).toMatchObject([
        { ssrc: '0xbbf4ca50', packets: 400, protection: 'none', playable: true },
        { ssrc: '0xac525e39', packets: 401, protection: 'none', playable: true },
      ]);
      expect(
        rows.map((row) => [row.jitterMean.toFixed(3), row.jitterMax.toFixed(3), row.deltaMax.toFixed(3)]),
      ).toEqual([
        ['0.968', '1.643', '24.456'],
        ['0.985', '1.648', '24.408'],
      ]);
      expect(rows.map((row) => plainText(row.srtp))).toEqual(['', '']);
    }
    expect(keyed[0]?.call).toBe(keyed[1]?.call);
    expect(opaque[0]?.call).toBeNull();
  });

  it.each([
    [4, []],
    [5, ['0xbbf4ca50']],
  ])('of %i packets that nothing describes: %s', async (count, streams) => {
    const { header, frames } = framesOf(labFile('13-baresip-rtp-plain.pcap'));
    const ssrc = Buffer.from('bbf4ca50', 'hex');
    const media = frames.filter((frame) => frame.length > 200 && frame.includes(ssrc));
    const path = rewrite(`short-${count}.pcap`, header, media.slice(0, count));
    const { rows } = mediaOf(await openFiles([path], new KeyRing())).window(null, 0, 10, SAME);
    expect(rows.map((row) => row.ssrc)).toEqual(streams);
  });

  it('that flows one way only is remarked', async () => {
    const { header, frames } = framesOf(labFile('13-baresip-rtp-plain.pcap'));
    const ssrc = Buffer.from('ac525e39', 'hex');
    const kept = frames.filter((frame) => !(frame.length > 200 && frame.includes(ssrc)));
    const ring = new KeyRing();
    loadKeys(ring, {
      keyFiles: [labFile('keys/server1.key.pem')],
      keylogs: [],
      passwords: [],
      psks: [],
    });
    const media = mediaOf(await openFiles([rewrite('one-way.pcap', header, kept)], ring));
    const { rows } = media.window(null, 0, 10, SAME);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.remarks.join()).toContain('One way');
    const owner = { callIds: [rows[0]?.call ?? ''], conversations: [] };
    expect(media.mediaOfCall(owner)).toMatchObject([{ stream: 0, problem: true, label: 'RTP PCMA' }]);
    expect(media.countOf({ callIds: ['another'], conversations: [] })).toBe(0);
  });
});

describe('DTLS-SRTP', () => {
  const path = labFile('media/baresip-dtls-srtp.pcap');

  it('opens with the key log of one endpoint: media, digits and RTCP', async () => {
    const media = mediaOf(await openWithLog(path, true));
    const { rows } = media.window(null, 0, 10, SAME);
    expect(rows).toMatchObject([
      { protection: 'dtls-srtp', authenticated: 140, failed: 0, dtmf: [], playable: true },
      { protection: 'dtls-srtp', authenticated: 176, failed: 0, playable: true, payloadTypes: [8, 101] },
    ]);
    expect(rows[1]?.dtmf.map(({ digit }) => digit)).toEqual(['5', '#', '1']);
    expect(plainText(rows[0]?.srtp ?? [])).toContain('(AES_CM_128_HMAC_SHA1_80): every one of 140 packets');
    const pitches = rows.map((row) => pitch(media.play(row.stream, 60)?.file ?? new Uint8Array(48), 8000));
    expect(Math.abs((pitches[0] ?? 0) - 660)).toBeLessThan(10);
    // Silence where digits were sent.
    expect(Math.abs((pitches[1] ?? 0) - 440)).toBeLessThan(90);
  });

  it('without it says whose key log is needed, and invents no digits', async () => {
    const { rows } = mediaOf(await openWithLog(path, false)).window(null, 0, 10, SAME);
    for (const row of rows) {
      expect(row).toMatchObject({ protection: 'dtls-srtp', authenticated: 0, dtmf: [], playable: false });
      const words = plainText(row.srtp);
      expect(words).toContain('key log of 192.0.2.2:31020 or of 192.0.2.2:31000');
      expect(words).toContain('conversation 1');
    }
  });

  it('opens by its handshake alone where no SIP was captured', async () => {
    const { header, frames } = framesOf(path);
    const kept = frames.filter((frame) => !frame.includes('SIP/2.0'));
    const opened = await openWithLog(rewrite('no-sip.pcap', header, kept), true);
    const { rows } = mediaOf(opened).window(null, 0, 10, SAME);
    expect(rows.map((row) => row.authenticated)).toEqual([140, 176]);
  });
});

describe('what shows of the keys', () => {
  it('is nothing', async () => {
    const opened = await openLab('13-baresip-srtp-sdes');
    const media = mediaOf(opened);
    const said = JSON.stringify(media.window(null, 0, 10, SAME));
    const keys = Array.from({ length: opened.messages.length }, (_, at) => opened.messages.textOf(at) ?? '')
      .flatMap((text) => [...text.matchAll(/inline:([A-Za-z0-9+/]{40})/g)])
      .map((match) => match[1] ?? '');
    expect(keys.length).toBeGreaterThan(3);
    for (const key of keys) {
      expect(said).not.toContain(key);
      expect(said).not.toContain(Buffer.from(key, 'base64').subarray(0, 16).toString('hex'));
    }
  });
});

describe('hostile packets', () => {
  it('end in rows, whatever their bytes say', async () => {
    const { header, frames } = framesOf(labFile('media/baresip-dtls-srtp.pcap'));
    // A small generator of our own: the same packets every time.
    let state = 12_345;
    const next = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % below;
    };
    for (let round = 0; round < 25; round += 1) {
      const altered = frames.map((frame) => {
        const copy = Buffer.from(frame);
        // Behind the pcap header and the addresses, so that packets stay packets.
        for (let flips = next(6); flips > 0; flips -= 1) {
          const at = 50 + next(Math.max(1, Math.min(60, copy.length - 50)));
          if (at < copy.length) copy[at] = next(256);
        }
        return copy;
      });
      const opened = await openWithLog(rewrite(`hostile-${round}.pcap`, header, altered), true);
      const media = mediaOf(opened);
      for (const row of media.window(null, 0, 1000, SAME).rows) {
        expect(row.expected).toBeGreaterThanOrEqual(row.packets - row.duplicates);
        expect(row.authenticated + row.failed).toBeLessThanOrEqual(row.packets);
        expect(Number.isFinite(row.jitterMax) && Number.isFinite(row.duration)).toBe(true);
        if (row.playable)
          expect(media.play(row.stream, 30)?.file.length).toBeLessThanOrEqual(44 + 30 * 32_000);
      }
    }
  });
});

describe('slices', () => {
  it('come to the same as one pass', async () => {
    const opened = await openLab('13-baresip-srtp-sdes');
    const sliced = mediaOf(opened);
    let rounds = 0;
    while (!sliced.advance(50)) rounds += 1;
    expect(rounds).toBeGreaterThan(10);
    expect(sliced.window(null, 0, 10, SAME)).toEqual(mediaOf(opened).window(null, 0, 10, SAME));
  });
});
