/** Addresses that may stand for another: of the same kind (private, loopback, public …), `at` gives the n-th. */
export interface StandInAddresses {
  readonly name: string;
  at(count: number): readonly number[];
}

/**
 * What may stand for an address, so that "private", "loopback" and "public" stay true. null for those that name no host
 * (unspecified, broadcast, multicast, ::1): they stay.
 */
export function addressesLike(version: 4 | 6, words: readonly number[]): StandInAddresses | null {
  return version === 4 ? like4(words[0] ?? 0) : like6(words);
}

function like4(word: number): StandInAddresses | null {
  if (word === 0 || word >>> 28 >= 0xe) return null;
  const [, base, mask] = RANGES.find(([network, , bits]) => (word & ~bits) >>> 0 === network) ?? PUBLIC;
  return {
    name: String(base),
    at: (count) => [((base & ~mask) | ((base + count) & mask)) >>> 0, 0, 0, 0],
  };
}

function like6(words: readonly number[]): StandInAddresses | null {
  const [first = 0, second = 0, third = 0, last = 0] = words;
  if (first === 0 && second === 0 && third === 0 && last < 2) return null;
  if (first >>> 24 === 0xff) return null;
  const prefix =
    first >>> 22 === 0xfe80 >>> 6 ? 0xfe80_0000 : first >>> 25 === 0x7e ? 0xfd77_0000 : 0x2001_0db8;
  const mapped = first === 0 && second === 0 && third === 0xffff ? like4(last) : null;
  if (mapped !== null) return { name: mapped.name, at: (count) => [0, 0, 0xffff, mapped.at(count)[0] ?? 0] };
  return { name: `6:${prefix}`, at: (count) => [prefix, 0, 0, 0x77_0000 + count] };
}

/** Network, first stand-in, and the bits of the host: RFC 1122, 1918, 3927, 6598. */
const RANGES: readonly (readonly [number, number, number])[] = [
  [0x7f00_0000, 0x7f4d_0000, 0x00ff_ffff],
  [0x0a00_0000, 0x0a4d_0000, 0x00ff_ffff],
  [0xac10_0000, 0xac1d_0000, 0x000f_ffff],
  [0xc0a8_0000, 0xc0a8_c800, 0x0000_ffff],
  [0xa9fe_0000, 0xa9fe_4d00, 0x0000_ffff],
  [0x6440_0000, 0x644d_0000, 0x003f_ffff],
];
/** RFC 2544's addresses for benchmarks, which nobody has. */
const PUBLIC = [0, 0xc612_0000, 0x0001_ffff] as const;

export function parseIpv4(text: string): readonly number[] | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return null;
  let word = 0;
  for (const part of match.slice(1)) {
    if (Number(part) > 255) return null;
    word = word * 256 + Number(part);
  }
  return [word, 0, 0, 0];
}

/** RFC 4291 §2.2, without a zone. */
export function parseIpv6(text: string): readonly number[] | null {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const v4 = dotted === null ? null : parseIpv4(dotted[2] ?? '');
  if (dotted !== null && v4 === null) return null;
  const word = v4?.[0] ?? 0;
  const hex =
    dotted === null
      ? text
      : `${dotted[1] ?? ''}${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`;
  const halves = hex.split('::');
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const fields = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (fields.some((field) => !/^[0-9A-Fa-f]{1,4}$/.test(field))) return null;
  const words: number[] = [];
  for (let at = 0; at < 8; at += 2)
    words.push(parseInt(fields[at] ?? '0', 16) * 0x1_0000 + parseInt(fields[at + 1] ?? '0', 16));
  return words;
}
