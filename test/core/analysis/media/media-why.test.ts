import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { MediaStreamRow } from '../../../../core/api-calls.ts';
import { MediaStreams } from '../../../../core/analysis/media/media-streams.ts';
import { plainText } from '../../../../core/diagnosis/rich-text.ts';
import { KeyRing } from '../../../../core/keys/key-ring.ts';
import {
  audioSdp,
  libsrtpPackets,
  type MadeDatagram,
  pcapOf,
  sipWithSdp,
} from '../../../support/media-capture.ts';
import { openFiles } from '../../../support/open-lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'sipher-media-why-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const CALLER = [1, 4000] as const;
const CALLEE = [2, 5000] as const;
const FROM_CALLER = { from: [1, 5060], to: [2, 5060] } as const;
const FROM_CALLEE = { from: [2, 5060], to: [1, 5060] } as const;

interface Call {
  /** Attributes of the two descriptions; null: that message was not captured. */
  readonly offer: readonly string[] | null;
  readonly answer: readonly string[] | null;
  readonly protocol?: string;
  readonly packets: readonly Uint8Array[];
  readonly before?: readonly MadeDatagram[];
}

let files = 0;

/** The row of the stream from the caller to the callee. */
async function rowOf({
  offer,
  answer,
  protocol = 'RTP/SAVP',
  packets,
  before = [],
}: Call): Promise<MediaStreamRow> {
  const datagrams: MadeDatagram[] = [...before];
  if (offer !== null)
    datagrams.push({
      ...FROM_CALLER,
      payload: sipWithSdp(null, audioSdp('192.0.2.1', 4000, protocol, offer)),
    });
  if (answer !== null)
    datagrams.push({
      ...FROM_CALLEE,
      payload: sipWithSdp(200, audioSdp('192.0.2.2', 5000, protocol, answer)),
    });
  for (const payload of packets) datagrams.push({ from: CALLER, to: CALLEE, payload });
  files += 1;
  const path = join(folder, `${files}.pcap`);
  writeFileSync(path, pcapOf(datagrams));
  const { analysis, messages, frames } = await openFiles([path], new KeyRing());
  const { rows } = new MediaStreams(analysis, messages, frames).window(null, 0, 10, (callId) => callId);
  expect(rows).toHaveLength(1);
  const row = rows[0];
  if (row === undefined) throw new Error('no stream');
  return row;
}

function crypto(key: string, suite = SUITE): string {
  return `crypto:1 ${suite} inline:${key}`;
}

const OTHER = Buffer.alloc(30, 7).toString('base64');

describe('SRTP by session description', () => {
  it.each([SUITE, 'AES_256_CM_HMAC_SHA1_32', 'AEAD_AES_256_GCM'])(
    'opens with the key of the sender: %s',
    async (suite) => {
      const { key, packets } = libsrtpPackets(suite, 0);
      const other = Buffer.alloc(46, 9).toString('base64');
      const row = await rowOf({ offer: [crypto(key, suite)], answer: [crypto(other, suite)], packets });
      expect(row).toMatchObject({ protection: 'sdes', authenticated: 12, failed: 0, playable: true });
      expect(row.call).toBe('media@192.0.2.1');
      expect(plainText(row.srtp)).toContain('in frame 1 (');
    },
  );

  it('opens behind a relay too, whose address no description names', async () => {
    const { key, packets } = libsrtpPackets(SUITE, 0);
    const row = await rowOf({ offer: [crypto(key)], answer: null, packets });
    expect(row).toMatchObject({ authenticated: 12, protection: 'sdes' });
  });

  it('tells the rollover counter where the capture begins late', async () => {
    const { key, packets } = libsrtpPackets(SUITE, 700);
    const row = await rowOf({ offer: [crypto(key)], answer: [crypto(OTHER)], packets });
    expect(row.authenticated).toBe(12);
    expect(plainText(row.srtp)).toContain('its rollover counter was found to be 700');
  });

  it('says so where no tag fits', async () => {
    const { packets } = libsrtpPackets(SUITE, 0);
    const row = await rowOf({ offer: [crypto(OTHER)], answer: [crypto(OTHER)], packets });
    expect(row).toMatchObject({ protection: 'sdes', authenticated: 0, failed: 0, playable: false });
    expect(plainText(row.srtp)).toContain("The sender's key stands in frame 1. No tag fits it");
  });

  it("says so where the sender's description is missing", async () => {
    const { packets } = libsrtpPackets(SUITE, 0);
    const row = await rowOf({ offer: null, answer: [crypto(OTHER)], packets });
    expect(plainText(row.srtp)).toContain(
      "the sender's key stands in its session description, and that could not be read",
    );
  });

  it('names a suite that is not supported', async () => {
    const { key, packets } = libsrtpPackets(SUITE, 0);
    const line = crypto(key, 'F8_128_HMAC_SHA1_80');
    const row = await rowOf({ offer: [line], answer: [line], packets });
    expect(plainText(row.srtp)).toContain('the suite F8_128_HMAC_SHA1_80 is not supported');
  });
});

describe('other protection', () => {
  const { packets } = libsrtpPackets(SUITE, 0);

  it('by DTLS whose handshake was not captured is named', async () => {
    const attributes = [`fingerprint:sha-256 ${'AB:'.repeat(31)}CD`, 'setup:actpass'];
    const row = await rowOf({ offer: attributes, answer: attributes, protocol: 'UDP/TLS/RTP/SAVP', packets });
    expect(row.protection).toBe('dtls-srtp');
    expect(plainText(row.srtp)).toContain('it is not in this capture');
  });

  it('by ZRTP is named', async () => {
    const hello = Buffer.alloc(40);
    hello.write('10000001', 0, 'hex');
    hello.write('ZRTP', 4);
    const before: MadeDatagram[] = [{ from: CALLER, to: CALLEE, payload: hello }];
    const row = await rowOf({ offer: [], answer: [], protocol: 'RTP/AVP', packets, before });
    expect(plainText(row.srtp)).toMatch(/^ZRTP: /);
  });

  it('is none where the description says RTP/AVP without a key', async () => {
    const row = await rowOf({ offer: [], answer: [], protocol: 'RTP/AVP', packets });
    expect(row).toMatchObject({ protection: 'none', srtp: [], playable: true });
  });

  it('is found where keys are offered beside RTP/AVP', async () => {
    const { key } = libsrtpPackets(SUITE, 0);
    const row = await rowOf({ offer: [crypto(key)], answer: [crypto(OTHER)], protocol: 'RTP/AVP', packets });
    expect(row).toMatchObject({ protection: 'sdes', authenticated: 12 });
  });
});
