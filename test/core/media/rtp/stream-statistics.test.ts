import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  PACKET_DUPLICATE,
  PACKET_IN_ORDER,
  PACKET_LATE,
  PACKET_RESTART,
  StreamStatistics,
} from '../../../../core/media/rtp/stream-statistics.ts';

/** Packets of 20 ms at 8000 Hz; `sent` is the packet's number since the first. */
function add(statistics: StreamStatistics, sent: number, first: number, relative = sent * 0.02): number {
  return statistics.add({
    frame: sent + 1,
    relative,
    sequence: (first + sent) & 0xffff,
    timestamp: (0xffff_ff00 + 160 * sent) >>> 0,
    marker: false,
    clockRate: 8000,
    comfortNoise: false,
  });
}

describe('figures of a stream', () => {
  it('have no loss and no jitter in an even one, over the wraps of sequence numbers and time stamps', () => {
    const statistics = new StreamStatistics();
    for (let sent = 0; sent < 200_000; sent += 1) add(statistics, sent, 65_000);
    expect(statistics).toMatchObject({ packets: 200_000, lost: 0, reordered: 0, duplicates: 0, restarts: 0 });
    expect(statistics.expected).toBe(200_000);
    expect(statistics.jitterMax).toBeLessThan(1e-6);
    expect(statistics.deltaMax).toBeCloseTo(20, 6);
  });

  it('tell loss, disorder and repetition apart', () => {
    const statistics = new StreamStatistics();
    const outcomes = [0, 1, 3, 2, 4, 4, 8, 9].map((sent, at) => add(statistics, sent, 65_533, at * 0.02));
    expect(outcomes).toEqual([
      PACKET_IN_ORDER,
      PACKET_IN_ORDER,
      PACKET_IN_ORDER,
      PACKET_LATE,
      PACKET_IN_ORDER,
      PACKET_DUPLICATE,
      PACKET_IN_ORDER,
      PACKET_IN_ORDER,
    ]);
    expect(statistics).toMatchObject({ packets: 8, expected: 10, lost: 3, reordered: 1, duplicates: 1 });
    expect(statistics.gaps).toMatchObject([{ frame: 9, packets: 3 }]);
  });

  it('do not take a new beginning for the loss of thousands', () => {
    const statistics = new StreamStatistics();
    for (let sent = 0; sent < 10; sent += 1) add(statistics, sent, 100);
    expect(add(statistics, 10, 40_000)).toBe(PACKET_RESTART);
    for (let sent = 11; sent < 20; sent += 1) add(statistics, sent, 40_000);
    expect(statistics).toMatchObject({ packets: 20, expected: 20, lost: 0, restarts: 1 });
  });

  it('count the loss of thousands where as much time has passed', () => {
    const statistics = new StreamStatistics();
    add(statistics, 0, 100);
    expect(add(statistics, 5000, 100)).toBe(PACKET_IN_ORDER);
    expect(statistics).toMatchObject({ lost: 4999, restarts: 0 });
  });

  it('follow the jitter of RFC 3550 §6.4.1', () => {
    const statistics = new StreamStatistics();
    const late = [0, 0.004, 0, 0.004, 0];
    late.forEach((delay, sent) => add(statistics, sent, 0, sent * 0.02 + delay));
    let jitter = 0;
    let sum = 0;
    for (let sent = 1; sent < late.length; sent += 1) {
      jitter += (4 - jitter) / 16;
      sum += jitter;
    }
    expect(statistics.jitterMax).toBeCloseTo(jitter, 9);
    expect(statistics.jitterMean).toBeCloseTo(sum / 4, 9);
    expect(statistics.deltaMax).toBeCloseTo(24, 9);
  });

  it('leave pauses before talkspurts out of the longest time between packets', () => {
    const statistics = new StreamStatistics();
    add(statistics, 0, 0);
    statistics.add({
      frame: 2,
      relative: 3,
      sequence: 1,
      timestamp: 24_000,
      marker: true,
      clockRate: 8000,
      comfortNoise: false,
    });
    expect(statistics.deltaMax).toBe(0);
  });

  it('never lose count, whatever order packets come in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { minLength: 1, maxLength: 300 }), fc.nat(65_535), (order, first) => {
        const statistics = new StreamStatistics();
        order.forEach((sent, at) => add(statistics, sent, first, at * 0.02));
        const distinct = new Set(order);
        expect(statistics.packets - statistics.duplicates).toBe(distinct.size);
        expect(statistics.expected).toBe(Math.max(...order) - Math.min(...order) + 1);
        expect(statistics.lost).toBe(statistics.expected - distinct.size);
        for (const gap of statistics.gaps) expect(gap.packets).toBeGreaterThan(0);
      }),
    );
  });
});
