import type { FrameScratch } from './frame.ts';

/** What an Interface Description Block says of its frames (draft-ietf-opsawg-pcapng §4.2). */
export interface CaptureInterface {
  readonly linkType: number;
  /** 0 where there is no limit. */
  readonly snapLength: number;
  /** Timestamps count 1 / unitsPerSecond seconds; a power of ten or of two, exact up to 2^63. */
  readonly unitsPerSecond: number;
  /** Seconds to add to every timestamp. */
  readonly secondsOffset: number;
}

/** Clocks of blocks that have no interface: microseconds, nanoseconds. */
export const JOURNAL_CLOCK = clock(1e6);
export const EVENT_CLOCK = clock(1e9);

/** Decodes an interface description whose fields begin at `at`, options included; the fields are known to be there. */
export function decodeInterface(
  view: DataView,
  at: number,
  end: number,
  littleEndian: boolean,
): CaptureInterface {
  let unitsPerSecond = 1e6;
  let secondsOffset = 0;
  for (let option = at + 8; option + 4 <= end;) {
    const code = view.getUint16(option, littleEndian);
    const length = view.getUint16(option + 2, littleEndian);
    const value = option + 4;
    if (code === OPTION_END || length > end - value) break;
    if (code === OPTION_TSRESOL && length >= 1) unitsPerSecond = unitsOfResolution(view.getUint8(value));
    if (code === OPTION_TSOFFSET && length >= 8) {
      const high = view.getInt32(littleEndian ? value + 4 : value, littleEndian);
      const low = view.getUint32(littleEndian ? value : value + 4, littleEndian);
      secondsOffset = high * 0x1_0000_0000 + low;
    }
    option = value + paddedLength(length);
  }
  return {
    linkType: view.getUint16(at, littleEndian),
    snapLength: view.getUint32(at + 4, littleEndian),
    unitsPerSecond,
    secondsOffset,
  };
}

/** Sets the time of `frame` from the two halves of a timestamp; microseconds where the interface is unknown. */
export function splitTimestamp(
  high: number,
  low: number,
  source: CaptureInterface | undefined,
  frame: FrameScratch,
): void {
  const units = source === undefined ? 1e6 : source.unitsPerSecond;
  const offset = source === undefined ? 0 : source.secondsOffset;
  if (units === 1e6 && high < 0x20_0000) {
    // Below 2^53 a float64 is exact: all microseconds until the year 2255.
    const total = high * 0x1_0000_0000 + low;
    const seconds = Math.floor(total / 1e6);
    frame.seconds = seconds + offset;
    frame.nanoseconds = (total - seconds * 1e6) * 1000;
    return;
  }
  if (units > LARGEST_SHORT_DIVISOR) {
    splitByBigInt(high, low, units, offset, frame);
    return;
  }
  // Long division, a byte at a time below the first half: remainder * 256 stays below 2^53.
  let seconds = Math.floor(high / units);
  let rest = high - seconds * units;
  for (let shift = 24; shift >= 0; shift -= 8) {
    const part = rest * 256 + ((low >>> shift) & 0xff);
    const quotient = Math.floor(part / units);
    seconds = seconds * 256 + quotient;
    rest = part - quotient * units;
  }
  frame.seconds = seconds + offset;
  frame.nanoseconds = nanosecondsOf(rest, units);
}

/** How many comments stand in the options between `at` and `end`. */
export function countComments(view: DataView, at: number, end: number, littleEndian: boolean): number {
  let count = 0;
  for (let option = at; option + 4 <= end;) {
    const code = view.getUint16(option, littleEndian);
    const length = view.getUint16(option + 2, littleEndian);
    if (code === OPTION_END || length > end - option - 4) break;
    if (code === OPTION_COMMENT) count++;
    option += 4 + paddedLength(length);
  }
  return count;
}

const OPTION_END = 0;
const OPTION_COMMENT = 1;
const OPTION_TSRESOL = 9;
const OPTION_TSOFFSET = 14;
const LARGEST_SHORT_DIVISOR = 2 ** 45;

/** Decimal fractions have no exact float64, so these stay whole numbers; binary ones do. */
function nanosecondsOf(rest: number, units: number): number {
  if (units % 10 !== 0) return Math.floor((rest / units) * 1e9);
  return units <= 1e9 ? rest * (1e9 / units) : Math.floor(rest / (units / 1e9));
}

function clock(unitsPerSecond: number): CaptureInterface {
  return { linkType: 0, snapLength: 0, unitsPerSecond, secondsOffset: 0 };
}

function paddedLength(length: number): number {
  return (length + 3) & ~3;
}

/** The upper bit chooses powers of two (§4.2, if_tsresol). */
function unitsOfResolution(resolution: number): number {
  const exponent = resolution & 0x7f;
  return (resolution & 0x80) === 0 ? 10 ** Math.min(exponent, 19) : 2 ** Math.min(exponent, 63);
}

/** Units finer than 10^-13 s: hardly ever met, so slow and exact. */
function splitByBigInt(high: number, low: number, units: number, offset: number, frame: FrameScratch): void {
  const total = (BigInt(high) << 32n) | BigInt(low);
  const divisor = BigInt(units);
  frame.seconds = Number(total / divisor) + offset;
  frame.nanoseconds = Number(((total % divisor) * 1_000_000_000n) / divisor);
}
