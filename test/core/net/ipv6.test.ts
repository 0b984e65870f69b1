import { describe, expect, test } from 'vitest';
import { asciiBytes } from '../../../core/bytes/text.ts';
import { formatSource } from '../../../core/net/addresses.ts';
import { PACKET_DATAGRAM, PACKET_MALFORMED, PACKET_SEGMENT } from '../../../core/net/packet.ts';
import { decodeOne, ethernet, ipv6, join, payloadOf, tcp, u32, u8, udp } from './build-packets.ts';

const HELLO = asciiBytes('hello, world');

describe('IPv6', () => {
  test('extension headers in a row', () => {
    const chain = join(
      u8(60, 0, 1, 4, 0, 0, 0, 0),
      u8(43, 1),
      new Uint8Array(14),
      u8(51, 0),
      new Uint8Array(6),
    );
    const authentication = join(u8(6, 4, 0, 0), u32(7, 1, 2, 3, 4));
    const packet = decodeOne(ethernet(0x86dd, ipv6(0, join(chain, authentication, tcp(HELLO)))));
    expect([packet.kind, payloadOf(packet), packet.ipProtocol]).toEqual([PACKET_SEGMENT, HELLO, 6]);
    expect(formatSource(packet)).toBe('[2001:db8::1]:5061');
  });

  test('a jumbogram has its length in an option', () => {
    const option = join(u8(17, 0, 0xc2, 4), u32(8 + 8 + 100_000));
    const whole = ethernet(0x86dd, ipv6(0, join(option, udp(new Uint8Array(100_000), 0)), 0));
    const packet = decodeOne(whole.subarray(0, 200), 1, whole.length);
    expect(packet.kind).toBe(PACKET_DATAGRAM);
    expect(packet.payloadEnd - packet.payloadStart + packet.payloadMissing).toBe(100_000);
  });

  test('length 0 without that option: all of the frame', () => {
    expect(payloadOf(decodeOne(ethernet(0x86dd, ipv6(6, tcp(HELLO), 0))))).toEqual(HELLO);
  });

  test('extension headers without end are malformed', () => {
    const packet = decodeOne(
      ethernet(0x86dd, ipv6(60, join(...Array.from({ length: 40 }, () => u8(60, 0, 1, 4, 0, 0, 0, 0))))),
    );
    expect([packet.kind, packet.faultLayer, packet.ipVersion]).toEqual([PACKET_MALFORMED, 'IPv6', 6]);
  });
});
