/** Numbers, times and sizes as the page writes them. */

const COUNT = new Intl.NumberFormat('en-US');

export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** At most six characters: "12,345", "300k", "2.1M". */
export function formatBrief(count: number, exactBelow = 100_000): string {
  if (count < exactBelow) return COUNT.format(count);
  if (count < 1_000_000) return `${Math.floor(count / 1000)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

/** "1 frame", "2 frames". */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${COUNT.format(count)} ${count === 1 ? one : many}`;
}

/** "3 of 10": how many rows a filter lets through; empty until that is known. */
export function formatOutcome(shown: number | null, all: number | null): string {
  if (shown === null) return '';
  return all === null ? formatCount(shown) : `${formatCount(shown)} of ${formatCount(all)}`;
}

/** Bytes in the unit that reads best. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0
    ? formatPlural(bytes, 'byte')
    : `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit] ?? ''}`;
}

/** Seconds since the first frame, to the microsecond, as Wireshark writes them. */
export function formatRelative(seconds: number): string {
  return seconds.toFixed(6);
}

/** "seconds.nanoseconds" since 1970 as local date and time, to the microsecond. */
export function formatAbsolute(time: string): string {
  const { seconds, fraction } = partsOfTime(time);
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return time;
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${fraction.slice(0, 6)}`;
}

/** The same in UTC, to the nanosecond. */
export function formatUtc(time: string): string {
  const { seconds, fraction } = partsOfTime(time);
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return time;
  return `${at.toISOString().slice(0, 19).replace('T', ' ')}.${fraction} UTC`;
}

/** A span of time in the unit that reads best. */
export function formatDuration(seconds: number): string {
  if (seconds < 0.001) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 1) return `${(seconds * 1000).toFixed(seconds < 0.1 ? 1 : 0)} ms`;
  if (seconds < 100) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours} h ${two(minutes)} min` : `${minutes} min ${two(whole % 60)} s`;
}

/** A state mask as Wireshark writes it. */
export function formatMask(mask: number): string {
  return `0x${mask.toString(16).toUpperCase()}`;
}

/** The beginning and the end of a long fingerprint, enough to tell two apart. */
export function shortenFingerprint(hex: string): string {
  return hex.length <= 26 ? hex : `${hex.slice(0, 14)}…${hex.slice(-8)}`;
}

function partsOfTime(time: string): { seconds: number; fraction: string } {
  const [seconds = '', fraction = ''] = time.split('.');
  return { seconds: Number(seconds), fraction: fraction.padEnd(9, '0').slice(0, 9) };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
