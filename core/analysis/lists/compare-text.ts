/**
 * Texts as people expect them in a list: digits by their value, so that 10.0.0.9 stands before 10.0.0.10, letters without
 * regard to case. Only equal texts compare as equal.
 */
export function compareText(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(j);
    if (isDigit(x) && isDigit(y)) {
      const [endA, endB] = [endOfDigits(a, i), endOfDigits(b, j)];
      const difference = compareDigits(a, i, endA, b, j, endB);
      if (difference !== 0) return difference;
      i = endA;
      j = endB;
      continue;
    }
    const difference = lowerCase(x) - lowerCase(y);
    if (difference !== 0) return difference;
    i += 1;
    j += 1;
  }
  const left = a.length - i - (b.length - j);
  if (left !== 0) return left;
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareDigits(a: string, i: number, endA: number, b: string, j: number, endB: number): number {
  let [x, y] = [i, j];
  while (x < endA && a.charCodeAt(x) === ZERO) x += 1;
  while (y < endB && b.charCodeAt(y) === ZERO) y += 1;
  if (endA - x !== endB - y) return endA - x - (endB - y);
  for (; x < endA; x += 1, y += 1) {
    const difference = a.charCodeAt(x) - b.charCodeAt(y);
    if (difference !== 0) return difference;
  }
  return 0;
}

function endOfDigits(text: string, from: number): number {
  let at = from;
  while (at < text.length && isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function lowerCase(code: number): number {
  return code >= UPPER_A && code <= UPPER_Z ? code + 32 : code;
}

const ZERO = 0x30;
const NINE = 0x39;
const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
