import fc from 'fast-check';
import { isUtf8 } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import {
  LINE_WIDTH,
  LineFinisher,
  type LinePart,
  type LineWork,
} from '../../../../core/analysis/messages/finish-lines.ts';
import { ScanBatch } from '../../../../core/app/sip/scan-batch.ts';
import { SCAN_WIDTH } from '../../../../core/app/sip/scan-headers.ts';
import { OPEN_BAD_MAC, OPEN_OK } from '../../../../core/tls/open/batch.ts';
import { APPLICATION_DATA, HANDSHAKE } from '../../../../core/tls/tables/content-types.ts';

const START_LINE = 'OPTIONS sip:pbx.example SIP/2.0';
const MESSAGE = `${START_LINE}\r\nCall-ID: a"b\\\t\x01c\r\nCSeq: 7 OPTIONS\r\nSubject: ärger\r\nContent-Length: 4\r\n\r\nbody`;
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

const FRAMES = [1, 99, 123_456, 4_000_000_000];

/** Rows [first, end), lines[from, to). */
function partOf(first: number, end: number, from: number, to: number): LinePart {
  return { first, end, from, to, textsFrom: 0, textsTo: 0 };
}

interface Case {
  readonly work: LineWork;
  readonly texts: ScanBatch;
  /** By place in the queue: frame, and what follows it. */
  readonly frames: readonly number[];
  readonly ends: readonly string[];
}

/** Lays out the records, the queue in the opposite order of the results. */
function caseOf(kinds: readonly string[], json: boolean, room: number): Case {
  const count = kinds.length;
  const plaintexts = kinds.map((kind) => KINDS[kind]!.bytes);
  // Somewhere in a larger buffer, as everywhere.
  const output = new Uint8Array(new ArrayBuffer(3 + sum(plaintexts)), 3);
  const offsets = new Uint32Array(count);
  const lengths = new Uint32Array(count);
  const scans = new Int32Array(count * SCAN_WIDTH);
  const texts = new ScanBatch();
  texts.keep(output.byteOffset, output.byteOffset + output.length);
  texts.begin(output);
  let at = 0;
  for (const [row, text] of plaintexts.entries()) {
    output.set(text, at);
    offsets[row] = at;
    lengths[row] = text.length;
    texts.add(at, at + text.length, row * SCAN_WIDTH);
    at += text.length;
  }
  texts.finish(scans);
  const rows = kinds.map((_, place) => count - 1 - place);
  const frames = rows.map((row) => (kinds[row] === 'unwanted' ? 0 : FRAMES[row % FRAMES.length]!));
  const ends = rows.map((row) => (json ? `","conversation":${row},"startLine":` : ` <${row}> `));
  const numbers = new Uint32Array(LINE_WIDTH * count);
  let endsAt = 0;
  for (const [place, row] of rows.entries()) {
    numbers.set([row, frames[place]!, SECONDS, REST, endsAt, ends[place]!.length], LINE_WIDTH * place);
    endsAt += ends[place]!.length;
  }
  const work: LineWork = {
    form: { json, withText: true },
    count,
    numbers,
    ends: bytesOf(ends.join('')),
    output,
    offsets,
    lengths,
    status: Uint8Array.from(kinds, (kind) => (kind === 'not opened' ? OPEN_BAD_MAC : OPEN_OK)),
    types: Uint8Array.from(kinds, (kind) => (kind === 'handshake' ? HANDSHAKE : APPLICATION_DATA)),
    scans,
    lines: new Uint8Array(room),
    ranges: new Uint32Array(2 * count),
  };
  return { work, texts, frames, ends };
}

const SECONDS = 17;
const REST = 2_003;

function sum(texts: readonly Uint8Array[]): number {
  return texts.reduce((total, text) => total + text.length, 0);
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
  it('are those of whole messages, each with what is its own, however the batch is shared', () => {
    fc.assert(
      fc.property(records, fc.nat(40), (kinds, cut) => {
        const { work, texts, frames } = caseOf(kinds, true, 1 << 17);
        const middle = Math.min(cut, kinds.length);
        const finisher = new LineFinisher(texts, isUtf8);
        finisher.finish(work, partOf(0, middle, 0, 1 << 16));
        finisher.finish(work, partOf(middle, kinds.length, 1 << 16, 1 << 17));
        for (const [row, kind] of kinds.entries()) {
          const place = kinds.length - 1 - row;
          const line = lineOf(work, place);
          if (!KINDS[kind]!.whole) expect(line).toBe(null);
          else if (line === null) expect(kinds).toContain('not UTF-8');
          else {
            expect(line.endsWith('}\n')).toBe(true);
            expect(JSON.parse(line)).toEqual({
              frame: frames[place],
              time: '17.000002003',
              conversation: row,
              startLine: START_LINE,
              callId: 'a"b\\\t\x01c',
              cseq: '7 OPTIONS',
              decrypted: true,
              text: MESSAGE,
            });
            expect(line).toContain(JSON.stringify(MESSAGE));
          }
        }
      }),
    );
  });

  it('are left out where there is no room, and where they are no UTF-8', () => {
    fc.assert(
      fc.property(records, fc.nat(8192), (kinds, room) => {
        const { work, texts, frames, ends } = caseOf(kinds, false, room + 16);
        const before = work.lines.slice().fill(0x2e);
        work.lines.set(before);
        new LineFinisher(texts, isUtf8).finish(work, partOf(0, kinds.length, 8, 8 + room));
        expect(work.lines.subarray(0, 8)).toEqual(before.subarray(0, 8));
        expect(work.lines.subarray(8 + room)).toEqual(before.subarray(8 + room));
        let total = 0;
        for (const [place, frame] of frames.entries()) {
          const line = lineOf(work, place);
          const due = `${String(frame).padStart(6)}     17.002003${ends[place]!}${START_LINE}\n${MESSAGE}\n\n`;
          total += bytesOf(due).length;
          if (line !== null) expect(line).toBe(due);
        }
        if (total <= room && !kinds.includes('not UTF-8'))
          for (const [row, kind] of kinds.entries())
            expect(lineOf(work, kinds.length - 1 - row) !== null).toBe(KINDS[kind]!.whole);
      }),
    );
  });

  it('are of as many records as there are, also where one is longer than lines are written at once', () => {
    const long = `${MESSAGE.replace('Content-Length: 4', 'Content-Length: 150000')}${'x'.repeat(149_996)}`;
    KINDS['long'] = { bytes: bytesOf(long), whole: true };
    const kinds = Array.from({ length: 700 }, (_, i) => (i === 300 ? 'long' : 'message'));
    const { work, texts, ends } = caseOf(kinds, false, 1 << 20);
    new LineFinisher(texts, isUtf8).finish(work, partOf(0, 700, 0, 1 << 20));
    delete KINDS['long'];
    for (let place = 0; place < 700; place += 1)
      if (kinds[699 - place] === 'long') expect(lineOf(work, place)).toBe(null);
      else expect(lineOf(work, place)).toContain(ends[place]);
  });
});
