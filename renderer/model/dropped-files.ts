/** Sorts files that the user dropped or chose into captures and keys, by their first bytes. */
export async function sortFiles(files: readonly File[]): Promise<{
  readonly captures: readonly File[];
  readonly keys: readonly File[];
}> {
  const captures: File[] = [];
  const keys: File[] = [];
  for (const file of files) {
    const head = new Uint8Array(await file.slice(0, 300).arrayBuffer());
    (looksLikeCapture(head, file.name) ? captures : keys).push(file);
  }
  return { captures, keys };
}

const MAGICS = [
  'a1b2c3d4',
  'd4c3b2a1',
  'a1b23c4d',
  '4d3cb2a1',
  'a1b2cd34',
  '34cdb2a1',
  '0a0d0d0a',
  // gzip, zstd, lz4 of both kinds, ZIP, snoop
  '1f8b',
  '28b52ffd',
  '04224d18',
  '02214c18',
  '504b0304',
  '736e6f6f70',
];

const CAPTURE_NAME = /\.(pcap|pcapng|cap|ntar|snoop|dmp)(\d+)?(\.(gz|zst|lz4|zip))?$/i;
const KEY_NAME = /\.(pem|key|der|pfx|p12|jks|crt|cer|log|keylog|keys)(\.(gz|zip))?$/i;

/**
 * By content; by name where the content says nothing (an empty or damaged capture), and where it is packed: by its own, or
 * that of the first file in a ZIP archive.
 */
export function looksLikeCapture(head: Uint8Array, name: string): boolean {
  const hex = [...head.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const isZip = hex.startsWith('504b0304');
  if ((isZip || hex.startsWith('1f8b')) && KEY_NAME.test(name)) return false;
  if (isZip && KEY_NAME.test(firstNameInZip(head))) return false;
  return MAGICS.some((magic) => hex.startsWith(magic)) || CAPTURE_NAME.test(name);
}

function firstNameInZip(head: Uint8Array): string {
  const length = (head[26] ?? 0) | ((head[27] ?? 0) << 8);
  return String.fromCharCode(...head.subarray(30, 30 + length));
}
