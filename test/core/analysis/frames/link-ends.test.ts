import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { concatBytes } from '../../../../core/bytes/reader.ts';
import { KeyRing } from '../../../../core/keys/key-ring.ts';
import { openFiles } from '../../../support/open-lab.ts';
import { writePcap } from '../../capture/build-captures.ts';
import { ethernet, ipv4, u16, u32, u8, udp } from '../../net/build-packets.ts';

const folder = mkdtempSync(join(tmpdir(), 'link-ends-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [A, B] = [u8(2, 0, 0, 0, 0, 0xa), u8(2, 0, 0, 0, 0, 0xb)];

function frame(etherType: number, payload: Uint8Array): Uint8Array {
  return concatBytes([B, A, u16(etherType), payload]);
}

function arp(operation: number, target = 0xc0a80002): Uint8Array {
  const ends = [A, u32(0xc0a80001), new Uint8Array(6), u32(target)];
  return concatBytes([u16(1, 0x0800, 0x0604, operation), ...ends]);
}

/** Sources, destinations and words as tshark 4.0 has them for the same bytes, but for names that it gives to addresses. */
test('what is no IP is told by its hardware addresses, in tunnels too', async () => {
  const inVxlan = (inner: Uint8Array): Uint8Array =>
    ethernet(0x0800, ipv4({}, udp(concatBytes([u32(0x08000000, 0x2a00), inner]), undefined, [40_000, 4789])));
  const inGre = (protocol: number, inner: Uint8Array): Uint8Array =>
    ethernet(0x0800, ipv4({ protocol: 47 }, concatBytes([u16(0, protocol), inner])));
  const lldp = u8(2, 7, 4, 2, 0, 0, 0, 0, 1, 0, 0);
  const stp = concatBytes([u8(0x42, 0x42, 3), new Uint8Array(35)]);
  const frames = [
    frame(0x0806, arp(1)),
    frame(0x0806, arp(2)),
    frame(0x0806, arp(1, 0xc0a80001)),
    frame(0x0806, arp(9)),
    inVxlan(frame(0x0806, arp(1))),
    inVxlan(frame(0x88cc, lldp)),
    inVxlan(frame(38, stp)),
    inGre(0x6558, frame(0x0806, arp(2))),
    inGre(0x0806, arp(1)),
    ethernet(0x0800, ipv4({ protocol: 1 }, u8(8, 0, 0, 0))),
    // Whatever else has that port stays what it is.
    ethernet(
      0x0800,
      ipv4({}, udp(concatBytes([u32(0x08000001, 0x2a00), frame(0x88cc, lldp)]), undefined, [40_000, 4789])),
    ),
  ];
  const path = join(folder, 'link.pcap');
  writeFileSync(path, writePcap(frames.map((bytes, at) => ({ seconds: at, fraction: 0, bytes }))));
  const opened = await openFiles([path], new KeyRing());
  const rows = frames.map((_, at) => {
    const { source, destination } = opened.frames.endpointsOf(at + 1);
    return [source, destination, opened.frames.protocolOf(at + 1), opened.frames.infoOf(at + 1)].join(' ');
  });
  const ends = '02:00:00:00:00:0a 02:00:00:00:00:0b';
  expect(rows.slice(0, 8)).toEqual([
    `${ends} ARP Who has 192.168.0.2? Tell 192.168.0.1`,
    `${ends} ARP 192.168.0.1 is at 02:00:00:00:00:0a`,
    `${ends} ARP ARP Announcement for 192.168.0.1`,
    `${ends} ARP ARP`,
    `${ends} ARP Who has 192.168.0.2? Tell 192.168.0.1`,
    `${ends} LLDP LLDP`,
    `${ends} STP STP`,
    `${ends} ARP 192.168.0.1 is at 02:00:00:00:00:0a`,
  ]);
  expect(rows[8]).toMatch(/^[\d.]+ [\d.]+ ARP Who has 192\.168\.0\.2\? Tell 192\.168\.0\.1$/);
  expect(rows[9]).toMatch(/^[\d.]+ [\d.]+ ICMP ICMP$/);
  expect(rows[10]).toContain(' UDP ');
  const conversations = frames.map((_, at) => opened.analysis.structure.frames.conversation.read(at));
  expect(conversations.slice(0, 10).every((conversation) => conversation < 0)).toBe(true);
  opened.set.close();
});
