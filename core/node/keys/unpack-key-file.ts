import { constants, gunzipSync, inflateRawSync } from 'node:zlib';
import { u16le, u32be, u32le } from '../../bytes/reader.ts';
import { decodeText } from '../../bytes/text.ts';

/** One file that a packed one holds. */
interface PackedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type Unpacked =
  | { readonly kind: 'files'; readonly words: 'gzip' | 'ZIP'; readonly files: readonly PackedFile[] }
  /** `sentence` says what is wrong and what to do. */
  | { readonly kind: 'failed'; readonly words: 'gzip' | 'ZIP'; readonly sentence: string };

/** True for gzip files and ZIP archives, by their first bytes. */
export function isPacked(bytes: Uint8Array): boolean {
  return isGzip(bytes) || isZip(bytes);
}

/** What a gzip file or a ZIP archive holds; null where the bytes are neither. Never throws, and never unpacks without end. */
export function unpackKeyFile(bytes: Uint8Array): Unpacked | null {
  if (isGzip(bytes)) return unpackGzip(bytes);
  return isZip(bytes) ? unpackZip(bytes) : null;
}

/** All files of one archive together: key logs of busy servers can be large. */
const LARGEST = 256 * 1024 * 1024;
/** More than any export of keys has; further ones are not looked at. */
const MOST_FILES = 64;
const TOO_LARGE = `It unpacks to more than ${LARGEST / 1024 / 1024} MiB: unpack it, and load the key file inside.`;

function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 18 && u32be(bytes, 0) >>> 8 === 0x1f8b08;
}

function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 22 && u32be(bytes, 0) === 0x504b0304;
}

function unpackGzip(bytes: Uint8Array): Unpacked {
  const unpacked = inflate(bytes, LARGEST, gunzipSync);
  if (typeof unpacked === 'string') return failed('gzip', unpacked);
  return { kind: 'files', words: 'gzip', files: [{ name: '', bytes: unpacked }] };
}

/** The end of a ZIP archive (APPNOTE §4.3.16) says where its directory stands; that says where each file does. */
function unpackZip(bytes: Uint8Array): Unpacked {
  const end = endOfDirectory(bytes);
  if (end < 0) return failed('ZIP', 'It is damaged or cut short: copy it again.');
  const files: PackedFile[] = [];
  let at = u32le(bytes, end + 16);
  let room = LARGEST;
  for (let count = u16le(bytes, end + 10); count > 0 && files.length < MOST_FILES; count--) {
    if (at + 46 > end || u32le(bytes, at) !== 0x02014b50)
      return failed('ZIP', 'Its directory is damaged: copy it again.');
    const name = decodeText(bytes, at + 46, Math.min(end, at + 46 + u16le(bytes, at + 28)));
    if ((u16le(bytes, at + 8) & 1) !== 0)
      return failed('ZIP', 'It is locked with a password: unpack it, and load the key file inside.');
    const content = name.endsWith('/') ? null : contentOf(bytes, at, room);
    if (typeof content === 'string') return failed('ZIP', content);
    if (content !== null) {
      files.push({ name, bytes: content });
      room -= content.length;
    }
    at += 46 + u16le(bytes, at + 28) + u16le(bytes, at + 30) + u16le(bytes, at + 32);
  }
  return { kind: 'files', words: 'ZIP', files };
}

/** Offset of the record that ends the archive, behind which a comment may stand; -1 where there is none. */
function endOfDirectory(bytes: Uint8Array): number {
  const last = bytes.length - 22;
  for (let at = last; at >= 0 && at > last - 65_536; at--) {
    if (u32le(bytes, at) === 0x06054b50 && at + 22 + u16le(bytes, at + 20) <= bytes.length) return at;
  }
  return -1;
}

/** A file's bytes by its entry in the directory, or a sentence why there are none. */
function contentOf(bytes: Uint8Array, entry: number, room: number): Uint8Array | string {
  const method = u16le(bytes, entry + 10);
  const packed = u32le(bytes, entry + 20);
  const local = u32le(bytes, entry + 42);
  const from = local + 30 + u16le(bytes, local + 26) + u16le(bytes, local + 28);
  if (u32le(bytes, local) !== 0x04034b50 || from + packed > bytes.length)
    return 'It is damaged or cut short: copy it again.';
  const content = bytes.subarray(from, from + packed);
  if (method === 8) return inflate(content, room, inflateRawSync);
  if (method !== 0)
    return 'It is packed in a way that is not known: unpack it, and load the key file inside.';
  return content.length > room ? TOO_LARGE : content;
}

/** What is cut short keeps what is there. */
function inflate(
  bytes: Uint8Array,
  limit: number,
  unpack: typeof gunzipSync | typeof inflateRawSync,
): Uint8Array | string {
  try {
    return unpack(bytes, { maxOutputLength: Math.max(1, limit), finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    return code === 'ERR_BUFFER_TOO_LARGE' ? TOO_LARGE : 'It is damaged: copy it again.';
  }
}

function failed(words: 'gzip' | 'ZIP', reason: string): Unpacked {
  const what = words === 'gzip' ? 'a file compressed with gzip' : 'a ZIP archive';
  return { kind: 'failed', words, sentence: `This is ${what}. ${reason}` };
}
