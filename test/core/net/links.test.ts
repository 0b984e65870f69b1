import { describe, expect, test } from 'vitest';
import { asciiBytes } from '../../../core/bytes/text.ts';
import { PACKET_DATAGRAM, PACKET_OTHER } from '../../../core/net/packet.ts';
import { decodeOne, ethernet, ipv4, ipv6, join, payloadOf, tcp, u16, u32, u8, udp } from './build-packets.ts';

const HELLO = asciiBytes('hello, world');

describe('links', () => {
  const ip = ipv4({}, udp(HELLO));
  const ip6 = ipv6(17, udp(HELLO));
  test.each<[string, number, Uint8Array]>([
    ['Ethernet', 1, ethernet(0x0800, ip)],
    ['VLAN in 802.1ad', 1, ethernet(0x88a8, u16(5, 0x8100, 7, 0x0800), ip)],
    ['three tags', 1, ethernet(0x9100, u16(5, 0x9200, 6, 0x8100, 7, 0x86dd), ip6)],
    [
      '802.3 with LLC and SNAP, padded',
      1,
      ethernet(8 + ip.length, u8(0xaa, 0xaa, 3, 0, 0, 0, 8, 0), ip, new Uint8Array(9)),
    ],
    ['802.3 with IP over LLC', 1, ethernet(3 + ip.length, u8(6, 6, 3), ip)],
    ['NULL, little-endian', 0, join(u8(2, 0, 0, 0), ip)],
    ['NULL, big-endian, IPv6 of macOS', 0, join(u32(30), ip6)],
    ['NULL with a type in the upper bytes', 0, join(u16(0x0f00, 0x0800), ip)],
    ['LOOP', 108, join(u32(24), ip6)],
    ['raw IP', 101, ip6],
    ['raw IP under an old number', 12, ip],
    ['raw IP under OpenBSD’s', 14, ip],
    ['raw IPv4', 228, ip],
    ['raw IPv6', 229, ip6],
    ['PPP', 9, join(u16(0x0021), ip)],
    ['PPP, protocol compressed', 9, join(u8(0x21), ip)],
    ['PPP in HDLC framing', 50, join(u16(0xff03, 0x0057), ip6)],
    ['PPP with direction', 204, join(u8(1), u16(0xff03, 0x0021), ip)],
    ['PPP of pppd', 166, join(u8(1, 3), u16(0x0021), ip)],
    ['PPPoE alone', 51, join(u8(0x11, 0), u16(1, 2 + ip.length, 0x0021), ip)],
    [
      'PPPoE in Ethernet, padded',
      1,
      ethernet(0x8864, u8(0x11, 0), u16(1, 2 + ip.length, 0x0021), ip, new Uint8Array(6)),
    ],
    ['Cisco HDLC', 104, join(u16(0x0f00, 0x0800), ip)],
    ['Frame Relay', 107, join(u8(0x04, 0x01, 0x03, 0xcc), ip)],
    ['Frame Relay, Cisco', 107, join(u8(0x04, 0x01), u16(0x86dd), ip6)],
    ['cooked', 113, join(u16(0, 1, 6), new Uint8Array(8), u16(0x0800), ip)],
    ['cooked v2', 276, join(u16(0x86dd, 0), u32(3), u16(1), u8(0, 6), new Uint8Array(8), ip6)],
    ['MPLS over Ethernet', 1, ethernet(0x8847, u32(0x00010040, 0x00020140), ip)],
    ['MPLS alone, Ethernet pseudowire', 219, join(u32(0x00020140), u32(0), ethernet(0x0800, ip))],
    ['NFLOG', 239, join(u8(2, 0), u16(5), u8(8, 0, 1, 0, 0, 0, 0, 0), u8(4 + ip.length, 0, 9, 0), ip)],
    ['IPNET', 226, join(new Uint8Array(24), ip)],
    ['PKTAP', 258, join(u8(108, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0), new Uint8Array(96), ethernet(0x0800, ip))],
    ['PFLOG', 117, join(u8(61, 2, 0, 0), new Uint8Array(60), ip)],
    ['ENC', 109, join(u32(2, 1, 0), ip)],
    ['IPoIB', 242, join(u16(0x0800, 0), ip)],
    ['IP over IEEE 1394', 138, join(new Uint8Array(16), u16(0x0800), ip)],
    ['802.11', 105, join(u8(0x08, 0x01, 0, 0), new Uint8Array(20), u8(0xaa, 0xaa, 3, 0, 0, 0, 8, 0), ip)],
    [
      '802.11 QoS with radiotap and checksum',
      127,
      join(
        u8(0, 0, 9, 0, 2, 0, 0, 0, 0x10),
        u8(0x88, 0x02, 0, 0),
        new Uint8Array(20),
        u8(0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0),
        ip,
        u32(0xdeadbeef),
      ),
    ],
    [
      '802.11 A-MSDU between two distribution systems, PPI',
      192,
      join(
        u8(0, 0, 8, 0, 105, 0, 0, 0),
        u8(0x88, 0x03, 0, 0),
        new Uint8Array(26),
        u8(0x80, 0),
        new Uint8Array(12),
        u16(8 + ip.length),
        u8(0xaa, 0xaa, 3, 0, 0, 0, 8, 0),
        ip,
        new Uint8Array(40),
      ),
    ],
    [
      'Prism',
      119,
      join(
        u8(0, 0, 0, 0x44, 144, 0, 0, 0),
        new Uint8Array(136),
        u8(0x08, 0x01, 0, 0),
        new Uint8Array(20),
        u8(0xaa, 0xaa, 3, 0, 0, 0, 8, 0),
        ip,
      ),
    ],
    ['Juniper', 178, join(u8(0x4d, 0x47, 0x43, 0x81, 0, 3, 1, 1, 1), ethernet(0x0800, ip))],
    ['VN-Tag', 1, ethernet(0x8926, u32(0), u16(0x0800), ip)],
  ])('%s', (_name, linkType, bytes) => {
    const packet = decodeOne(bytes, linkType);
    expect([packet.faultLayer, packet.fault, packet.protocol]).toEqual(['', '', 'UDP']);
    expect([packet.kind, payloadOf(packet), packet.payloadMissing]).toEqual([PACKET_DATAGRAM, HELLO, 0]);
    expect(packet.payloadOffset).toBe(1000 + packet.payloadStart - 5);
  });

  test('a length of 802.3 ends what has none of its own', () => {
    const offloaded = ipv4({ protocol: 6, totalLength: 0 }, tcp(HELLO));
    const snap = u8(0xaa, 0xaa, 3, 0, 0, 0, 8, 0);
    expect(payloadOf(decodeOne(ethernet(8 + offloaded.length, snap, offloaded, new Uint8Array(20))))).toEqual(
      HELLO,
    );
  });

  test.each<[string, number, Uint8Array]>([
    ['ARP', 1, ethernet(0x0806, new Uint8Array(28))],
    ['802.11 (encrypted)', 105, join(u8(0x08, 0x41, 0, 0), new Uint8Array(60))],
    ['BLUETOOTH_HCI_H4', 187, new Uint8Array(9)],
    ['link type 4711', 4711, new Uint8Array(9)],
    ['unknown link type', 0xffff, new Uint8Array(9)],
    ['STP', 1, ethernet(38, u8(0x42, 0x42, 3), new Uint8Array(43))],
    ['ICMP', 1, ethernet(0x0800, ipv4({ protocol: 1 }, new Uint8Array(8)))],
    ['Netlink', 113, join(u16(0, 824, 0), new Uint8Array(8), u16(0), new Uint8Array(16))],
  ])('%s is named and not looked into', (name, linkType, bytes) => {
    expect(decodeOne(bytes, linkType)).toMatchObject({ kind: PACKET_OTHER, protocol: name, fault: '' });
  });
});
