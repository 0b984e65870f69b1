import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plainText } from '../../../../core/diagnosis/rich-text.ts';
import { KeyRing } from '../../../../core/keys/key-ring.ts';
import { openFiles, type OpenedLab } from '../../../support/open-lab.ts';
import { openEvidence, openLabPage } from '../../diagnosis/open-made.ts';

describe('what is no TLS is named, with where its keys would be', () => {
  test('SRTP, whose session descriptions can be read', async () => {
    const opened = await openLabPage('13-baresip-srtp-sdes');
    expect(storyOf(opened, 80)).toMatch(
      /^SRTP: encrypted media\n.*session descriptions \(a=crypto\) of frame 26, frame 28.*Sipher opens the stream/s,
    );
    expect(plainText(opened.why.tellWithoutTls(2)?.fixNow[0] ?? [])).toMatch(/Its keys stand in/);
    opened.set.close();
  });

  test('the same, as long as its signalling is locked', async () => {
    const opened = await openEvidence({ capture: '13-baresip-srtp-sdes.pcap' });
    expect(storyOf(opened, 80)).toMatch(
      /^RTP, not TLS\n.*one may stand in what was not decrypted: conversation 0, conversation 1\./s,
    );
    opened.set.close();
  });

  test('RTP and SIP in clear', async () => {
    const media = await openLabPage('13-baresip-rtp-plain');
    const rtp = frameOf(media, 'RTP');
    expect(storyOf(media, rtp)).toMatch(
      /No session description that can be read here says that it is encrypted/,
    );
    expect(storyOf(media, rtp)).not.toMatch(/not decrypted/);
    media.set.close();
    const plain = await openLabPage('07-plain-sip-to-tls-port');
    expect(storyOf(plain, frameOf(plain, 'SIP'))).toMatch(/^SIP in clear\n.*no key is needed/s);
    plain.set.close();
  });

  test('QUIC, its short headers too, and ESP', async () => {
    const quic = Buffer.alloc(1200, 0x5a);
    quic.set([0xc3, 0, 0, 0, 1, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0x44, 0x90]);
    const short = Buffer.alloc(60, 0x5b);
    short[0] = 0x42;
    const esp = Buffer.alloc(100, 0xa5);
    const opened = await openPackets([ip(17, udp(quic)), ip(17, udp(short)), ip(50, esp)]);
    expect(storyOf(opened, 1)).toMatch(
      /^QUIC: .*key log that the client or the server writes.*Wireshark opens QUIC/s,
    );
    expect(storyOf(opened, 2)).toMatch(/^QUIC: /);
    expect(storyOf(opened, 3)).toMatch(
      /^ESP \(IPsec\).*between 192\.0\.2\.1 and 192\.0\.2\.2.*ip xfrm state/s,
    );
    opened.set.close();
  });
});

function storyOf(opened: OpenedLab, frame: number): string {
  const { title, what, fixNow } = opened.why.tellFrame(frame);
  return [title, plainText(what), ...fixNow.map(plainText)].join('\n');
}

function frameOf(opened: OpenedLab, protocol: string): number {
  for (let frame = 1; frame <= opened.analysis.structure.frames.length; frame += 1)
    if (opened.frames.protocolOf(frame, true) === protocol) return frame;
  throw new Error(`No frame of ${protocol}`);
}

async function openPackets(packets: readonly Buffer[]): Promise<OpenedLab> {
  const folder = await mkdtemp(join(tmpdir(), 'sipher-test-'));
  try {
    const file = join(folder, 'packets.pcap');
    const head = Buffer.alloc(24);
    head.writeUInt32LE(0xa1b2c3d4, 0);
    head.writeUInt16LE(2, 4);
    head.writeUInt16LE(4, 6);
    head.writeUInt32LE(65535, 16);
    head.writeUInt32LE(101, 20);
    const records = packets.map((packet, at) => {
      const record = Buffer.alloc(16);
      record.writeUInt32LE(1_700_000_000 + at, 0);
      record.writeUInt32LE(packet.length, 8);
      record.writeUInt32LE(packet.length, 12);
      return Buffer.concat([record, packet]);
    });
    writeFileSync(file, Buffer.concat([head, ...records]));
    return await openFiles([file], new KeyRing());
  } finally {
    await rm(folder, { recursive: true });
  }
}

function ip(protocol: number, body: Buffer): Buffer {
  const head = Buffer.from([0x45, 0, 0, 0, 0, 1, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]);
  head.writeUInt16BE(20 + body.length, 2);
  return Buffer.concat([head, body]);
}

function udp(body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(50_000, 0);
  head.writeUInt16BE(443, 2);
  head.writeUInt16BE(8 + body.length, 4);
  return Buffer.concat([head, body]);
}
