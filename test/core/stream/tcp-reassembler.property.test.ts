import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TCP_ACK, TCP_PSH } from '../../../core/net/packet.ts';
import { SEGMENT_DUPLICATE, SEGMENT_NEW } from '../../../core/stream/events.ts';
import { ReassemblyBudget } from '../../../core/stream/reassembly-budget.ts';
import { TcpReassembler } from '../../../core/stream/tcp-reassembler.ts';
import { buildPacket, reply } from './packet-builder.ts';
import { StreamRecorder } from './stream-recorder.ts';

/** Bytes [from, to) of the stream, as one segment. */
interface Cut {
  readonly from: number;
  readonly to: number;
}

/** File offset of a frame's payload: far enough apart that no two frames' bytes are taken for each other. */
const offsetOf = (frame: number): number => frame * 1_000_000 + 17;

const isn = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.integer({ min: 0xffffff00, max: 0xffffffff }),
);
const stream = fc.uint8Array({ minLength: 1, maxLength: 600 });

/** The stream cut into segments, some sent again, some overlapping their neighbours, and moved by up to `reach` places. */
function arrivals(length: number, reach: number): fc.Arbitrary<Cut[]> {
  const size = fc.integer({ min: 1, max: 60 });
  const extra = fc.record({
    index: fc.nat(),
    kind: fc.constantFrom('again', 'longer', 'both'),
    moved: fc.integer({ min: 0, max: reach }),
  });
  return fc
    .tuple(
      fc.array(size, { minLength: length, maxLength: length }),
      fc.array(extra, { maxLength: 12 }),
      fc.array(fc.integer({ min: 0, max: reach }), { minLength: 2 * length, maxLength: 2 * length }),
    )
    .map(([sizes, extras, moves]) => {
      const cuts: Cut[] = [];
      for (let from = 0, i = 0; from < length; i++) {
        const to = Math.min(length, from + (sizes[i] ?? 1));
        cuts.push({ from, to });
        from = to;
      }
      const count = cuts.length;
      for (const { index, kind } of extras) {
        const cut = cuts[index % count] ?? { from: 0, to: 1 };
        const from = kind === 'both' ? Math.max(0, cut.from - 7) : cut.from;
        const to = kind === 'again' ? cut.to : Math.min(length, cut.to + 11);
        cuts.splice((index % count) + 1, 0, { from, to });
      }
      return cuts
        .map((cut, i) => ({ cut, place: i + (moves[i] ?? 0) }))
        .sort((a, b) => a.place - b.place)
        .map(({ cut }) => cut);
    });
}

/** Feeds the segments as frames 1, 2, 3 … of direction 0; a null is a frame of the other side. */
function feed(
  bytes: Uint8Array,
  start: number,
  cuts: readonly (Cut | null)[],
  withSyn: boolean,
): StreamRecorder {
  const recorder = new StreamRecorder();
  const reassembler = new TcpReassembler(recorder, new ReassemblyBudget());
  if (withSyn) reassembler.synchronise(0, start);
  const firstFrame: number[] = [];
  let acknowledged = 0;
  cuts.forEach((cut, i) => {
    const frame = i + 1;
    if (cut === null) {
      while (firstFrame[acknowledged] !== undefined) acknowledged++;
      reassembler.segment(
        1,
        buildPacket(reply({ sequence: 1, acknowledgement: start + 1 + acknowledged })),
        frame,
      );
      return;
    }
    const packet = buildPacket({
      flags: TCP_ACK | TCP_PSH,
      sequence: start + 1 + cut.from,
      payload: bytes.subarray(cut.from, cut.to),
      offset: offsetOf(frame),
    });
    const kind = reassembler.segment(0, packet, frame);
    const known = bytes.slice(cut.from, cut.to).every((_, k) => firstFrame[cut.from + k] !== undefined);
    expect(kind).toBe(known ? SEGMENT_DUPLICATE : SEGMENT_NEW);
    expect(reassembler.duplicateOf).toBe(known ? firstFrame[cut.to - 1] : 0);
    for (let k = cut.from; k < cut.to; k++) firstFrame[k] ??= frame;
  });
  reassembler.settle(cuts.length);
  expectFirstFrames(recorder, bytes, cuts, firstFrame);
  return recorder;
}

/** Every byte is that of the first frame that brought it, with its place in the file; a gap where none did. */
function expectFirstFrames(
  recorder: StreamRecorder,
  bytes: Uint8Array,
  cuts: readonly (Cut | null)[],
  firstFrame: readonly (number | undefined)[],
): void {
  const [recorded] = recorder.directions;
  const expected = [...bytes].map((value, k) => {
    const frame = firstFrame[k];
    const from = frame === undefined ? undefined : cuts[frame - 1]?.from;
    return frame === undefined || from === undefined
      ? null
      : { value, frame, offset: offsetOf(frame) + k - from };
  });
  while (expected.length > 0 && expected.at(-1) === null) expected.pop();
  expect(recorded.bytes).toEqual(expected);
}

describe('TcpReassembler, any stream in any pieces', () => {
  it('delivers every byte once, from the frame that brought it first', () => {
    const cases = stream.chain((bytes) => fc.tuple(fc.constant(bytes), isn, arrivals(bytes.length, 30)));
    fc.assert(
      fc.property(cases, ([bytes, start, cuts]) => {
        const recorder = feed(bytes, start, cuts, true);
        expect(recorder.directions[0].gaps).toEqual([]);
        expect(recorder.directions[0].closed?.by).toBe('end');
      }),
      { numRuns: 300 },
    );
  });

  it('does so while the other side acknowledges what came, before and behind its own frames', () => {
    const cases = stream.chain((bytes) =>
      fc.tuple(fc.constant(bytes), isn, arrivals(bytes.length, 20), fc.array(fc.nat(), { maxLength: 40 })),
    );
    fc.assert(
      fc.property(cases, ([bytes, start, cuts, places]) => {
        const mixed: (Cut | null)[] = [...cuts];
        for (const place of places) mixed.splice(place % (mixed.length + 1), 0, null);
        feed(bytes, start, mixed, true);
      }),
      { numRuns: 300 },
    );
  });

  it('begins a stream without SYN at its first byte though that came a few frames late', () => {
    const cases = stream.chain((bytes) => fc.tuple(fc.constant(bytes), isn, arrivals(bytes.length, 3)));
    fc.assert(
      fc.property(cases, ([bytes, start, cuts]) => {
        fc.pre(cuts.findIndex((cut) => cut.from === 0) < 8);
        feed(bytes, start, cuts, false);
      }),
      { numRuns: 300 },
    );
  });

  it('accounts for every position where segments are lost', () => {
    const cases = stream.chain((bytes) =>
      fc.tuple(
        fc.constant(bytes),
        isn,
        arrivals(bytes.length, 20),
        fc.array(fc.boolean(), { minLength: 100, maxLength: 100 }),
      ),
    );
    fc.assert(
      fc.property(cases, ([bytes, start, cuts, lost]) => {
        const kept = cuts.filter((_, i) => lost[i % 100] !== true);
        const recorder = feed(bytes, start, kept, true);
        for (const gap of recorder.directions[0].gaps) {
          expect(gap.reason).toBe('lost');
          const [recorded] = recorder.directions;
          expect(gap.before).toBe(recorded.bytes[gap.position - 1]?.frame ?? 0);
          expect(gap.after).toBe(recorded.bytes[gap.position + gap.length]?.frame ?? 0);
        }
      }),
      { numRuns: 300 },
    );
  });
});
