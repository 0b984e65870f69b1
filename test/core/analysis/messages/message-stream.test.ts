import fc from 'fast-check';
import { isUtf8 } from 'node:buffer';
import { afterAll, describe, expect, it, test, vi } from 'vitest';
import { Analysis } from '../../../../core/analysis/analysis.ts';
import { FrameReporter } from '../../../../core/analysis/frames/frame-report.ts';
import { MessageIndex } from '../../../../core/analysis/messages/message-index.ts';
import { type LineOutput, MessageLane } from '../../../../core/analysis/messages/message-lane.ts';
import { MessageLines } from '../../../../core/analysis/messages/message-lines.ts';
import { MessageStream } from '../../../../core/analysis/messages/message-stream.ts';
import { type FinishedLines, LineBatch } from '../../../../core/analysis/messages/line-layout.ts';
import type { SipSink } from '../../../../core/analysis/messages/sip-sink.ts';
import { createAppStream } from '../../../../core/app/app-stream.ts';
import { KeyLog } from '../../../../core/keys/keylog-file.ts';
import { KeyRing } from '../../../../core/keys/key-ring.ts';
import { SOURCE_EMPTY, SOURCE_FRAME } from '../../../../core/node/capture-source.ts';
import { createNodeBackend } from '../../../../core/node/crypto-backend.ts';
import { nodeInflate } from '../../../../core/node/inflate.ts';
import { openCaptureSet } from '../../../../core/node/open-analysis.ts';
import { OpenerPool } from '../../../../core/node/opener-pool.ts';
import { decodeCertificate } from '../../../../core/x509/certificate.ts';
import { addLabKeys, LAB, labFile } from '../../../support/open-lab.ts';

class Written implements LineOutput {
  bytes = new Uint8Array(1 << 12);
  length = 0;
  closed = false;
  readonly pieces: string[] = [];

  reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const grown = new Uint8Array(2 * (this.length + bytes));
    grown.set(this.bytes);
    this.bytes = grown;
  }

  write(bytes: Uint8Array, from: number, to: number): void {
    this.flush();
    this.pieces.push(new TextDecoder().decode(bytes.slice(from, to)));
  }

  flush(): void {
    this.pieces.push(new TextDecoder().decode(this.bytes.subarray(0, this.length)));
    this.length = 0;
  }

  isUtf8(bytes: Uint8Array): boolean {
    return isUtf8(bytes);
  }

  get text(): string {
    this.flush();
    return this.pieces.join('');
  }
}

/** Lines as an opener finishes them; bytes that were let go of are used for something else. */
class Finished implements FinishedLines {
  readonly bytes = new Uint8Array(4096);
  length = 0;
  releases = 0;

  add(line: Uint8Array): [number, number] {
    const from = this.length;
    this.bytes.set(line, from);
    this.length += line.length;
    return [from, this.length];
  }

  release(): void {
    this.releases += 1;
    this.bytes.fill(0x21);
  }
}

interface Reading {
  /** After how many frames what was read is opened, and whether all of that is settled each time. */
  readonly every: number;
  readonly settle: boolean;
  /** The frame with which the keys come, as a secrets block brings them; 0: they are there from the first on. */
  readonly keysAt: number;
  /** Other threads open records, and finish lines. */
  readonly threads: boolean;
}

const pool = new OpenerPool(2, createNodeBackend());
afterAll(() => pool.close());

/** Reads a capture in small steps: what can be written early is. */
async function read(
  lab: (typeof LAB)[number],
  sip: SipSink | null,
  { every, settle, keysAt, threads }: Reading,
): Promise<Analysis> {
  const keys = new KeyRing();
  if (keysAt === 0) addLabKeys(keys, lab.keys);
  const set = openCaptureSet([labFile(lab.capture)]);
  if (typeof set === 'string') throw new Error(set);
  if (keysAt > 0) set.secretsMayCome = () => true;
  const analysis = new Analysis(keys, {
    backend: createNodeBackend(),
    store: set,
    opener: threads ? pool : null,
    inflate: nodeInflate,
    seed: 1,
    keepTexts: true,
    sip,
    fingerprintOf: (certificate) => decodeCertificate(certificate).sha256OfPublicKey,
  });
  const [source] = set.sources;
  if (source === undefined) throw new Error('no source');
  await source.fill();
  for (let count = 1; ; count += 1) {
    let step = source.next();
    while (step === SOURCE_EMPTY) {
      await source.fill();
      step = source.next();
    }
    for (const bytes of source.secrets.splice(0)) {
      const log = new KeyLog();
      log.append(bytes);
      log.finish();
      keys.add([{ kind: 'keylog', log, source: { name: 'secrets', line: null } }]);
      analysis.noteLateKeys();
    }
    if (step !== SOURCE_FRAME || source.reader === null) break;
    if (count === keysAt) {
      addLabKeys(keys, lab.keys);
      analysis.noteLateKeys();
    }
    analysis.addFrame(source.reader.frame, 0);
    if (count % every !== 0) continue;
    await analysis.opening.advance();
    if (settle) await analysis.opening.settleAll();
    await analysis.advance();
  }
  await analysis.finish();
  set.close();
  return analysis;
}

const FORMS = [
  { json: true, withText: true },
  { json: false, withText: true },
  { json: true, withText: false },
];

