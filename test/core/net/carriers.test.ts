import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeLatin1, decodeUtf8 } from '../../../core/bytes/text.ts';
import { formatDestination, formatSource } from '../../../core/net/addresses.ts';
import { PACKET_DATAGRAM, PACKET_FRAGMENT, PACKET_OTHER } from '../../../core/net/packet.ts';
import { PacketDecoder } from '../../../core/net/decode-packet.ts';
import { describeLayers } from '../../../core/net/describe-layers.ts';
import { readCapture } from '../capture/read-capture.ts';
import { decodeOne, ethernet, frameOf, ipv4, join, payloadOf, u16, u32, u8, udp } from './build-packets.ts';

const FILE = readFileSync(new URL('../../captures/made/carriers.pcapng', import.meta.url));
const { frames } = readCapture(FILE);

/** Frames are named by their comments, which stand behind them in the file. */
const named = frames.map((frame) => {
  const comment = frame.offset + frame.bytes.length + ((4 - (frame.bytes.length & 3)) & 3);
  const length = FILE.readUInt16LE(comment + 2);
  return { name: decodeUtf8(FILE.subarray(comment + 4, comment + 4 + length)), ...frame };
});

describe('carriers made by scapy and shown to tshark', () => {
  test('are all there', () => {
    expect(named).toHaveLength(73);
    expect(named.filter(({ name }) => name.endsWith('(tshark agrees)'))).toHaveLength(65);
  });

  test.each(named)('$name', ({ bytes, linkType }) => {
    const packet = decodeOne(bytes, linkType);
    expect([packet.faultLayer, packet.fault, packet.kind]).toEqual(['', '', PACKET_DATAGRAM]);
    const ends = [formatSource(packet), formatDestination(packet)];
    expect(ends).toEqual(
      packet.ipVersion === 4
        ? ['10.0.0.1:5060', '10.0.0.2:5070']
        : ['[2001:db8::1]:5060', '[2001:db8::2]:5070'],
    );
    const text = decodeLatin1(payloadOf(packet), 0, payloadOf(packet).length);
    expect(text).toMatch(/^OPTIONS sip:pbx\.example SIP\/2\.0\r\n[^]*Content-Length: 0\r\n\r\n$/);
  });

  test.each(named)('$name, cut anywhere, is no surprise', ({ bytes, linkType }) => {
    // A step that meets every place of a header in one frame or another.
    for (let length = 0; length < bytes.length; length += length < 120 ? 3 : 40) {
      const frame = frameOf(bytes.subarray(0, length), linkType, bytes.length);
      const decoder = new PacketDecoder();
      decoder.decode(frame, 1);
      const { packet } = decoder;
      expect(packet.payloadStart).toBeGreaterThanOrEqual(frame.start);
      expect(packet.payloadEnd).toBeLessThanOrEqual(frame.start + length);
      expect(packet.payloadMissing).toBeGreaterThanOrEqual(0);
      describeLayers(frame);
    }
  });

  test('the tree names each layer on the way', () => {
    const labels = (name: string) => {
      const found = named.find((frame) => frame.name.startsWith(name));
      if (found === undefined) throw new Error(name);
      return describeLayers(frameOf(found.bytes, found.linkType)).map(({ label }) => label);
    };
    expect(labels('CAPWAP with Ethernet')).toContain('CAPWAP data');
    expect(labels('ERF, type 82')).toContain('Endace record, type 2');
    expect(labels('AudioCodes version 9, IP')).toContain('AudioCodes debug recording, version 9');
    expect(labels('PBB')).toContain('Provider backbone bridging, service 100');
  });
});

describe('what only looks like a carrier', () => {
  const HELLO = new TextEncoder().encode('OPTIONS sip:pbx.example SIP/2.0\r\n\r\n');
  test.each([925, 1701, 3544, 4341, 5000, 5247, 5555, 6080, 6635, 9899])('SIP on port %i', (port) => {
    const packet = decodeOne(ethernet(0x0800, ipv4({}, udp(HELLO, undefined, [5060, port]))));
    expect([packet.kind, packet.destinationPort, payloadOf(packet)]).toEqual([PACKET_DATAGRAM, port, HELLO]);
    const zeros = new Uint8Array(60);
    const empty = decodeOne(ethernet(0x0800, ipv4({}, udp(zeros, undefined, [5060, port]))));
    expect([empty.kind, empty.destinationPort]).toEqual([PACKET_DATAGRAM, port]);
  });
});

test('RTP on the port of a remote capture stays RTP, whatever its numbers', () => {
  const sound = new Uint8Array(160);
  for (let sequence = 140; sequence < 190; sequence++) {
    const rtp = join(u8(0x80, 0), u16(sequence, sequence, 0), u32(7), sound);
    const { kind, destinationPort } = decodeOne(
      ethernet(0x0800, ipv4({}, udp(rtp, undefined, [40000, 5000]))),
    );
    expect([kind, destinationPort]).toEqual([PACKET_DATAGRAM, 5000]);
  }
});

test('a frame that CAPWAP had to cut is put together', () => {
  const inner = ethernet(0x0800, ipv4({}, udp(new Uint8Array(900).fill(0x41))));
  const part = (flags: number, offset: number, bytes: Uint8Array) =>
    frameOf(
      ethernet(
        0x0800,
        ipv4({}, udp(join(u8(0, 0x10, 0x02, flags), u16(77, offset), bytes), undefined, [40000, 5247])),
      ),
    );
  const decoder = new PacketDecoder();
  decoder.decode(part(0xc0, 800, inner.subarray(800)), 1);
  expect([decoder.packet.kind, decoder.packet.protocol]).toEqual([PACKET_FRAGMENT, 'CAPWAP']);
  decoder.decode(part(0x80, 0, inner.subarray(0, 800)), 2);
  expect([decoder.packet.kind, decoder.packet.payloadEnd - decoder.packet.payloadStart]).toEqual([
    PACKET_DATAGRAM,
    900,
  ]);
  expect(decoder.packet.pieces).toBe(2);
});

test('what is encrypted, or carries no frame, is named', () => {
  const sent = (port: number, ...bytes: Uint8Array[]) =>
    decodeOne(ethernet(0x0800, ipv4({}, udp(join(...bytes), undefined, [40000, port]))));
  const audioCodes = sent(925, u8(9), u32(0), u16(0), u32(1, 1), u8(0x10, 16, 16, 0), new Uint8Array(20));
  expect([audioCodes.kind, audioCodes.protocol]).toEqual([PACKET_OTHER, 'AudioCodes, encrypted']);
  expect(sent(5247, u8(0, 0x10, 2, 8), new Uint8Array(20)).protocol).toBe('CAPWAP keep-alive');
});

test('SCTP in UDP is SCTP', () => {
  const data = join(u8(0, 3), u16(20), u32(1), u16(0, 0), u32(0), u32(0x41424344));
  const packet = decodeOne(
    ethernet(0x0800, ipv4({}, udp(join(u16(5061, 40061), u32(1, 0), data), undefined, [40000, 9899]))),
  );
  expect([formatSource(packet), packet.sctpTsn, payloadOf(packet)]).toEqual([
    '10.0.0.1:5061',
    1,
    u32(0x41424344),
  ]);
});
