import { describe, expect, test } from 'vitest';
import { asciiBytes } from '../../../core/bytes/text.ts';
import { PACKET_DATAGRAM, PACKET_MALFORMED, PACKET_SEGMENT } from '../../../core/net/packet.ts';
import { decodeOne, ethernet, ipv4, join, payloadOf, tcp, u8, udp } from './build-packets.ts';

const HELLO = asciiBytes('hello, world');

describe('IPv4', () => {
  test('padding and trailers are no payload', () => {
    const packet = decodeOne(
      join(ethernet(0x0800, ipv4({ protocol: 6 }, tcp(u8(1, 2)))), new Uint8Array(20)),
    );
    expect(packet.kind).toBe(PACKET_SEGMENT);
    expect(payloadOf(packet)).toEqual(u8(1, 2));
    expect(packet.payloadMissing).toBe(0);
  });

  test('total length 0 is an offloaded segment: all of the frame', () => {
    const packet = decodeOne(ethernet(0x0800, ipv4({ protocol: 6, totalLength: 0 }, tcp(HELLO))));
    expect([packet.kind, payloadOf(packet)]).toEqual([PACKET_SEGMENT, HELLO]);
  });

  test('options are passed over', () => {
    const packet = decodeOne(ethernet(0x0800, ipv4({ options: u8(0x94, 4, 0, 0, 1, 1, 1, 0) }, udp(HELLO))));
    expect([packet.kind, payloadOf(packet)]).toEqual([PACKET_DATAGRAM, HELLO]);
  });

  test('what the snap length cut off is counted from the IP length', () => {
    const whole = ethernet(0x0800, ipv4({ protocol: 6 }, tcp(new Uint8Array(1000))));
    const packet = decodeOne(whole.subarray(0, 96), 1, whole.length);
    expect(packet.kind).toBe(PACKET_SEGMENT);
    expect(packet.payloadEnd - packet.payloadStart).toBe(96 - 54);
    expect(packet.payloadMissing).toBe(1000 - 42);
    // Some writers put the captured length for the original too.
    expect(decodeOne(whole.subarray(0, 96)).payloadMissing).toBe(1000 - 42);
  });

  test.each<[string, Uint8Array]>([
    ['cut header', ipv4({}, udp(HELLO)).subarray(0, 19)],
    ['header length below 20', join(u8(0x44), ipv4({}, udp(HELLO)).subarray(1))],
    ['total length below the header', ipv4({ totalLength: 12 }, udp(HELLO))],
    ['another version', join(u8(0x55), ipv4({}, udp(HELLO)).subarray(1))],
  ])('%s is malformed', (_name, bytes) => {
    const packet = decodeOne(ethernet(0x0800, bytes));
    expect(packet.kind).toBe(PACKET_MALFORMED);
    expect(packet.faultLayer).toBe('IPv4');
    expect(packet.fault).not.toBe('');
    expect(packet.payloadEnd).toBe(packet.payloadStart);
  });
});
