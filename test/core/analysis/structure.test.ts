import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { asciiBytes } from '../../../core/bytes/text.ts';
import { concatBytes } from '../../../core/bytes/reader.ts';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { PacketDecoder } from '../../../core/net/decode-packet.ts';
import { PACKET_SEGMENT } from '../../../core/net/packet.ts';
import { addLabKeys, labCase, labFile, openFiles, openLab, startLinesOf } from '../../support/open-lab.ts';
import type { OpenedLab } from '../../support/open-lab.ts';
import { hepPacket } from '../app/hep/hep-packets.ts';
import { enhancedPacket, interfaceDescription, sectionHeader, writePcap } from '../capture/build-captures.ts';
import { readCapture } from '../capture/read-capture.ts';
import { ethernet, frameOf, ipv4, tcp, u16, u32, u8, udp } from '../net/build-packets.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'structure-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

async function openFrames(frames: readonly Uint8Array[], keysOf?: string): Promise<OpenedLab> {
  const path = join(FOLDER, 'made.pcap');
  writeFileSync(path, writePcap(frames.map((bytes, at) => ({ seconds: 1 + at, fraction: 0, bytes }))));
  const ring = new KeyRing();
  if (keysOf !== undefined) addLabKeys(ring, labCase(keysOf).keys);
  return openFiles([path], ring);
}

/** The frames of a lab capture as they stand in the file. */
function framesOf(id: string): Uint8Array[] {
  const file = new Uint8Array(readFileSync(labFile(labCase(id).capture)));
  return readCapture(file).frames.map(({ bytes }) => bytes);
}

describe('carriers', () => {
  test('SIP inside HEP belongs to the endpoints that HEP names', async () => {
    const message = asciiBytes('OPTIONS sip:a@b SIP/2.0\r\nCall-ID: x\r\nContent-Length: 0\r\n\r\n');
    const opened = await openFrames([
      ethernet(0x0800, ipv4({}, udp(hepPacket(message), undefined, [9060, 9060]))),
    ]);
    expect(startLinesOf(opened, false)).toEqual(['OPTIONS sip:a@b SIP/2.0']);
    const report = opened.frames.report(1, { plaintext: false, files: null });
    expect(report).toMatchObject({ source: '10.1.1.1:5062', destination: '10.1.1.2:5061', protocol: 'SIP' });
    expect(opened.messages.textOf(0)).toBe(
      'OPTIONS sip:a@b SIP/2.0\r\nCall-ID: x\r\nContent-Length: 0\r\n\r\n',
    );
    expect(opened.analysis.structure.conversations.length).toBe(1);
    opened.set.close();
  });

  test('each pair of SCTP streams has a TLS connection of its own', async () => {
    const id = '01-tls12-rsa-aes128-gcm-sha256';
    const chunks = payloadsOf(framesOf(id));
    expect(chunks.length).toBeGreaterThan(10);
    const numbers = [100, 5000];
    const frames: Uint8Array[] = [];
    // The same connection twice, side by side: record numbers and keys would be lost were the streams mixed.
    for (const { sender, bytes } of chunks)
      for (const stream of [0, 3]) frames.push(sctpFrame(sender, stream, numbers[sender]!++, bytes));
    const opened = await openFrames(frames, id);
    const once = await openLab(id);
    const wanted = startLinesOf(once, true);
    expect(startLinesOf(opened, true).sort()).toEqual([...wanted, ...wanted].sort());
    for (let message = 0; message < opened.messages.length; message += 1)
      expect(opened.messages.textOf(message)).toContain('SIP/2.0');
    opened.set.close();
    once.set.close();
  });
});

describe('captures whose packets are in another order than they were sent', () => {
  test.each([
    '02-tls12-aes256-sha-etm1-ems1',
    '01-tls12-rsa-aes128-gcm-sha256',
    '10-renegotiation-client-gcm',
  ])('%s: neighbours of the handshakes changed places', async (id) => {
    const inOrder = await openLab(id);
    const frames = framesOf(id);
    for (let at = 3; at + 1 < frames.length; at += 3)
      [frames[at], frames[at + 1]] = [frames[at + 1]!, frames[at]!];
    const opened = await openFrames(frames, id);
    expect(startLinesOf(opened, true).sort()).toEqual(startLinesOf(inOrder, true).sort());
    opened.set.close();
    inOrder.set.close();
  });
});

test('what a stream went through is told where it is worth telling', async () => {
  const lossy = await openLab('09-retransmissions-gcm');
  const { structure } = lossy.analysis;
  const told = [0, 1].map((direction) => structure.statisticsOf(0, direction === 0 ? 0 : 1));
  expect(told.some((statistics) => (statistics?.retransmittedSegments ?? 0) > 0)).toBe(true);
  lossy.set.close();
  const clean = await openLab('01-tls12-rsa-aes128-gcm-sha256');
  expect(clean.analysis.structure.statisticsOf(0, 0)).toBeNull();
  clean.set.close();
});

test('line ends behind another protocol do not make it SIP', async () => {
  const request = asciiBytes('GET / HTTP/1.1\r\nHost: a\r\n\r\n\n');
  const opened = await openFrames([ethernet(0x0800, ipv4({ protocol: 6 }, tcp(request)))]);
  expect(opened.frames.protocolOf(1)).toBe('HTTP');
  opened.set.close();
});

test('a time that 32 bits of seconds do not hold is kept', async () => {
  const path = join(FOLDER, 'time.pcapng');
  const frame = ethernet(0x0800, ipv4({}, udp(asciiBytes('x'))));
  const blocks = [
    sectionHeader(true),
    interfaceDescription(true, 1, 65535),
    enhancedPacket(true, 0, 4_323_283_200_000_000n, frame),
  ];
  writeFileSync(path, concatBytes(blocks));
  const opened = await openFiles([path], new KeyRing());
  expect(opened.frames.timeOf(1)).toBe('4323283200.000000000');
  opened.set.close();
});

/** The TCP payloads of a capture, in order; sender 0 is the one that spoke first. */
function payloadsOf(frames: readonly Uint8Array[], linkType = 1): { sender: 0 | 1; bytes: Uint8Array }[] {
  const decoder = new PacketDecoder();
  const found: { sender: 0 | 1; bytes: Uint8Array }[] = [];
  let first = -1;
  for (const [at, bytes] of frames.entries()) {
    decoder.decode(frameOf(bytes, linkType), at + 1);
    const { packet } = decoder;
    if (packet.kind !== PACKET_SEGMENT || packet.payloadEnd === packet.payloadStart) continue;
    if (first < 0) first = packet.sourcePort;
    found.push({
      sender: packet.sourcePort === first ? 0 : 1,
      bytes: packet.payload.slice(packet.payloadStart, packet.payloadEnd),
    });
  }
  return found;
}

/** One DATA chunk that is a whole user message (RFC 9260 §3.3.1). */
function sctpFrame(sender: 0 | 1, stream: number, tsn: number, bytes: Uint8Array): Uint8Array {
  const ports = sender === 0 ? [40_000, 5061] : [5061, 40_000];
  const data = concatBytes([
    u8(0, 3),
    u16(16 + bytes.length),
    u32(tsn),
    u16(stream, 0),
    u32(0),
    bytes,
    new Uint8Array((4 - (bytes.length % 4)) % 4),
  ]);
  const packet = concatBytes([u16(ports[0]!, ports[1]!), u32(1, 0), data]);
  const ends = sender === 0 ? { from: 0x0a000001, to: 0x0a000002 } : { from: 0x0a000002, to: 0x0a000001 };
  return ethernet(0x0800, ipv4({ protocol: 132, ...ends }, packet));
}
