import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { MediaStreamRow } from '../../../../core/api-calls.ts';
import { FrameTree } from '../../../../core/analysis/frames/frame-tree.ts';
import { MediaStreams } from '../../../../core/analysis/media/media-streams.ts';
import { KeyRing } from '../../../../core/keys/key-ring.ts';
import { audioSdp, type MadeDatagram, pcapOf, sipWithSdp } from '../../../support/media-capture.ts';
import { openFiles, type OpenedLab } from '../../../support/open-lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'sipher-carried-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

let files = 0;

async function open(datagrams: readonly MadeDatagram[]): Promise<OpenedLab> {
  files += 1;
  const path = join(folder, `${files}.pcap`);
  writeFileSync(path, pcapOf(datagrams));
  return openFiles([path], new KeyRing());
}

function streamsOf({ analysis, messages, frames }: OpenedLab): readonly MediaStreamRow[] {
  return new MediaStreams(analysis, messages, frames).window(null, 0, 100, (callId) => callId).rows;
}

/** One packet of 20 ms of G.711 A-law. */
function rtp(sequence: number, ssrc = 0x1234_5678): Buffer {
  const packet = Buffer.alloc(12 + 160, 0xd5);
  packet.writeUInt16BE(0x8008, 0);
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE((sequence * 160) >>> 0, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

const CLIENT = [1, 40000] as const;
const SERVER = [3, 3478] as const;
const PEER = [9, 44000] as const;
const RELAYED = [3, 50000] as const;

function xorAddress(type: number, [host, port]: readonly [number, number]): Buffer {
  const attribute = Buffer.from([0, type, 0, 8, 0, 1, 0, 0, 192 ^ 0x21, 0 ^ 0x12, 2 ^ 0xa4, host ^ 0x42]);
  attribute.writeUInt16BE(port ^ 0x2112, 6);
  return attribute;
}

function stun(type: number, ...attributes: readonly Buffer[]): Buffer {
  const body = Buffer.concat(attributes);
  const header = Buffer.alloc(20, 7);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(body.length, 2);
  header.writeUInt32BE(0x2112_a442, 4);
  return Buffer.concat([header, body]);
}

function data(payload: Buffer): Buffer {
  const padded = Buffer.alloc(4 + ((payload.length + 3) & ~3));
  padded.writeUInt16BE(0x0013, 0);
  padded.writeUInt16BE(payload.length, 2);
  payload.copy(padded, 4);
  return padded;
}

function channelData(channel: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16BE(channel, 0);
  header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}

const ALLOCATE_SUCCESS = stun(0x0103, xorAddress(0x16, RELAYED));
const CHANNEL_BIND = stun(0x0009, Buffer.from([0, 0x0c, 0, 4, 0x40, 0x01, 0, 0]), xorAddress(0x12, PEER));
const to = (payload: Buffer): MadeDatagram => ({ from: CLIENT, to: SERVER, payload });
const back = (payload: Buffer): MadeDatagram => ({ from: SERVER, to: CLIENT, payload });
const range = (count: number): readonly number[] => [...Array(count).keys()];

describe('media inside TURN (RFC 8656)', () => {
  it('in ChannelData goes between the relayed address and the peer, both ways', async () => {
    const lab = await open([
      back(ALLOCATE_SUCCESS),
      to(CHANNEL_BIND),
      ...range(20).flatMap((n) => [
        to(channelData(0x4001, rtp(n))),
        back(channelData(0x4001, rtp(n, 0x8765_4321))),
      ]),
    ]);
    expect(
      streamsOf(lab).map(({ source, destination, packets, lost }) => [source, destination, packets, lost]),
    ).toEqual([
      ['192.0.2.3:50000', '192.0.2.9:44000', 20, 0],
      ['192.0.2.9:44000', '192.0.2.3:50000', 20, 0],
    ]);
    expect(streamsOf(lab)[0]?.remarks[0]).toMatch(/inside TURN/);
  });

  it('in Send and Data indications too, which name the peer each time', async () => {
    const lab = await open(
      range(20).flatMap((n) => [
        to(stun(0x0016, xorAddress(0x12, PEER), data(rtp(n)))),
        back(stun(0x0017, xorAddress(0x12, PEER), data(rtp(n, 9)))),
      ]),
    );
    // Nothing says what was allocated: the client stands for its relayed address.
    expect(streamsOf(lab).map(({ source, destination, packets }) => [source, destination, packets])).toEqual([
      ['192.0.2.1:40000', '192.0.2.9:44000', 20],
      ['192.0.2.9:44000', '192.0.2.1:40000', 20],
    ]);
  });

  it('stands in the tree of a frame, with how it came', async () => {
    const lab = await open([
      to(channelData(0x4001, rtp(1))),
      back(stun(0x0017, xorAddress(0x12, PEER), data(rtp(1)))),
      to(Buffer.from([0x40, 0x01, 0, 4, 0x77, 1, 2, 3])),
    ]);
    const labels = [1, 2, 3].map((frame) =>
      new FrameTree(lab.analysis, lab.frames)
        .of(frame, [])
        .map(({ label }) => label)
        .at(-1),
    );
    expect(labels).toEqual([
      'TURN: ChannelData, channel 0x4001 (172 bytes inside)',
      'TURN: Data indication (172 bytes inside)',
      'UDP payload (8 bytes)',
    ]);
  });

  it('is found where the capture began after the channel was bound', async () => {
    const lab = await open(range(20).map((n) => to(channelData(0x4001, rtp(n)))));
    expect(streamsOf(lab).map(({ source, destination, packets }) => [source, destination, packets])).toEqual([
      ['192.0.2.1:40000', '192.0.2.3:3478', 20],
    ]);
  });

  it('captured at the relay is two streams, not one with everything twice', async () => {
    const lab = await open([
      back(ALLOCATE_SUCCESS),
      to(CHANNEL_BIND),
      ...range(20).flatMap((n) => [
        to(channelData(0x4001, rtp(n))),
        { from: RELAYED, to: PEER, payload: rtp(n) },
      ]),
    ]);
    expect(streamsOf(lab).map(({ packets, duplicates }) => [packets, duplicates])).toEqual([
      [20, 0],
      [20, 0],
    ]);
  });

  it('belongs to the call whose description names the peer', async () => {
    const lab = await open([
      {
        from: [1, 5060],
        to: [9, 5060],
        payload: sipWithSdp(null, audioSdp('192.0.2.3', 50000, 'RTP/AVP', [])),
      },
      {
        from: [9, 5060],
        to: [1, 5060],
        payload: sipWithSdp(200, audioSdp('192.0.2.9', 44000, 'RTP/AVP', [])),
      },
      back(ALLOCATE_SUCCESS),
      to(CHANNEL_BIND),
      ...range(20).map((n) => to(channelData(0x4001, rtp(n)))),
    ]);
    expect(streamsOf(lab).map(({ call, codec }) => [call, codec])).toEqual([['media@192.0.2.1', 'PCMA']]);
  });
});

describe('media inside HEP', () => {
  const hep = (payload: Buffer): Buffer => {
    const chunk = (type: number, value: Buffer): Buffer => {
      const header = Buffer.alloc(6);
      header.writeUInt16BE(type, 2);
      header.writeUInt16BE(6 + value.length, 4);
      return Buffer.concat([header, value]);
    };
    const body = Buffer.concat([
      chunk(1, Buffer.from([2])),
      chunk(2, Buffer.from([17])),
      chunk(3, Buffer.from([192, 0, 2, 50])),
      chunk(4, Buffer.from([192, 0, 2, 60])),
      chunk(7, Buffer.from([0x9c, 0x40])),
      chunk(8, Buffer.from([0xab, 0xe0])),
      chunk(11, Buffer.from([4])),
      chunk(15, payload),
    ]);
    const header = Buffer.from('HEP3\0\0', 'latin1');
    header.writeUInt16BE(6 + body.length, 4);
    return Buffer.concat([header, body]);
  };

  it('is a stream between the endpoints that HEP names', async () => {
    const lab = await open(range(20).map((n) => ({ from: [7, 9060], to: [8, 9060], payload: hep(rtp(n)) })));
    const rows = streamsOf(lab);
    expect(
      rows.map(({ source, destination, packets, lost }) => [source, destination, packets, lost]),
    ).toEqual([['192.0.2.50:40000', '192.0.2.60:44000', 20, 0]]);
    expect(rows[0]?.remarks[0]).toMatch(/in HEP/);
  });
});

describe('what only looks like RTP', () => {
  const protocols = (lab: OpenedLab): string[] =>
    range(lab.analysis.structure.frames.length).map((row) => lab.frames.protocolOf(row + 1, true));

  it('is UDP until a second packet follows the first', async () => {
    const alone = await open([to(rtp(1)), { from: [4, 500], to: [5, 500], payload: rtp(1) }]);
    expect(protocols(alone)).toEqual(['UDP', 'UDP']);
    const two = await open([to(rtp(0xffff)), to(rtp(0x1_0000))]);
    expect(protocols(two)).toEqual(['RTP', 'RTP']);
  });

  it('is no media where its numbers stand still, its source changes, or its clock leaps', async () => {
    const leap = rtp(2);
    leap.writeUInt32BE(0x7000_0000, 4);
    for (const second of [rtp(1), rtp(2, 5), leap]) {
      expect(protocols(await open([to(rtp(1)), to(second)]))).toEqual(['UDP', 'UDP']);
    }
  });

  it('is DNS where it has a question, whatever its number begins with', async () => {
    const answer = Buffer.from(
      '9fb081800001000100000000037369700765 78616d706c6503636f6d0000010001c00c0001000100000e100004c0000201'.replaceAll(
        ' ',
        '',
      ),
      'hex',
    );
    expect(protocols(await open([{ from: [3, 53], to: [1, 40000], payload: answer }]))).toEqual(['DNS']);
  });

  it('is media even alone where a description names its place', async () => {
    const lab = await open([
      {
        from: [1, 5060],
        to: [9, 5060],
        payload: sipWithSdp(null, audioSdp('192.0.2.1', 40000, 'RTP/AVP', [])),
      },
      { from: PEER, to: CLIENT, payload: rtp(1) },
    ]);
    expect(protocols(lab)).toEqual(['SIP', 'RTP']);
  });
});
