import { KeyLogLine, LINE_BAD, LINE_SECRET } from './keylog-line.ts';

/** True where one of the first lines is a key log's, or a comment says so. Looks at the first 64 KB. */
export function looksLikeKeyLog(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, SAMPLE).filter((byte) => byte !== 0);
  const line = new KeyLogLine();
  for (let from = 0; from < sample.length;) {
    let to = from;
    while (to < sample.length && sample[to] !== 0x0a && sample[to] !== 0x0d) to++;
    const outcome = line.read(sample, from, to);
    if (outcome === LINE_SECRET || outcome === LINE_BAD) return true;
    from = to + 1;
  }
  const head = String.fromCharCode(...sample.subarray(0, 300));
  return /^[\s\ufeff\xef\xbb\xbf\xfe\xff]*#.*\b(ssl|tls|nss)\b.*\b(key|secrets?).{0,12}log/i.test(head);
}

const SAMPLE = 65_536;
