import { expect, test } from 'vitest';
import { describeUtcTime } from '../../../core/bytes/utc-time.ts';

test('a time is told to the nanosecond, and one that no calendar has is said to be none', () => {
  expect(describeUtcTime(1_499_789_160, 1_234_567)).toBe('2017-07-11 16:06:00.001234567 UTC');
  expect(describeUtcTime(-1, 0)).toBe('1969-12-31 23:59:59.000000000 UTC');
  expect(describeUtcTime(1e300, 0)).toBe('no date');
});
