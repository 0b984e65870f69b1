/**
 * A point in time for people: "2017-07-11 16:06:00.123456789 UTC".
 *
 * @param seconds whole seconds since 1970-01-01 UTC; those that no calendar has give "no date"
 * @param nanoseconds 0..999,999,999
 */
export function describeUtcTime(seconds: number, nanoseconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return 'no date';
  const text = date.toISOString().slice(0, -5).replace('T', ' ');
  return `${text}.${String(nanoseconds).padStart(9, '0')} UTC`;
}
