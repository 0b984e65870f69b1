import { describe, expect, test } from 'vitest';
import { asciiBytes } from '../../../core/bytes/text.ts';
import { formatSource } from '../../../core/net/addresses.ts';
import { PACKET_DATAGRAM, PACKET_MALFORMED, PACKET_OTHER, PACKET_SEGMENT } from '../../../core/net/packet.ts';
import { decodeOne, ethernet, ipv4, join, payloadOf, tcp, u32, u8, udp } from './build-packets.ts';

const HELLO = asciiBytes('hello, world');

describe('TCP and UDP', () => {
  test('header fields are unsigned', () => {
    const packet = decodeOne(ethernet(0x0800, ipv4({ protocol: 6 }, tcp(HELLO, u8(1, 1, 1, 0)))));
    expect(packet).toMatchObject({
      sequence: 0xfffffff0,
      acknowledgement: 0x80000001,
      tcpFlags: 0x18,
      tcpWindow: 8192,
      sourcePort: 5061,
      destinationPort: 40000,
      protocol: 'TCP',
    });
    expect(payloadOf(packet)).toEqual(HELLO);
  });

  test('a capture that ends inside the options keeps the sequence number and counts the payload', () => {
    const whole = ethernet(0x0800, ipv4({ protocol: 6 }, tcp(HELLO, new Uint8Array(20))));
    const packet = decodeOne(whole.subarray(0, 14 + 20 + 24), 1, whole.length);
    expect(packet).toMatchObject({
      kind: PACKET_SEGMENT,
      sequence: 0xfffffff0,
      payloadMissing: HELLO.length,
    });
    expect(packet.payloadStart).toBe(packet.payloadEnd);
  });

  test.each([4, 15])(
    'a header length of %i words that cannot be is malformed, addresses and ports kept',
    (words) => {
      const packet = decodeOne(ethernet(0x0800, ipv4({ protocol: 6 }, tcp(HELLO, undefined, words))));
      expect(packet).toMatchObject({
        kind: PACKET_MALFORMED,
        faultLayer: 'TCP',
        sourcePort: 5061,
        destinationPort: 40000,
      });
      expect(formatSource(packet)).toBe('10.0.0.1:5061');
    },
  );

  test('a cut TCP header is malformed with its ports', () => {
    const whole = ethernet(0x0800, ipv4({ protocol: 6 }, tcp(HELLO)));
    expect(decodeOne(whole.subarray(0, 14 + 20 + 8), 1, whole.length)).toMatchObject({
      kind: PACKET_MALFORMED,
      sourcePort: 5061,
      fault: "The capture holds 8 of the header's 20 bytes.",
    });
  });

  test('UDP lengths: 0 means all, less than the header is malformed, more than the packet is cut to it', () => {
    expect(payloadOf(decodeOne(ethernet(0x0800, ipv4({}, udp(HELLO, 0)))))).toEqual(HELLO);
    expect(payloadOf(decodeOne(ethernet(0x0800, ipv4({}, udp(HELLO, 13)))))).toEqual(HELLO.subarray(0, 5));
    expect(decodeOne(ethernet(0x0800, ipv4({}, udp(HELLO, 7))))).toMatchObject({ kind: PACKET_MALFORMED });
    const long = decodeOne(ethernet(0x0800, ipv4({}, udp(HELLO, 500))));
    expect([payloadOf(long), long.payloadMissing]).toEqual([HELLO, 0]);
  });

  test('ESP is named, in IP and in UDP; IKE and keep-alives on its port are not', () => {
    const esp = join(u32(0xdeadbeef, 1), new Uint8Array(24));
    expect(decodeOne(ethernet(0x0800, ipv4({ protocol: 50 }, esp)))).toMatchObject({
      kind: PACKET_OTHER,
      protocol: 'ESP',
      ipProtocol: 50,
    });
    const inUdp = (payload: Uint8Array) =>
      decodeOne(ethernet(0x0800, ipv4({}, udp(payload, undefined, [4500, 4500]))));
    expect(inUdp(esp)).toMatchObject({ kind: PACKET_DATAGRAM, protocol: 'ESP' });
    expect(inUdp(join(u32(0), esp)).protocol).toBe('UDP');
    expect(inUdp(u8(0xff)).protocol).toBe('UDP');
  });
});
