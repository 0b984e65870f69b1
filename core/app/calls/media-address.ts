/** Reused: bytes[0, length) is "address:port". */
export const MEDIA = { bytes: new Uint8Array(96), length: 0 };

/** Media of one description that are looked at. */
const MOST_MEDIA = 16;

/**
 * Where the media of a session description found in bytes[from, to), which may hold headers before, are to be sent: calls
 * `found` for each m= line with the address of its own or the session's c= line.
 */
export function readMediaAddresses(
  out: typeof MEDIA,
  bytes: Uint8Array,
  from: number,
  to: number,
  found: () => void,
): void {
  let session = -1;
  let own = -1;
  let medium = -1;
  let count = 0;
  const finish = (): void => {
    const address = own >= 0 ? own : session;
    if (medium < 0 || address < 0 || count >= MOST_MEDIA) return;
    count++;
    if (join(out, bytes, address, medium, to)) found();
  };
  let at = from;
  while (at < to) {
    let lf = at;
    while (lf < to && bytes[lf] !== 10) lf++;
    if (bytes[at + 1] === 0x3d && at + 2 < lf) {
      if (bytes[at] === 0x63) {
        // c=IN IP4 192.0.2.1/127
        const address = behindBlank(bytes, behindBlank(bytes, at, lf), lf);
        if (medium >= 0) own = address;
        else if (session < 0) session = address;
      } else if (bytes[at] === 0x6d) {
        finish();
        medium = behindBlank(bytes, at, lf);
        own = -1;
      }
    }
    at = lf + 1;
  }
  finish();
}

function join(out: typeof MEDIA, bytes: Uint8Array, from: number, portFrom: number, limit: number): boolean {
  const to = endOfPart(bytes, from, limit);
  const portTo = endOfPart(bytes, portFrom, limit);
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
