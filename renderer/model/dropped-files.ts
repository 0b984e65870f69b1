/** Sorts files that the user dropped or chose into captures and keys, by their first bytes. */
export async function sortFiles(files: readonly File[]): Promise<{
  readonly captures: readonly File[];
  readonly keys: readonly File[];
}> {
  const captures: File[] = [];
  const keys: File[] = [];
  for (const file of files) {
    const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
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
  // gzip, zstd, lz4, snoop
  '1f8b',
  '28b52ffd',
  '04224d18',
  '736e6f6f70',
];

const CAPTURE_NAME = /\.(pcap|pcapng|cap|ntar|snoop|dmp)(\d+)?(\.(gz|zst|lz4))?$/i;

/** By content; by name where the content says nothing (an empty or damaged capture). */
export function looksLikeCapture(head: Uint8Array, name: string): boolean {
  const hex = [...head].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return MAGICS.some((magic) => hex.startsWith(magic)) || CAPTURE_NAME.test(name);
}
