/** Reused: bytes[0, length) is "address:port". */
export const MEDIA = { bytes: new Uint8Array(96), length: 0 };

/**
 * Where the first medium of a session description is to be sent: the address of the first c= line and the port of the
 * first m= line found in bytes[from, to), which may hold headers before. False where either is missing.
 */
export function readMediaAddress(out: typeof MEDIA, bytes: Uint8Array, from: number, to: number): boolean {
  let addressFrom = -1;
  let addressTo = -1;
  let at = from;
  while (at < to) {
    let lf = at;
    while (lf < to && bytes[lf] !== 10) lf++;
    if (bytes[at + 1] === 0x3d && at + 2 < lf) {
      if (bytes[at] === 0x63 && addressFrom < 0) {
        // c=IN IP4 192.0.2.1/127
        addressFrom = behindBlank(bytes, behindBlank(bytes, at, lf), lf);
        addressTo = endOfPart(bytes, addressFrom, lf);
      } else if (bytes[at] === 0x6d && addressFrom >= 0) {
        const port = behindBlank(bytes, at, lf);
        return join(out, bytes, addressFrom, addressTo, port, endOfPart(bytes, port, lf));
      }
    }
    at = lf + 1;
  }
  return false;
}

function join(
  out: typeof MEDIA,
  bytes: Uint8Array,
  from: number,
  to: number,
  portFrom: number,
  portTo: number,
): boolean {
  const length = to - from + 1 + portTo - portFrom;
  if (to <= from || portTo <= portFrom || length > out.bytes.length) return false;
  let i = 0;
  for (let at = from; at < to; at++) out.bytes[i++] = bytes[at]!;
  out.bytes[i++] = 0x3a;
  for (let at = portFrom; at < portTo; at++) out.bytes[i++] = bytes[at]!;
  out.length = length;
  return true;
}

function behindBlank(bytes: Uint8Array, from: number, to: number): number {
  while (from < to && bytes[from] !== 0x20) from++;
  while (from < to && bytes[from] === 0x20) from++;
  return from;
}

function endOfPart(bytes: Uint8Array, from: number, to: number): number {
  while (from < to && bytes[from]! > 0x20 && bytes[from] !== 0x2f) from++;
  return from;
}
