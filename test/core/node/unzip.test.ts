import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../../core/bytes/reader.ts';
import { createDecompressor } from '../../../core/node/decompress.ts';
import { numbers } from '../capture/build-captures.ts';

const CAPTURES = new URL('../../captures/', import.meta.url);
const CAPTURE = readFileSync(new URL('07-tls-to-plain-port.pcap', CAPTURES));
/** Made by Python's zipfile: a folder, then the capture. */
const ZIP = readFileSync(new URL('made/zipped.zip', CAPTURES));

interface Entry {
  readonly name: string;
  readonly content: Uint8Array;
  /** 0 stored, 8 deflated. */
  readonly method?: number;
  /** 1 locked, 8 lengths behind the content. */
  readonly flags?: number;
}

function writeZip(entries: readonly Entry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  for (const { name, content, method = 8, flags = 0 } of entries) {
    const packed = method === 8 ? deflateRawSync(content) : content;
    const size = (flags & 8) === 0 ? packed.length : 0;
    const fields = numbers(
      true,
      [2, 20],
      [2, flags],
      [2, method],
      [4, 0],
      [4, 0],
      [4, size],
      [4, content.length],
    );
    parts.push(
      numbers(true, [4, 0x04034b50]),
      fields,
      numbers(true, [2, name.length], [2, 0]),
      Buffer.from(name),
      packed,
    );
    directory.push(
      numbers(true, [4, 0x02014b50], [2, 20]),
      fields,
      numbers(true, [2, name.length], [4, 0], [4, 0], [4, 0], [4, 0]),
      Buffer.from(name),
    );
  }
  return concatBytes([
    ...parts,
    ...directory,
    numbers(true, [4, 0x06054b50], [4, 0], [4, 0], [4, 0], [4, 0], [2, 0]),
  ]);
}

async function unzip(bytes: Uint8Array, step = bytes.length): Promise<readonly [Buffer, string]> {
  const pieces: Uint8Array[] = [];
  const zip = createDecompressor('zip', (piece) => pieces.push(piece.slice()));
  for (let at = 0; at < bytes.length; at += step) await zip.push(bytes.subarray(at, at + step));
  const fault = await zip.finish();
  return [Buffer.concat(pieces), fault?.sentence ?? ''];
}

describe('a capture in a ZIP archive', () => {
  test.each([ZIP.length, 1, 37, 500])('comes out as it went in, %i bytes at a time', async (step) => {
    expect(await unzip(ZIP, step)).toEqual([CAPTURE, '']);
  });

  test('stored, with lengths behind it, and without end of its own', async () => {
    const stored = writeZip([{ name: 'a.pcap', content: CAPTURE, method: 0 }]);
    expect(await unzip(stored, 100)).toEqual([CAPTURE, '']);
    const streamed = writeZip([{ name: 'a.pcap', content: CAPTURE, flags: 8 }]);
    expect(await unzip(streamed, 100)).toEqual([CAPTURE, '']);
  });

  test('what else the archive holds is said, but not what macOS puts beside it', async () => {
    const one = { name: 'a.pcap', content: CAPTURE };
    const two = await unzip(writeZip([one, { name: 'b.pcap', content: CAPTURE }]));
    expect(two).toEqual([
      CAPTURE,
      'This ZIP archive holds 2 files, of which a.pcap is read: unpack it to read the other.',
    ]);
    expect(await unzip(writeZip([one, { name: '__MACOSX/._a.pcap', content: CAPTURE }]))).toEqual([
      CAPTURE,
      '',
    ]);
  });

  test('locked, cut short or damaged ends in a value', async () => {
    expect((await unzip(writeZip([{ name: 'a', content: CAPTURE, flags: 1 }])))[1]).toContain(
      'locked with a password',
    );
    const [kept, fault] = await unzip(ZIP.subarray(0, 400));
    expect(fault).toContain('ends too early');
    expect(CAPTURE.subarray(0, kept.length)).toEqual(kept);
    expect(kept.length).toBeGreaterThan(0);
    for (let at = 0; at < ZIP.length; at += 3) {
      const bytes = Buffer.from(ZIP);
      bytes[at] = 0xff;
      await unzip(bytes, 200);
    }
  });
});