/** As it was written before anything was written early: from the tables, at the end. */
function atTheEnd(analysis: Analysis, form: (typeof FORMS)[number]): string {
  const messages = new MessageIndex(analysis);
  const lines = new MessageLines(analysis, messages, new FrameReporter(analysis, messages), form);
  const output = new Written();
  for (let at = 0; at < messages.length; at += 1) lines.write(at, output);
  return output.text;
}

describe('messages written while a capture is read', () => {
  let early = 0;
  const taken = vi.spyOn(MessageLane.prototype, 'take');
  const released = vi.spyOn(LineBatch.prototype, 'release');
  const ended = vi.spyOn(MessageLane.prototype, 'endTaking');

  test.each(LAB.map((lab) => [lab.id, lab] as const))('%s', async (_id, lab) => {
    const tables = await read(lab, null, { every: 1, settle: true, keysAt: 0, threads: false });
    const half = tables.structure.frames.length >> 1;
    const readings: readonly Reading[] = [
      { every: 1, settle: true, keysAt: 0, threads: false },
      { every: 3, settle: false, keysAt: 0, threads: false },
      { every: 2, settle: true, keysAt: half, threads: false },
      { every: 5, settle: false, keysAt: 0, threads: true },
      { every: 4, settle: true, keysAt: half, threads: true },
    ];
    for (const [at, reading] of readings.entries()) {
      const form = FORMS[at % FORMS.length]!;
      const expected = atTheEnd(tables, form);
      const output = new Written();
      const stream = new MessageStream({ ...form, output });
      await read(lab, stream, reading);
      if (output.pieces.length > 0) early += 1;
      stream.finish();
      expect(output.text).toBe(expected);
    }
  });

  it('does write early', () => {
    expect(early).toBeGreaterThan(LAB.length / 2);
  });

  it('takes lines that other threads finished, and lets go of all of them', () => {
    expect(taken.mock.calls.length).toBeGreaterThan(LAB.length);
    expect(released.mock.calls.length).toBe(ended.mock.calls.length);
  });
});

describe('lines that wait', () => {
  it('leave by frame, and of one frame as they were found', () => {
    const line = fc.record({
      frame: fc.integer({ min: 1, max: 40 }),
      conversation: fc.nat(3),
      text: fc.string({ minLength: 1, maxLength: 20 }),
      leave: fc.option(fc.integer({ min: 1, max: 40 }), { freq: 5 }),
      /** A line that was finished elsewhere; the last of those there. */
      finished: fc.constantFrom('no', 'yes', 'last'),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        const output = new Written();
        const lane = new MessageLane(output);
        const expected: string[] = [];
        let waiting: { frame: number; conversation: number; text: string }[] = [];
        const leave = (below: number): void => {
          const sorted = waiting.toSorted((a, b) => a.frame - b.frame);
          expected.push(...sorted.filter(({ frame }) => frame < below).map(({ text }) => text));
          waiting = waiting.filter(({ frame }) => frame >= below);
          lane.writeBelow(below, null);
        };
        const batches = [new Finished()];
        for (const { frame, conversation, text, leave: below, finished } of lines) {
          const bytes = new TextEncoder().encode(text);
          const batch = batches.at(-1)!;
          if (finished === 'no') {
            lane.begin();
            lane.reserve(bytes.length);
            lane.bytes.set(bytes, lane.length);
            lane.length += bytes.length;
            lane.end(frame, conversation);
          } else lane.take(batch, ...batch.add(bytes), frame, conversation);
          if (finished === 'last') {
            lane.endTaking(batch);
            batches.push(new Finished());
          }
          waiting.push({ frame, conversation, text });
          if (below !== null) leave(below);
          if (conversation === 3) {
            lane.withdraw(new Set([3]));
            waiting = waiting.filter((other) => other.conversation !== 3);
          }
          expect(lane.firstFrame).toBe(Math.min(Infinity, ...waiting.map((other) => other.frame)));
        }
        leave(Infinity);
        expect(output.text).toBe(expected.join(''));
        expect(lane.bytesHeld).toBe(0);
        lane.endTaking(batches.at(-1)!);
        expect(batches.map(({ releases }) => releases)).toEqual(batches.map(() => 1));
      }),
    );
  });

  it('are mended where they are not UTF-8', () => {
    const output = new Written();
    const lane = new MessageLane(output);
    for (const byte of [0x61, 0xff, 0x62]) {
      lane.begin();
      lane.reserve(1);
      lane.bytes[lane.length] = byte;
      lane.length += 1;
      lane.end(1, 0);
    }
    lane.writeBelow(2, null);
    expect(output.text).toBe('a\ufffdb');
  });
});

describe('what waits in a stream', () => {
  it('is known by the frame that brought it', () => {
    const nothing = (): void => {};
    const stream = createAppStream({ sip: nothing, other: nothing, protocol: nothing }, 'stream');
    const bytes = new TextEncoder().encode(
      'OPTIONS sip:a SIP/2.0\r\nCall-ID: 1\r\nContent-Length: 0\r\n\r\n',
    );
    stream.chunk(0, bytes, 0, 10, 1, 7);
    stream.chunk(1, bytes, 0, 5, 2, 8);
    expect(stream.oldestHeldFrame).toBe(7);
    stream.chunk(0, bytes, 10, bytes.length, 3, 9);
    expect(stream.oldestHeldFrame).toBe(8);
    stream.chunk(1, bytes, 5, bytes.length, 4, 6);
    expect(stream.oldestHeldFrame).toBe(Infinity);
  });
});
