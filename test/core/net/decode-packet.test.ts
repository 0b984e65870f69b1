import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join as joinPath } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asciiBytes } from '../../../core/bytes/text.ts';
import { STEP_FAULT, STEP_FRAME, STEP_NEED_MORE } from '../../../core/capture/frame.ts';
import { openCaptureReader } from '../../../core/capture/open-capture.ts';
import { formatDestination, formatSource } from '../../../core/net/addresses.ts';
import { PacketDecoder } from '../../../core/net/decode-packet.ts';
import {
  PACKET_DATAGRAM,
  PACKET_FRAGMENT,
  PACKET_MALFORMED,
  PACKET_SEGMENT,
  type PacketScratch,
} from '../../../core/net/packet.ts';
import { decodeOne, ethernet, ipv4, ipv6, join, payloadOf, tcp, u16, u32, u8, udp } from './build-packets.ts';

const here = dirname(fileURLToPath(import.meta.url));
const captures = joinPath(here, '../../captures');
const HELLO = asciiBytes('hello, world');

function load(path: string): Uint8Array {
  const bytes = new Uint8Array(readFileSync(path));
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? new Uint8Array(gunzipSync(bytes)) : bytes;
}

/** Calls `each` with every packet of a capture; `count` frames were there. */
function decodeFile(file: Uint8Array, each: (packet: PacketScratch, frame: number) => void): number {
  const reader = openCaptureReader(file.subarray(0, 65_536));
  if ('kind' in reader) return 0;
  const decoder = new PacketDecoder();
  let frames = 0;
  for (let at = 0; ; at += reader.consumed) {
    const step = reader.step(file, at, file.length, at);
    if (step === STEP_NEED_MORE || step === STEP_FAULT) return frames;
    if (step !== STEP_FRAME) continue;
    decoder.decode(reader.frame, ++frames);
    each(decoder.packet, frames);
  }
}

/** The packet in the words of the baselines. */
function lineOf(packet: PacketScratch): string {
  const ends = `${formatSource(packet)} > ${formatDestination(packet)}`;
  const length = packet.payloadEnd - packet.payloadStart + packet.payloadMissing;
  if (packet.kind === PACKET_DATAGRAM) return `${ends} udp len ${length}`;
  if (packet.kind !== PACKET_SEGMENT) return 'other';
  const numbers = `seq ${packet.sequence} ack ${packet.acknowledgement} flags ${packet.tcpFlags}`;
  return `${ends} ${numbers} len ${length}`;
}

/** Every byte of the payload lies in the file where the packet says. */
function expectInFile(file: Uint8Array, packet: PacketScratch): void {
  const payload = Buffer.from(payloadOf(packet));
  const parts: Uint8Array[] = [];
  if (packet.pieces === 0)
    parts.push(file.subarray(packet.payloadOffset, packet.payloadOffset + payload.length));
  for (let piece = 0; piece < packet.pieces; piece++) {
    const offset = packet.pieceOffsets[piece] ?? 0;
    parts.push(file.subarray(offset, offset + (packet.pieceLengths[piece] ?? 0)));
  }
  expect(Buffer.concat(parts).equals(payload)).toBe(true);
}

describe('as tshark says', () => {
  const baselines = readdirSync(joinPath(here, 'baselines'));

  test('there is something to compare', () => {
    expect(baselines.filter((name) => name.startsWith('11-')).length).toBeGreaterThanOrEqual(20);
  });

  test.each(baselines)('%s', (name) => {
    const expected: string[] = JSON.parse(readFileSync(joinPath(here, 'baselines', name), 'utf8'));
    const file = load(joinPath(captures, name.replace(/\.json$/, '')));
    const lines: string[] = [];
    decodeFile(file, (packet) => {
      lines.push(lineOf(packet));
      expectInFile(file, packet);
    });
    expect(lines).toEqual(expected);
  });
});

describe('hostile frames', () => {
  function check(bytes: Uint8Array, linkType: number, original: number): void {
    const packet = decodeOne(bytes, linkType, original);
    expect(packet.payloadStart).toBeLessThanOrEqual(packet.payloadEnd);
    expect(packet.payloadMissing).toBeGreaterThanOrEqual(0);
    expect(packet.payloadEnd).toBeLessThanOrEqual(packet.payload.length);
    expect(packet.payloadStart).toBeGreaterThanOrEqual(5);
    expect(packet.payloadEnd).toBeLessThanOrEqual(5 + bytes.length);
    expect(packet.kind === PACKET_MALFORMED).toBe(packet.fault !== '');
  }

  const links = fc.constantFrom(
    0,
    1,
    9,
    51,
    101,
    104,
    105,
    107,
    108,
    113,
    117,
    119,
    127,
    138,
    163,
    178,
    192,
    219,
    239,
    258,
    276,
  );

  test('noise of any link type', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), links, fc.nat(300), (bytes, linkType, beyond) => {
        check(bytes, linkType, bytes.length + beyond);
      }),
      { numRuns: 2000 },
    );
  });

  test('mutations and truncations of real shapes', () => {
    const shapes = [
      ethernet(
        0x8100,
        u16(1, 0x86dd),
        ipv6(0, join(u8(44, 0, 1, 4, 0, 0, 0, 0), u8(6, 0, 0, 1), u32(9), tcp(HELLO))),
      ),
      ethernet(
        0x8847,
        u32(0x00020140),
        u32(0),
        ethernet(
          0x0800,
          ipv4(
            { protocol: 47 },
            u16(0xb000, 0x6558),
            u32(0, 1, 2),
            ethernet(0x0800, ipv4({ protocol: 6 }, tcp(HELLO, new Uint8Array(8)))),
          ),
        ),
      ),
      ethernet(
        0x0800,
        ipv4(
          {},
          udp(
            join(
              u8(0x34, 0xff),
              u16(60),
              u32(1, 0x85),
              u8(1, 0, 0, 0),
              ipv4({ protocol: 132 }, u16(1, 2), u32(3, 4), u8(0, 3), u16(28), u32(1, 2, 3), HELLO),
            ),
            undefined,
            [2152, 2152],
          ),
        ),
      ),
    ];
    const changes = fc.array(fc.tuple(fc.nat(150), fc.nat(255)), { maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom(...shapes), changes, fc.nat(150), (shape, edits, length) => {
        const bytes = shape.slice(0, Math.max(0, shape.length - Math.max(0, length - 100)));
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        check(bytes, 1, shape.length);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('corpus', () => {
  const corpus = process.env['SIPHER_CORPUS'] ?? joinPath(here, '../../../../shared/captures/corpus');
  const manifest = joinPath(corpus, 'manifest.json');

  test.skipIf(!existsSync(manifest))('every frame ends in a packet (skipped without the corpus)', () => {
    const cases: { capture: string }[] = JSON.parse(readFileSync(manifest, 'utf8'));
    let frames = 0;
    let segments = 0;
    for (const capture of new Set(cases.map((entry) => entry.capture))) {
      const file = load(joinPath(corpus, capture));
      frames += decodeFile(file, (packet) => {
        if (packet.kind === PACKET_SEGMENT) segments++;
        if (packet.kind !== PACKET_FRAGMENT) expectInFile(file, packet);
      });
    }
    expect(frames).toBeGreaterThan(10_000);
    expect(segments).toBeGreaterThan(frames / 4);
  });
});
