import { describe, expect, it } from 'vitest';
import { MediaControl } from '../../../../core/analysis/media/media-control.ts';

const A = 1;
const B = 2;

describe('what RTCP says', () => {
  it('gives the way from the capture to each reporter and back', () => {
    const control = new MediaControl();
    control.time = 10;
    control.senderReport(A, 0xaaaa);
    // B answers half a second after it got the report, 80 ms after that passed by.
    control.time = 10.58;
    control.reportBlock(B, A, 0, 3, 160, 0xaaaa, 0x8000);
    expect(control.of(A)).toMatchObject({ reports: 1, lostMax: 3, jitterMax: 160, reporter: B });
    expect(control.of(A)?.way).toBeCloseTo(0.08, 9);
    control.time = 11;
    control.reportBlock(B, A, 0, 2, 80, 0xbbbb, 0);
    expect(control.of(A)).toMatchObject({ reports: 2, lostMax: 3, jitterMax: 160 });
    expect(control.of(A)?.way).toBeCloseTo(0.08, 9);
    expect(control.of(B)).toBeNull();
  });

  it('knows no way without the report that is answered, nor from impossible times', () => {
    const control = new MediaControl();
    control.reportBlock(B, A, 0, 0, 0, 0, 0);
    expect(control.of(A)?.way).toBe(-1);
    control.time = 100;
    control.senderReport(A, 7);
    control.time = 100.1;
    control.reportBlock(B, A, 0, 0, 0, 7, 0x10_0000);
    expect(control.of(A)?.way).toBe(0);
    control.time = 10_000;
    control.reportBlock(B, A, 0, 0, 0, 7, 0);
    expect(control.of(A)?.way).toBe(0);
  });
});
