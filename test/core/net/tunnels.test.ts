import { describe, expect, test } from 'vitest';
import { asciiBytes } from '../../../core/bytes/text.ts';
import { formatDestination, formatSource } from '../../../core/net/addresses.ts';
import { PACKET_DATAGRAM, PACKET_MALFORMED, PACKET_OTHER } from '../../../core/net/packet.ts';
import { decodeOne, ethernet, ipv4, ipv6, join, payloadOf, u16, u32, u8, udp } from './build-packets.ts';

const HELLO = asciiBytes('hello, world');

describe('tunnels', () => {
  const inner = ipv4({ from: 0xc0a80001, to: 0xc0a80002 }, udp(HELLO));
  const inUdp = (port: number, ...payload: Uint8Array[]) =>
    ipv4({}, udp(join(...payload), undefined, [40000, port]));
  test.each<[string, Uint8Array]>([
    ['IP in IP', ipv4({ protocol: 4 }, inner)],
    ['IPv4 in IPv6', ipv6(4, inner)],
    ['GRE', ipv4({ protocol: 47 }, u16(0, 0x0800), inner)],
    ['GRE with checksum, key and sequence', ipv4({ protocol: 47 }, u16(0xb000, 0x0800), u32(0, 1, 2), inner)],
    [
      'GRE version 1 with PPP',
      ipv4({ protocol: 47 }, u16(0x3081, 0x880b), u32(0, 1, 2), u16(0xff03, 0x0021), inner),
    ],
    ['GRE with Ethernet', ipv4({ protocol: 47 }, u16(0, 0x6558), ethernet(0x0800, inner))],
    ['ERSPAN I', ipv4({ protocol: 47 }, u16(0, 0x88be), ethernet(0x0800, inner))],
    [
      'ERSPAN II',
      ipv4({ protocol: 47 }, u16(0x1000, 0x88be), u32(1, 0x10000000, 0), ethernet(0x0800, inner)),
    ],
    [
      'ERSPAN III',
      ipv4({ protocol: 47 }, u16(0x1000, 0x22eb), u32(1, 0x20000000, 0, 0), ethernet(0x0800, inner)),
    ],
    [
      'ERSPAN III with a platform header',
      ipv4({ protocol: 47 }, u16(0x1000, 0x22eb), u32(1, 0x20000000, 0, 1, 0, 0), ethernet(0x0800, inner)),
    ],
    ['VXLAN', inUdp(4789, u32(0x08000000, 0x00002a00), ethernet(0x8100, u16(1, 0x0800), inner))],
    [
      'Geneve with an option',
      inUdp(6081, u16(0x0100, 0x6558), u32(0x00002a00), u32(0), ethernet(0x0800, inner)),
    ],
    ['GTP-U', inUdp(2152, u8(0x30, 0xff), u16(inner.length), u32(1), inner)],
    [
      'GTP-U with extension headers',
      inUdp(2152, u8(0x34, 0xff), u16(8 + inner.length), u32(1, 0x85), u8(1, 0, 0, 0), inner),
    ],
    ['VXLAN with a group policy', inUdp(4789, u32(0x88000001, 0x00002a00), ethernet(0x0800, inner))],
    ['VXLAN-GPE', inUdp(4790, u32(0x0c000001, 0x00002a00), inner)],
    ['L2TP', inUdp(1701, u16(0x0002, 1, 1), u16(0xff03, 0x0021), inner)],
    [
      'L2TP with length, sequence and offset',
      inUdp(1701, u16(0x4a02, 18 + inner.length, 1, 1, 5, 6, 2, 0), u16(0x0021), inner),
    ],
    ['TZSP', inUdp(37008, u8(1, 0), u16(1), u8(10, 1, 0, 1), ethernet(0x0800, inner))],
    ['EtherIP', ipv4({ protocol: 97 }, u16(0x3000), ethernet(0x0800, inner))],
    ['MPLS in IP', ipv4({ protocol: 137 }, u32(0x00020140), inner)],
    ['AH', ipv4({ protocol: 51 }, u8(4, 4, 0, 0), u32(1, 2, 3, 4, 5), inner)],
  ])('%s', (_name, outer) => {
    const version = (outer[0] ?? 0) >> 4;
    const packet = decodeOne(ethernet(version === 6 ? 0x86dd : 0x0800, outer));
    expect([packet.faultLayer, packet.fault, packet.kind]).toEqual(['', '', PACKET_DATAGRAM]);
    expect(payloadOf(packet)).toEqual(HELLO);
    // The innermost endpoints count, and nothing of the outer ones is left.
    expect(formatSource(packet)).toBe('192.168.0.1:5060');
    expect(formatDestination(packet)).toBe('192.168.0.2:5070');
    expect([...packet.addresses.slice(1, 4), ...packet.addresses.slice(5)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('a port alone is no tunnel', () => {
    for (const port of [4789, 6081, 2152, 37008]) {
      const payload = asciiBytes('OPTIONS sip:pbx.example SIP/2.0\r\n');
      const packet = decodeOne(ethernet(0x0800, inUdp(port, payload)));
      expect([packet.kind, packet.destinationPort, payloadOf(packet)]).toEqual([
        PACKET_DATAGRAM,
        port,
        payload,
      ]);
    }
  });

  test('a header that says something else is none', () => {
    const frame = ethernet(0x0800, inner);
    for (const header of [u32(0, 0x2a00), u32(0x48000000, 0x2a00)]) {
      expect(decodeOne(ethernet(0x0800, inUdp(4789, header, frame))).destinationPort).toBe(4789);
    }
  });

  test('tunnels in tunnels end at a bound', () => {
    let packet: Uint8Array = ipv4({}, udp(HELLO));
    for (let depth = 0; depth < 30; depth++) packet = ipv4({ protocol: 4 }, packet);
    expect(decodeOne(ethernet(0x0800, packet))).toMatchObject({
      kind: PACKET_MALFORMED,
      faultLayer: 'Tunnels',
    });
    const six = ipv4(
      { protocol: 4 },
      ipv4({ protocol: 4 }, ipv4({ protocol: 4 }, ipv4({ protocol: 4 }, ipv4({}, udp(HELLO))))),
    );
    expect(decodeOne(ethernet(0x0800, six)).kind).toBe(PACKET_DATAGRAM);
  });

  test('what a malformed inner packet leaves is the outer one', () => {
    const packet = decodeOne(ethernet(0x0800, ipv4({ protocol: 4 }, inner.subarray(0, 12))));
    expect([packet.kind, packet.faultLayer, formatSource(packet)]).toEqual([
      PACKET_MALFORMED,
      'IPv4',
      '10.0.0.1',
    ]);
  });
});

test('MACsec that only authenticates is passed over, what it encrypts is named', () => {
  const inner = join(u16(0x0800), ipv4({}, udp(HELLO)), u32(0, 0, 0, 0));
  const open = decodeOne(ethernet(0x88e5, u8(0x20, 0), u32(1, 2, 3), inner));
  expect([open.kind, payloadOf(open)]).toEqual([PACKET_DATAGRAM, HELLO]);
  const sealed = decodeOne(ethernet(0x88e5, u8(0x2c, 0), u32(1, 2, 3), inner));
  expect([sealed.kind, sealed.protocol]).toEqual([PACKET_OTHER, 'MACsec']);
});

describe('exported PDUs', () => {
  const tag = (number: number, value: Uint8Array) => join(u16(number, value.length), value);
  const LINK = 252;

  test('SIP stands between the endpoints that its tags name', () => {
    const packet = decodeOne(
      join(
        tag(12, asciiBytes('sip\0')),
        tag(20, u32(0x0a000001)),
        tag(21, u32(0x0a000002)),
        tag(25, u32(5060)),
        tag(26, u32(5070)),
        tag(0, u8()),
        HELLO,
      ),
      LINK,
    );
    expect([packet.kind, formatSource(packet), formatDestination(packet)]).toEqual([
      PACKET_DATAGRAM,
      '10.0.0.1:5060',
      '10.0.0.2:5070',
    ]);
    expect(payloadOf(packet)).toEqual(HELLO);
  });

  test('an IP packet is read as one', () => {
    const packet = decodeOne(join(tag(12, asciiBytes('ip\0\0')), tag(0, u8()), ipv4({}, udp(HELLO))), LINK);
    expect(payloadOf(packet)).toEqual(HELLO);
  });

  test('a tag longer than the frame is a fault, another protocol is named', () => {
    expect(decodeOne(join(u16(12, 900), HELLO), LINK).kind).toBe(PACKET_MALFORMED);
    expect(decodeOne(join(tag(12, asciiBytes('http')), tag(0, u8()), HELLO), LINK).protocol).toBe(
      'Exported PDU',
    );
  });
});
