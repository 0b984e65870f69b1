import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PacketDecoder } from '../../../core/net/decode-packet.ts';
import {
  PACKET_DATAGRAM,
  PACKET_FRAGMENT,
  PACKET_OTHER,
  type PacketScratch,
} from '../../../core/net/packet.ts';
import { ethernet, frameOf, ipv4, ipv6, join, payloadOf, tcp, u16, u32, u8, udp } from './build-packets.ts';

const PAYLOAD = Uint8Array.from({ length: 1001 }, (_, at) => (at * 7) & 0xff);
const DATAGRAM = udp(PAYLOAD);

/** Bytes [from, to) of a datagram in a fragment; the last one ends it. */
function fragment4(from: number, to: number, id = 1, datagram = DATAGRAM): Uint8Array {
  return ethernet(
    0x0800,
    ipv4({ id, offset: from, more: to < datagram.length }, datagram.subarray(from, to)),
  );
}

function fragment6(from: number, to: number, id: number, datagram: Uint8Array, nextHeader = 17): Uint8Array {
  const flags = from | (to < datagram.length ? 1 : 0);
  return ethernet(
    0x86dd,
    ipv6(44, join(u8(nextHeader, 0), u16(flags), u32(id), datagram.subarray(from, to))),
  );
}

/** Feeds frames, each at a file offset of its own; the kinds that came out, and the decoder. */
function feed(
  frames: readonly Uint8Array[],
  decoder = new PacketDecoder(),
  first = 1,
): [number[], PacketScratch] {
  const kinds = frames.map((bytes, index) => {
    const frame = frameOf(bytes);
    frame.offset = 100_000 * (first + index);
    decoder.decode(frame, first + index);
    return decoder.packet.kind;
  });
  return [kinds, decoder.packet];
}

