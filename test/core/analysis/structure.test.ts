import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ConversationFindings } from '../../../core/analysis/conversations/conversation-findings.ts';
import { asciiBytes } from '../../../core/bytes/text.ts';
import { concatBytes } from '../../../core/bytes/reader.ts';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { PacketDecoder } from '../../../core/net/decode-packet.ts';
import { plainText } from '../../../core/diagnosis/rich-text.ts';
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

  test('a lost DATA chunk is a hole of its own stream: told, and what is behind it found again', async () => {
    const id = '01-tls12-rsa-aes128-gcm-sha256';
    const chunks = payloadsOf(framesOf(id));
    const numbers = [100, 5000];
    const sequences = [0, 0];
    // The third record of application data of the side that spoke first.
    const isData = (at: number): boolean => chunks[at]?.sender === 0 && chunks[at].bytes[0] === 23;
    const lost = chunks.map((_, at) => at).filter(isData)[2] ?? -1;
    const frames: Uint8Array[] = [];
    let hole = 0;
    for (const [at, { sender, bytes }] of chunks.entries()) {
      const sequence = sequences[sender]!++;
      for (const stream of [0, 3]) {
        const tsn = numbers[sender]!++;
        if (at === lost && stream === 3) hole = frames.length;
        else frames.push(sctpFrame(sender, stream, tsn, bytes, sequence));
      }
    }
    const opened = await openFrames(frames, id);
    const once = await openLab(id);
    const wanted = startLinesOf(once, true);
    const found = startLinesOf(opened, true);
    // One message is gone, and that of the other stream is there.
    expect(found).toHaveLength(2 * wanted.length - 1);
    const findings = new ConversationFindings(
      opened.analysis,
      opened.frames,
      opened.conversations,
      opened.messages,
    ).findingsOf(0);
    const told = findings.map(({ id: name, sentence }) => `${name}: ${sentence}`);
    const behind = frames.findIndex((_, at) => at > hole && isSameSender(frames[at]!, frames[hole - 1]!));
    expect(told).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `^packets-lost: The capture lost 1 SCTP chunk of this .* between frame ${hole} and frame ${behind + 1}\\.`,
        ),
      ),
    );
    expect(told).toContainEqual(
      expect.stringMatching(
        /^resynchronised: Resynchronised after 1 lost SCTP chunk from the client between/,
      ),
    );
    expect(told.filter((line) => line.startsWith('resynchronised'))).toHaveLength(1);
    opened.set.close();
    once.set.close();
  });

  test('a record of which a DATA chunk is lost says so, with the frames', async () => {
    const id = '01-tls12-rsa-aes128-gcm-sha256';
    const numbers = [100, 5000];
    const sequences = [0, 0];
    const frames: Uint8Array[] = [];
    let cut = 0;
    for (const { sender, bytes } of payloadsOf(framesOf(id))) {
      const whole = sender === 1 || bytes[0] !== 23 || bytes.length < 400 || cut > 0;
      if (!whole) {
        // Three messages of the stream, of which the second is lost.
        frames.push(sctpFrame(sender, 0, numbers[sender]!++, bytes.subarray(0, 100), sequences[sender]!++));
        cut = frames.length;
        numbers[sender]! += 1;
        sequences[sender]! += 1;
        frames.push(sctpFrame(sender, 0, numbers[sender]!++, bytes.subarray(200), sequences[sender]!++));
      } else frames.push(sctpFrame(sender, 0, numbers[sender]!++, bytes, sequences[sender]!++));
    }
    const opened = await openFrames(frames, id);
    expect(cut).toBeGreaterThan(0);
    const panel = opened.why.tellFrame(cut);
    expect(panel?.cause).toBe('gap-in-stream');
    expect(panel?.proof.map(plainText)).toContain(
      `1 SCTP chunk from the client is missing between frame ${cut} and frame ${cut + 1}.`,
    );
    const once = await openLab(id);
    expect(startLinesOf(opened, true)).toHaveLength(startLinesOf(once, true).length - 1);
    opened.set.close();
    once.set.close();
  });
});

function isSameSender(a: Uint8Array, b: Uint8Array): boolean {
  return a[29] === b[29];
}

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

  test.each([
    ['02-tls12-aes256-sha-etm1-ems1', [2]],
    ['01-tls12-rsa-aes128-gcm-sha256', [2]],
    ['01-tls12-rsa-aes128-gcm-sha256', [4, 2]],
  ] as const)(
    '%s: both SYNs and the first data come behind later data, and frames %j before all',
    async (id, first) => {
      const inOrder = await openLab(id);
      const frames = framesOf(id);
      const late = [0, 1, 3];
      const rest = frames
        .map((_, at) => at)
        .filter((at) => !late.includes(at) && !first.some((f) => f === at));
      const order = [...first, ...rest.slice(0, 6), ...late, ...rest.slice(6)];
      const opened = await openFrames(
        order.map((at) => frames[at]!),
        id,
      );
      expect(opened.analysis.structure.conversations.length).toBe(1);
      expect(startLinesOf(opened, true).sort()).toEqual(startLinesOf(inOrder, true).sort());
      opened.set.close();
      inOrder.set.close();
    },
  );
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
function sctpFrame(sender: 0 | 1, stream: number, tsn: number, bytes: Uint8Array, sequence = 0): Uint8Array {
  const ports = sender === 0 ? [40_000, 5061] : [5061, 40_000];
  const data = concatBytes([
    u8(0, 3),
    u16(16 + bytes.length),
    u32(tsn),
    u16(stream, sequence),
    u32(0),
    bytes,
    new Uint8Array((4 - (bytes.length % 4)) % 4),
  ]);
  const packet = concatBytes([u16(ports[0]!, ports[1]!), u32(1, 0), data]);
  const ends = sender === 0 ? { from: 0x0a000001, to: 0x0a000002 } : { from: 0x0a000002, to: 0x0a000001 };
  return ethernet(0x0800, ipv4({ protocol: 132, ...ends }, packet));
}
