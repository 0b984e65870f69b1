import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SCTP_BEGIN, SCTP_END, SCTP_UNORDERED } from '../../../core/net/packet.ts';
import { createPacketScratch } from '../../../core/net/packet-scratch.ts';
import { SEGMENT_DUPLICATE, SEGMENT_NEW } from '../../../core/stream/events.ts';
import { SctpDirection } from '../../../core/stream/sctp-direction.ts';

function recorder(): { readonly seen: string[]; readonly direction: SctpDirection } {
  const seen: string[] = [];
  const direction = new SctpDirection({
    chunk: (stream, bytes, from, to, offset) => seen.push(`${stream}:${bytes[from]}+${to - from}@${offset}`),
    cut: (stream, length) => seen.push(`${stream} cut ${length}`),
    gap: (chunks, before, after) => seen.push(`gap ${chunks} ${before}-${after}`),
  });
  return { seen, direction };
}

function send(direction: SctpDirection, tsn: number, frame: number, stream = 0, missing = 0): number {
  const packet = createPacketScratch();
  packet.payload = Uint8Array.of(tsn & 0xff, 1, 2);
  packet.payloadStart = 0;
  packet.payloadEnd = 3;
  packet.payloadMissing = missing;
  packet.payloadOffset = 100 * frame;
  packet.sctpTsn = tsn;
  packet.sctpStream = stream;
  return direction.data(packet, frame);
}

describe('the chunks of one direction of an association', () => {
  test('come in the order in which they were sent, over the end of the numbers', () => {
    const { seen, direction } = recorder();
    const first = 0xfffffffe;
    expect(send(direction, first, 1)).toBe(SEGMENT_NEW);
    send(direction, 1, 2, 5);
    send(direction, 0, 3);
    expect(seen).toEqual(['0:254+3@100']);
    send(direction, 0xffffffff, 4);
    expect(seen).toEqual(['0:254+3@100', '0:255+3@400', '0:0+3@300', '5:1+3@200']);
  });

  test('name the frame that they repeat', () => {
    const { direction } = recorder();
    send(direction, 7, 1);
    send(direction, 9, 2);
    expect(send(direction, 9, 3)).toBe(SEGMENT_DUPLICATE);
    expect(direction.duplicateOf).toBe(2);
    expect(send(direction, 7, 4)).toBe(SEGMENT_DUPLICATE);
    expect(direction.duplicateOf).toBe(1);
  });

  test('go on behind one that never comes, and tell of bytes that were cut off', () => {
    const { seen, direction } = recorder();
    send(direction, 1, 1);
    send(direction, 4, 2, 0, 50);
    direction.settle();
    expect(seen).toEqual(['0:1+3@100', 'gap 2 1-2', '0:4+3@200', '0 cut 50']);
  });

  test('tell by their numbers in their streams which stream lost something', () => {
    const followed: string[] = [];
    const direction = new SctpDirection({
      chunk: (stream, _bytes, _from, _to, _offset, frame, follows) =>
        followed.push(`${frame}: ${stream} ${follows ? 'follows' : 'lost'}`),
      cut: () => {},
      gap: (chunks) => followed.push(`gap ${chunks}`),
    });
    const both = SCTP_BEGIN | SCTP_END;
    const chunks: [tsn: number, stream: number, sequence: number, flags: number][] = [
      [1, 0, 0xfffe, both],
      [2, 1, 6, both],
      // Lost: 3 of stream 1.
      [4, 0, 0xffff, both],
      [5, 1, 8, both],
      [6, 2, 0, both],
      // Lost: 7, the second of three parts.
      [8, 0, 0, both],
      [9, 1, 9, SCTP_BEGIN],
      [11, 1, 9, SCTP_END],
      [12, 0, 1, both],
      // Lost: 13. Without a number nothing can be told.
      [14, 0, 1, both | SCTP_UNORDERED],
    ];
    for (const [tsn, stream, sequence, flags] of chunks) {
      const packet = createPacketScratch();
      Object.assign(packet, { payload: Uint8Array.of(1), payloadStart: 0, payloadEnd: 1, payloadOffset: 1 });
      Object.assign(packet, {
        sctpTsn: tsn,
        sctpStream: stream,
        sctpStreamSequence: sequence,
        sctpFlags: flags,
      });
      direction.data(packet, tsn);
    }
    direction.settle();
    expect(followed).toEqual([
      '1: 0 follows',
      '2: 1 follows',
      'gap 1',
      '4: 0 follows',
      '5: 1 lost',
      '6: 2 follows',
      'gap 1',
      '8: 0 follows',
      '9: 1 follows',
      'gap 1',
      '11: 1 lost',
      '12: 0 follows',
      'gap 1',
      '14: 0 lost',
    ]);
  });

  test('hold no more than a bounded number behind a hole', () => {
    const { seen, direction } = recorder();
    send(direction, 1, 1);
    for (let tsn = 3; tsn < 400; tsn += 1) send(direction, tsn, tsn);
    expect(seen.length).toBeGreaterThan(200);
  });

  test('arrive each once, whatever the order', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          Array.from({ length: 40 }, (_, i) => i),
          { minLength: 40 },
        ),
        (order) => {
          const { seen, direction } = recorder();
          send(direction, 1000, 1);
          order.forEach((place, at) => send(direction, 1001 + place, 2 + at));
          direction.settle();
          expect(seen.map((line) => Number(/:(\d+)\+/.exec(line)?.[1]))).toEqual(
            Array.from({ length: 41 }, (_, i) => (1000 + i) & 0xff),
          );
        },
      ),
    );
  });
});
