import { describe, expect, test } from 'vitest';
import { asciiBytes } from '../../../core/bytes/text.ts';
import { PacketDecoder } from '../../../core/net/decode-packet.ts';
import { PACKET_MALFORMED, PACKET_SCTP } from '../../../core/net/packet.ts';
import { decodeOne, ethernet, frameOf, ipv4, join, payloadOf, u16, u32, u8 } from './build-packets.ts';

describe('SCTP', () => {
  const chunk = (type: number, flags: number, body: Uint8Array, length = 4 + body.length) =>
    join(u8(type, flags), u16(length), body, new Uint8Array((4 - (body.length % 4)) % 4));
  const data = (flags: number, tsn: number, stream: number, sequence: number, payload: Uint8Array) =>
    chunk(0, flags, join(u32(tsn), u16(stream, sequence), u32(0), payload));
  const packetOf = (...chunks: Uint8Array[]) =>
    ethernet(0x0800, ipv4({ protocol: 132 }, u16(3868, 3868), u32(1, 2), ...chunks));

  test('each DATA chunk in turn, others passed over', () => {
    const decoder = new PacketDecoder();
    const sack = chunk(3, 0, new Uint8Array(12));
    const long = join(u32(9), u16(5, 0), u32(77, 3), asciiBytes('world'));
    const frame = frameOf(packetOf(sack, data(3, 7, 2, 1, asciiBytes('hello')), sack, chunk(64, 2, long)));
    decoder.decode(frame, 1);
    const { packet } = decoder;
    expect(packet).toMatchObject({
      kind: PACKET_SCTP,
      sctpTsn: 7,
      sctpStream: 2,
      sctpStreamSequence: 1,
      sctpFlags: 3,
    });
    expect(payloadOf(packet)).toEqual(asciiBytes('hello'));
    expect(packet.payloadOffset).toBe(1000 + packet.payloadStart - 5);
    expect(decoder.nextChunk()).toBe(true);
    expect(packet).toMatchObject({
      sctpTsn: 9,
      sctpStream: 5,
      sctpStreamSequence: 77,
      sctpFlags: 2,
      sctpPayloadProtocol: 3,
    });
    expect(payloadOf(packet)).toEqual(asciiBytes('world'));
    expect(decoder.nextChunk()).toBe(false);
    expect(decoder.nextChunk()).toBe(false);
    expect(packet).toMatchObject({ kind: PACKET_SCTP, sctpFlags: -1 });
  });

  test('a chunk that claims less than its header ends the packet as malformed', () => {
    const packet = decodeOne(packetOf(chunk(0, 3, new Uint8Array(12), 8)));
    expect(packet).toMatchObject({ kind: PACKET_MALFORMED, faultLayer: 'SCTP', sourcePort: 3868 });
  });

  test('a DATA chunk cut by the snap length says what is missing', () => {
    const whole = packetOf(data(3, 7, 2, 1, new Uint8Array(100)));
    expect(decodeOne(whole.subarray(0, whole.length - 60), 1, whole.length)).toMatchObject({
      kind: PACKET_SCTP,
      payloadMissing: 60,
    });
  });
});