describe('IPv4', () => {
  test('fragments in order: ports on the first, the datagram with the last', () => {
    const decoder = new PacketDecoder();
    const [, packet] = feed([fragment4(0, 400)], decoder);
    expect(packet).toMatchObject({
      kind: PACKET_FRAGMENT,
      sourcePort: 5060,
      destinationPort: 5070,
      pieces: 0,
    });
    const id = packet.datagramId;
    feed([fragment4(400, 800)], decoder, 2);
    expect(packet).toMatchObject({ kind: PACKET_FRAGMENT, datagramId: id, sourcePort: 0 });
    feed([fragment4(800, DATAGRAM.length)], decoder, 3);
    expect(packet).toMatchObject({
      kind: PACKET_DATAGRAM,
      datagramId: id,
      pieces: 3,
      sourcePort: 5060,
      protocol: 'UDP',
    });
    expect(payloadOf(packet)).toEqual(PAYLOAD);
    expect([...packet.pieceFrames.slice(0, 3)]).toEqual([1, 2, 3]);
    // The first piece begins behind the UDP header: 14 of Ethernet, 20 of IP, 8 of UDP.
    expect([...packet.pieceOffsets.slice(0, 3)]).toEqual([100_042, 200_034, 300_034]);
    expect([...packet.pieceLengths.slice(0, 3)]).toEqual([392, 400, 209]);
  });

  test('any order, copies and overlaps give the datagram once', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 125 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(cuts, fc.array(fc.nat(2000), { maxLength: 30 }), fc.nat(5), (positions, order, copies) => {
        const bounds = [
          0,
          ...positions.map((at) => at * 8).sort((left, right) => left - right),
          DATAGRAM.length,
        ];
        const pieces = bounds.slice(1).map((to, index) => fragment4(bounds[index] ?? 0, to));
        // Some longer ones that overlap their neighbours, then a shuffle by the given numbers.
        for (let copy = 0; copy < copies; copy++)
          pieces.push(fragment4(bounds[1 + (copy % (bounds.length - 2))] ?? 8, DATAGRAM.length));
        const shuffled = pieces
          .map((piece, index) => [order[index % Math.max(1, order.length)] ?? 0, piece] as const)
          .sort((left, right) => left[0] - right[0])
          .map(([, piece]) => piece);
        const decoder = new PacketDecoder();
        let whole = 0;
        for (const [index, bytes] of shuffled.entries()) {
          const [[kind], packet] = feed([bytes], decoder, index + 1);
          if (kind !== PACKET_DATAGRAM) continue;
          whole++;
          expect(Buffer.from(payloadOf(packet)).equals(Buffer.from(PAYLOAD))).toBe(true);
          let covered = 0;
          for (let piece = 0; piece < packet.pieces; piece++) covered += packet.pieceLengths[piece] ?? 0;
          expect(covered).toBe(PAYLOAD.length);
        }
        expect(whole).toBe(1);
      }),
      { numRuns: 200 },
    );
  });

  test('copies of a completed datagram are known for what they are', () => {
    const pieces = [fragment4(0, 400), fragment4(400, DATAGRAM.length)];
    const [kinds] = feed(pieces.flatMap((piece) => [piece, piece]));
    expect(kinds).toEqual([PACKET_FRAGMENT, PACKET_FRAGMENT, PACKET_DATAGRAM, PACKET_FRAGMENT]);
  });

  test('an identification used again with other bytes is another datagram', () => {
    const other = udp(PAYLOAD.map((byte) => byte ^ 0x55));
    const decoder = new PacketDecoder();
    feed([fragment4(0, 400), fragment4(400, DATAGRAM.length)], decoder);
    const [kinds, packet] = feed(
      [fragment4(0, 400, 1, other), fragment4(400, other.length, 1, other)],
      decoder,
      3,
    );
    expect(kinds).toEqual([PACKET_FRAGMENT, PACKET_DATAGRAM]);
    expect(payloadOf(packet)[0]).toBe(0x55);
    // Also where the one before it lost its end.
    const third = new PacketDecoder();
    feed([fragment4(0, 400)], third);
    const [again, last] = feed(
      [fragment4(0, 400, 1, other), fragment4(400, other.length, 1, other)],
      third,
      2,
    );
    expect(again).toEqual([PACKET_FRAGMENT, PACKET_DATAGRAM]);
    expect(payloadOf(last)[0]).toBe(0x55);
  });

  test('a last fragment that ends before bytes already there belongs to another datagram', () => {
    const short = udp(PAYLOAD.subarray(0, 500));
    const decoder = new PacketDecoder();
    feed([fragment4(600, 800)], decoder);
    const [kinds, packet] = feed(
      [fragment4(400, short.length, 1, short), fragment4(0, 400, 1, short)],
      decoder,
      2,
    );
    expect(kinds).toEqual([PACKET_FRAGMENT, PACKET_DATAGRAM]);
    expect(payloadOf(packet)).toEqual(PAYLOAD.subarray(0, 500));
  });

  test('a whole transport header whose rest never comes stays a fragment', () => {
    const segment = tcp(PAYLOAD);
    const [kinds, packet] = feed([
      ethernet(0x0800, ipv4({ protocol: 6, more: true }, segment.subarray(0, 200))),
    ]);
    expect(kinds).toEqual([PACKET_FRAGMENT]);
    expect(packet).toMatchObject({ sourcePort: 5061, destinationPort: 40000, protocol: 'IPv4' });
  });

  test('what the snap length cut from a fragment is missing from the datagram', () => {
    const decoder = new PacketDecoder();
    feed([fragment4(0, 400)], decoder);
    const last = fragment4(400, DATAGRAM.length);
    const frame = frameOf(last.subarray(0, last.length - 100), 1, last.length);
    decoder.decode(frame, 2);
    const { packet } = decoder;
    expect(packet).toMatchObject({ kind: PACKET_DATAGRAM, payloadMissing: 100 });
    expect(payloadOf(packet)).toEqual(PAYLOAD.subarray(0, PAYLOAD.length - 100));
  });

  test('fragments inside a tunnel whose own packet is in fragments are found in their frames', () => {
    const inner = [0, 504].map((from) =>
      ipv4(
        { id: 9, offset: from, more: from === 0, from: 0xc0a80001 },
        DATAGRAM.subarray(from, from === 0 ? 504 : undefined),
      ),
    );
    const frames = inner.flatMap((packet, index) => [
      ethernet(0x0800, ipv4({ protocol: 4, id: index, more: true }, packet.subarray(0, 240))),
      ethernet(0x0800, ipv4({ protocol: 4, id: index, offset: 240 }, packet.subarray(240))),
    ]);
    const [kinds, packet] = feed(frames);
    expect(kinds.at(-1)).toBe(PACKET_DATAGRAM);
    expect(payloadOf(packet)).toEqual(PAYLOAD);
    expect([...packet.pieceFrames.slice(0, packet.pieces)]).toEqual([1, 2, 3, 4]);
    let at = 0;
    for (let piece = 0; piece < packet.pieces; piece++) {
      const frame = frames[(packet.pieceFrames[piece] ?? 0) - 1] ?? new Uint8Array(0);
      const offset = (packet.pieceOffsets[piece] ?? 0) % 100_000;
      const length = packet.pieceLengths[piece] ?? 0;
      expect(frame.subarray(offset, offset + length)).toEqual(PAYLOAD.subarray(at, at + length));
      at += length;
    }
    expect(at).toBe(PAYLOAD.length);
  });
});

