import fc from 'fast-check';
import { isUtf8 } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { finishLines, type LineWork } from '../../../../core/analysis/messages/finish-lines.ts';
import { ScanBatch } from '../../../../core/app/sip/scan-batch.ts';
import { SCAN_WIDTH } from '../../../../core/app/sip/scan-headers.ts';
import { OPEN_BAD_MAC, OPEN_OK } from '../../../../core/tls/open/batch.ts';
import { APPLICATION_DATA, HANDSHAKE } from '../../../../core/tls/tables/content-types.ts';

const START_LINE = 'OPTIONS sip:pbx.example SIP/2.0';
const MESSAGE = `${START_LINE}\r\nCall-ID: a"b\r\nCSeq: 7 OPTIONS\r\nContent-Length: 4\r\n\r\nbody`;
const NOT_UTF_8 = Uint8Array.from([...bytesOf(MESSAGE)].map((byte) => (byte === 0x62 ? 0xff : byte)));

/** Plaintexts of records, and whether each begins with a whole message. */
const KINDS: Record<string, { readonly bytes: Uint8Array; readonly whole: boolean }> = {
  message: { bytes: bytesOf(MESSAGE), whole: true },
  'two messages': { bytes: bytesOf(MESSAGE + MESSAGE), whole: true },
  'part of a message': { bytes: bytesOf(MESSAGE.slice(0, -1)), whole: false },
  'no length': { bytes: bytesOf(MESSAGE.replace('Content-Length: 4\r\n', '')), whole: false },
  'no SIP': { bytes: bytesOf('GET / HTTP/1.1\r\n\r\n'), whole: false },
  'not UTF-8': { bytes: NOT_UTF_8, whole: true },
  'not opened': { bytes: bytesOf(MESSAGE), whole: false },
  handshake: { bytes: bytesOf(MESSAGE), whole: false },
  unwanted: { bytes: bytesOf(MESSAGE), whole: false },
};

/** Lays out the records, the queue in the opposite order of the results. */
function workOf(kinds: readonly string[], json: boolean, room: number): LineWork {
  const count = kinds.length;
  const texts = kinds.map((kind) => KINDS[kind]!.bytes);
  const output = new Uint8Array(texts.reduce((sum, text) => sum + text.length, 0));
  const offsets = new Uint32Array(count);
  const lengths = new Uint32Array(count);
  const scans = new Int32Array(count * SCAN_WIDTH);
  const scan = new ScanBatch();
  scan.begin(output);
  let at = 0;
  for (const [row, text] of texts.entries()) {
    output.set(text, at);
    offsets[row] = at;
    lengths[row] = text.length;
    scan.add(at, at + text.length, row * SCAN_WIDTH);
    at += text.length;
  }
  scan.finish(scans);
  const rows = kinds.map((_, place) => count - 1 - place);
  const beginnings = rows.map((row) => (kinds[row] === 'unwanted' ? '' : `<${row}>`));
  let end = 0;
  return {
    form: { json, withText: true },
    count,
    beginnings: bytesOf(beginnings.join('')),
    beginningEnds: Uint32Array.from(beginnings, (beginning) => (end += beginning.length)),
    order: Uint32Array.from(rows.flatMap((row) => [row, 0])),
    output,
    offsets,
    lengths,
    status: Uint8Array.from(kinds, (kind) => (kind === 'not opened' ? OPEN_BAD_MAC : OPEN_OK)),
    types: Uint8Array.from(kinds, (kind) => (kind === 'handshake' ? HANDSHAKE : APPLICATION_DATA)),
    scans,
    lines: new Uint8Array(room),
    ranges: new Uint32Array(2 * count),
  };
}

function lineOf(work: LineWork, place: number): string | null {
  const from = work.ranges[2 * place]!;
  const to = work.ranges[2 * place + 1]!;
  return to === 0 ? null : new TextDecoder().decode(work.lines.subarray(from, to));
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const records = fc.array(fc.constantFrom(...Object.keys(KINDS)), { minLength: 1, maxLength: 40 });

describe('lines that an opener finishes', () => {
  it('are those of whole messages, each behind its own beginning, however the batch is shared', () => {
    fc.assert(
      fc.property(records, fc.nat(40), (kinds, cut) => {
        const work = workOf(kinds, true, 1 << 16);
        const middle = Math.min(cut, kinds.length);
        finishLines(work, { first: 0, end: middle, from: 0, to: 1 << 15 }, isUtf8);
        finishLines(work, { first: middle, end: kinds.length, from: 1 << 15, to: 1 << 16 }, isUtf8);
        for (const [row, kind] of kinds.entries()) {
          const line = lineOf(work, kinds.length - 1 - row);
          const { bytes, whole } = KINDS[kind]!;
          if (!whole) expect(line).toBe(null);
          else {
            const text = new TextDecoder().decode(bytes.subarray(0, MESSAGE.length));
            expect(line?.startsWith(`<${row}>${JSON.stringify(START_LINE).slice(0, 8)}`)).toBe(true);
            expect(line?.endsWith(`,"decrypted":true,"text":${JSON.stringify(text)}}\n`)).toBe(true);
          }
        }
      }),
    );
  });

  it('are left out where there is no room, and where they are no UTF-8', () => {
    fc.assert(
      fc.property(records, fc.nat(4096), (kinds, room) => {
        const work = workOf(kinds, false, room + 16);
        const before = work.lines.slice().fill(0x2e);
        work.lines.set(before);
        finishLines(work, { first: 0, end: kinds.length, from: 8, to: 8 + room }, isUtf8);
        expect(work.lines.subarray(0, 8)).toEqual(before.subarray(0, 8));
        expect(work.lines.subarray(8 + room)).toEqual(before.subarray(8 + room));
        const plain = `${START_LINE}\n${MESSAGE}\n\n`;
        for (let place = 0; place < kinds.length; place += 1) {
          const line = lineOf(work, place);
          if (line !== null) expect(line).toBe(`<${kinds.length - 1 - place}>${plain}`);
        }
        const fits = kinds.length * (plain.length + 4) <= room;
        if (fits && !kinds.includes('not UTF-8'))
          for (const [row, kind] of kinds.entries())
            expect(lineOf(work, kinds.length - 1 - row) !== null).toBe(KINDS[kind]!.whole);
      }),
    );
  });
});
