import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asciiBytes } from '../../../../core/bytes/text.ts';
import { createHepPacket, decodeHep, HepStreamReader } from '../../../../core/app/hep/hep-reader.ts';
import { hepPacket } from './hep-packets.ts';

const MESSAGE = asciiBytes('OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 0\r\n\r\n');

describe('HEP3', () => {
  test('tells the endpoints, their ports and the message', () => {
    const packet = createHepPacket();
    const bytes = hepPacket(MESSAGE);
    expect(decodeHep(bytes, 0, bytes.length, packet)).toBe(true);
    expect([...packet.addresses]).toEqual([0x0a010101, 0, 0, 0, 0x0a010102, 0, 0, 0]);
    expect([packet.sourcePort, packet.destinationPort]).toEqual([5062, 5061]);
    expect([packet.ipVersion, packet.ipProtocol, packet.protocolType]).toEqual([4, 6, 1]);
    expect(packet.bytes.slice(packet.from, packet.to)).toEqual(MESSAGE);
  });

  test('is nothing without both addresses', () => {
    const bytes = hepPacket(MESSAGE);
    // The chunk of the destination's address becomes one of another vendor.
    bytes[6 + 7 + 7 + 10] = 0x7f;
    expect(decodeHep(bytes, 0, bytes.length, createHepPacket())).toBe(false);
  });

  test('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (rest) => {
        const bytes = new Uint8Array([...hepPacket(MESSAGE).subarray(0, 6), ...rest]);
        const packet = createHepPacket();
        decodeHep(bytes, 0, bytes.length, packet);
        expect(packet.to).toBeLessThanOrEqual(bytes.length);
        expect(packet.from).toBeLessThanOrEqual(packet.to);
      }),
    );
  });

  test('over TCP packets are found in any split, and where one is one run of the file its place is told', () => {
    const stream = new Uint8Array([...hepPacket(MESSAGE), ...hepPacket(MESSAGE), ...hepPacket(MESSAGE)]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 12 }), (sizes) => {
        const seen: string[] = [];
        const reader = new HepStreamReader((packet, _frame, offset) => {
          seen.push(String.fromCharCode(...packet.bytes.slice(packet.from, packet.to)));
          if (offset >= 0)
            expect(stream.slice(offset - 1000, offset - 1000 + MESSAGE.length)).toEqual(MESSAGE);
        });
        let at = 0;
        for (const size of [...sizes, stream.length]) {
          const to = Math.min(stream.length, at + size);
          reader.chunk(stream, at, to, 1000 + at, 1);
          at = to;
        }
        expect(seen).toEqual(Array.from({ length: 3 }, () => String.fromCharCode(...MESSAGE)));
      }),
    );
  });

  test('names what is compressed, and carries nothing on to the next packet', () => {
    const whole = hepPacket(asciiBytes('OPTIONS sip:a@b SIP/2.0\r\n\r\n'));
    const compressed = whole.slice();
    const payload = compressed.findIndex(
      (_byte, at) =>
        compressed[at] === 0 &&
        compressed[at + 1] === 0 &&
        compressed[at + 3] === 15 &&
        compressed[at + 2] === 0,
    );
    compressed[payload + 3] = 16;
    const packet = createHepPacket();
    expect(decodeHep(compressed, 0, compressed.length, packet)).toBe(true);
    expect(packet).toMatchObject({ compressed: true, sourcePort: 5062 });
    expect(packet.to - packet.from).toBe(0);
    expect(decodeHep(whole, 0, whole.length, packet)).toBe(true);
    expect(packet.compressed).toBe(false);
  });
});

describe('HEP 1 and 2', () => {
  const ports = [0x13, 0xc6, 0x13, 0xc5];
  const four = [10, 1, 1, 1, 10, 1, 1, 2];
  const six = [...Array.from({ length: 15 }, () => 0), 1, ...Array.from({ length: 15 }, () => 0), 2];
  const time = Array.from({ length: 12 }, () => 7);
  test.each<[string, number[], 4 | 6]>([
    ['1 over IPv4', [1, 16, 2, 17, ...ports, ...four], 4],
    ['2 over IPv4', [2, 28, 2, 6, ...ports, ...four, ...time], 4],
    ['1 over IPv6', [1, 40, 10, 17, ...ports, ...six], 6],
    ['2 over IPv6, with another length', [2, 40, 10, 17, ...ports, ...six, ...time], 6],
  ])('version %s', (_name, header, ipVersion) => {
    const packet = createHepPacket();
    const bytes = Uint8Array.from([...header, ...MESSAGE]);
    expect(decodeHep(bytes, 0, bytes.length, packet)).toBe(true);
    expect([packet.ipVersion, packet.ipProtocol]).toEqual([ipVersion, header[3]]);
    expect([packet.sourcePort, packet.destinationPort]).toEqual([5062, 5061]);
    expect([...packet.addresses]).toEqual(
      ipVersion === 4 ? [0x0a010101, 0, 0, 0, 0x0a010102, 0, 0, 0] : [0, 0, 0, 1, 0, 0, 0, 2],
    );
    expect(bytes.subarray(packet.from, packet.to)).toEqual(MESSAGE);
    // Without magic: version and family count, and SIP where they say.
    for (const at of [0, 2, header.length]) {
      const other = bytes.slice();
      other[at] = 0x99;
      expect(decodeHep(other, 0, other.length, packet)).toBe(false);
    }
  });
});