describe('IPv6', () => {
  test('fragments in any order, further headers inside the first', () => {
    const inner = join(u8(17, 0, 1, 4, 0, 0, 0, 0), DATAGRAM);
    // The next header of any but the first may say something else.
    const frames = [
      fragment6(800, inner.length, 5, inner, 59),
      fragment6(400, 800, 5, inner, 59),
      fragment6(0, 400, 5, inner, 60),
    ];
    const [kinds, packet] = feed(frames);
    expect(kinds).toEqual([PACKET_FRAGMENT, PACKET_FRAGMENT, PACKET_DATAGRAM]);
    expect(payloadOf(packet)).toEqual(PAYLOAD);
    expect([...packet.pieceFrames.slice(0, 3)]).toEqual([3, 2, 1]);
  });

  test('an atomic fragment is a whole packet', () => {
    const [kinds, packet] = feed([fragment6(0, DATAGRAM.length, 5, DATAGRAM)]);
    expect([kinds, packet.pieces]).toEqual([[PACKET_DATAGRAM], 0]);
  });
});

describe('bounds', () => {
  test('nothing grows with fragments that never become whole', () => {
    const decoder = new PacketDecoder();
    const before = process.memoryUsage().arrayBuffers;
    for (let id = 0; id < 20_000; id++)
      feed([fragment4(64_000, 64_008, id & 0xffff, new Uint8Array(65_000))], decoder, id);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200_000_000);
  });

  test('the smallest fragments of the largest datagram, backwards, come together quickly', () => {
    const large = udp(new Uint8Array(65_000));
    const decoder = new PacketDecoder();
    let whole = 0;
    for (let from = Math.floor((large.length - 1) / 8) * 8, frame = 1; from >= 0; from -= 8, frame++) {
      const [[kind]] = feed([fragment4(from, Math.min(large.length, from + 8), 1, large)], decoder, frame);
      if (kind === PACKET_DATAGRAM) whole++;
    }
    expect(whole).toBe(1);
    expect(decoder.packet.pieces).toBe(8125);
  });

  test('an end beyond 65,535 bytes and an empty fragment begin nothing', () => {
    const tooFar = ethernet(0x0800, ipv4({ offset: 65_528 }, new Uint8Array(100)));
    const empty = ethernet(0x0800, ipv4({ more: true }));
    const [kinds, packet] = feed([tooFar, empty]);
    expect([kinds, packet.datagramId]).toEqual([[PACKET_FRAGMENT, PACKET_FRAGMENT], 0]);
  });

  test('a fragment from long ago is not joined to a new one', () => {
    const decoder = new PacketDecoder();
    feed([fragment4(0, 400)], decoder);
    const late = frameOf(fragment4(400, DATAGRAM.length));
    late.seconds = 1000;
    decoder.decode(late, 2);
    expect(decoder.packet.kind).toBe(PACKET_FRAGMENT);
  });

  test('fragments of other protocols are put together and named', () => {
    const [kinds, packet] = feed([
      ethernet(0x0800, ipv4({ protocol: 1, more: true }, new Uint8Array(16))),
      ethernet(0x0800, ipv4({ protocol: 1, offset: 16 }, new Uint8Array(5))),
    ]);
    expect([kinds, packet.protocol]).toEqual([[PACKET_FRAGMENT, PACKET_OTHER], 'ICMP']);
  });
});
