import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Analysis } from '../../../core/analysis/analysis.ts';
import { MemoryCaptureStore } from '../../../core/analysis/capture-store.ts';
import { STEP_FAULT, STEP_FRAME, STEP_NEED_MORE } from '../../../core/capture/frame.ts';
import { openCaptureReader } from '../../../core/capture/open-capture.ts';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { createNodeBackend } from '../../../core/node/crypto-backend.ts';
import { nodeInflate } from '../../../core/node/inflate.ts';
import { CaptureSet } from '../../../core/node/read-captures.ts';
import { OpenerPool } from '../../../core/node/opener-pool.ts';
import { FRAME_VERDICTS } from '../../../core/verdict.ts';
import { decodeCertificate } from '../../../core/x509/certificate.ts';
import { readFileSync } from 'node:fs';
import {
  addLabKeys,
  describeFrames,
  labCase,
  labFile,
  openFiles,
  openLab,
  type OpenedLab,
  withTellers,
} from '../../support/open-lab.ts';

/** Captures that interleave, resume, lose, renegotiate: everything of which order could matter. */
const MANY = [
  '03-resume-mixed-one-file',
  '04-question-63f-beside-10',
  '05-tls13-keylog-missing-one-session',
  '05-tls13-keyupdate-keylog',
  '09-lost-appdata-client-gcm',
  '09-lost-half-record-tls10',
  '09-corrupt-record-gcm',
  '09-split-and-reversed-tls10',
  '10-renegotiation-client-gcm',
  '10-many-records-per-segment-tls10',
  '13-sip-over-wss',
];

describe('keys and time', () => {
  test.each(MANY)('%s: keys added after the capture give the verdicts of keys added before', async (id) => {
    const before = await openLab(id);
    const after = await openLab(id, []);
    addLabKeys(after.keys, labCase(id).keys);
    await after.analysis.reopen(() => Promise.resolve(false));
    expect(describeFrames(after)).toEqual(describeFrames(before));
  });

  test.each(MANY)('%s: a key that is removed leaves nothing behind', async (id) => {
    const never = await openLab(id, []);
    const removed = await openLab(id);
    for (const source of removed.keys.ids()) removed.keys.remove(source);
    await removed.analysis.reopen(() => Promise.resolve(false));
    expect(describeFrames(removed)).toEqual(describeFrames(never));
    expect(removed.messages.length).toBe(never.messages.length);
  });

  test('whatever the slices in which a capture is opened, and whoever decrypts, the verdicts are the same', async () => {
    const pool = new OpenerPool(2, createNodeBackend());
    for (const id of MANY) {
      const wanted = describeFrames(await openLab(id));
      const lab = labCase(id);
      const bytes = readFileSync(labFile(lab.capture));
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 }),
          fc.boolean(),
          async (slices, threads) => {
            const keys = new KeyRing();
            addLabKeys(keys, lab.keys);
            const opened = await openBytes(bytes, keys, slices, threads ? pool : null);
            expect(describeFrames(opened)).toEqual(wanted);
          },
        ),
        { numRuns: 6 },
      );
    }
    await pool.close();
  });
});

describe('a hostile or damaged capture', () => {
  test('ends in a verdict for every frame, whatever bytes are changed', async () => {
    const ids = [
      '04-question-63f-beside-10',
      '05-tls13-keyupdate-keylog',
      '10-renegotiation-server',
      '13-sip-over-wss',
    ];
    for (const id of ids) {
      const lab = labCase(id);
      const original = readFileSync(labFile(lab.capture));
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ at: fc.nat(original.length - 1), value: fc.nat(255) }), {
            minLength: 1,
            maxLength: 60,
          }),
          async (changes) => {
            const bytes = new Uint8Array(original);
            // The file header stays, so that it is read at all.
            for (const { at, value } of changes) if (at >= 24) bytes[at] = value;
            const keys = new KeyRing();
            addLabKeys(keys, lab.keys);
            const opened = await openBytes(bytes, keys, [7], null);
            for (const line of describeFrames(opened)) expect(line).not.toContain('internal');
            for (let row = 0; row < opened.analysis.structure.frames.length; row += 1) {
              expect(FRAME_VERDICTS[opened.analysis.structure.frames.verdict.read(row)]).toBeDefined();
              opened.why.tellFrame(row + 1);
            }
            for (let at = 0; at < opened.analysis.structure.conversations.length; at += 1) {
              opened.conversations.report(at);
              opened.why.tellConversation(at);
            }
          },
        ),
        { numRuns: 25 },
      );
    }
  });
});

describe('several files', () => {
  test('are one set in order of time, whatever order they are named in', async () => {
    const first = labFile('01-tls12-rsa-aes256-sha.pcap');
    const second = labFile('01-tls12-rsa-aes128-sha.pcap');
    const keys = labCase('01-tls12-rsa-aes256-sha').keys;
    const open = async (paths: readonly string[]): Promise<string[]> => {
      const ring = new KeyRing();
      addLabKeys(ring, keys);
      return describeFrames(await openFiles(paths, ring));
    };
    const lines = await open([first, second]);
    expect(await open([second, first])).toEqual(lines);
    expect(lines.filter((line) => line.includes('| decrypted')).length).toBeGreaterThan(24);
  });
});

async function openBytes(
  bytes: Uint8Array,
  keys: KeyRing,
  slices: readonly number[],
  pool: OpenerPool | null,
): Promise<OpenedLab> {
  const analysis = new Analysis(keys, {
    backend: createNodeBackend(),
    store: new MemoryCaptureStore([bytes]),
    opener: pool,
    inflate: nodeInflate,
    seed: 2,
    keepTexts: false,
    fingerprintOf: (certificate) => decodeCertificate(certificate).sha256OfPublicKey,
  });
  const reader = openCaptureReader(bytes);
  let at = 0;
  let inSlice = 0;
  let slice = 0;
  while ('step' in reader) {
    const step = reader.step(bytes, at, bytes.length, at);
    if (step === STEP_NEED_MORE || step === STEP_FAULT) break;
    if (step === STEP_FRAME) {
      analysis.addFrame(reader.frame, 0);
      inSlice += 1;
      if (inSlice >= (slices[slice % slices.length] ?? 1)) {
        await analysis.advance();
        inSlice = 0;
        slice += 1;
      }
    }
    at += reader.consumed;
  }
  await analysis.finish();
  return withTellers(analysis, keys, new CaptureSet());
}

describe('a bound that is reached', () => {
  test('is said, and only then', async () => {
    const opened = await openLab('09-lost-appdata-client-gcm');
    expect(opened.analysis.limits).toEqual([]);
    const session = opened.analysis.sessionOf(0);
    if (session === null) throw new Error('There is no session');
    while (opened.analysis.opening.spendTrial(session));
    expect(opened.analysis.limits[0]).toMatch(/bound on trials/);
  });
});
