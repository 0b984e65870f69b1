import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { loadKeys } from '../../../core/node/keys/load-keys.ts';
import { labCase, labFile, openFiles } from '../../support/open-lab.ts';
import { causesIn } from '../diagnosis/open-made.ts';
import { writePcap } from '../capture/build-captures.ts';
import { readCapture } from '../capture/read-capture.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'shared-secrets-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** A lab capture without its first connections, and with one line of its key log. */
async function openWithLine(
  id: string,
  line: (lines: string[]) => string | undefined,
  without = 0,
): Promise<{ messages: number; causes: string[]; borrowed: number }> {
  const lines = readFileSync(labFile(`keylogs/${id}.keys`), 'utf8').split('\n');
  const keyLog = join(FOLDER, 'one.keys');
  writeFileSync(keyLog, `${line(lines.filter((text) => text.startsWith('CLIENT_RANDOM'))) ?? ''}\n`);
  const ring = new KeyRing();
  expect(loadKeys(ring, { keyFiles: [], keylogs: [keyLog], passwords: [], psks: [] }).error).toBeNull();
  const { frames } = readCapture(new Uint8Array(readFileSync(labFile(labCase(id).capture))));
  const portOf = (bytes: Uint8Array): number =>
    Math.max(((bytes[34] ?? 0) << 8) | (bytes[35] ?? 0), ((bytes[36] ?? 0) << 8) | (bytes[37] ?? 0));
  const dropped = [...new Set(frames.map(({ bytes }) => portOf(bytes)))].slice(0, without);
  const kept = frames.filter(({ bytes }) => !dropped.includes(portOf(bytes)));
  const capture = join(FOLDER, 'some.pcap');
  writeFileSync(capture, writePcap(kept.map(({ bytes }, at) => ({ seconds: at, fraction: 0, bytes }))));
  const opened = await openFiles([capture], ring);
  const { conversations } = opened.analysis.structure;
  const rescues = Array.from({ length: conversations.length }, (_none, at) => opened.analysis.sessionOf(at));
  const result = {
    messages: opened.messages.length,
    causes: [...causesIn(opened)].sort(),
    borrowed: rescues.flatMap((of) => of?.rescues ?? []).filter(({ kind }) => kind === 'secret-borrowed')
      .length,
  };
  opened.set.close();
  return result;
}

describe.each(['03-resume-ticket-full', '03-resume-ticket-full-noems', '03-resume-sid-full-gcm'])(
  '%s',
  (id) => {
    const all = labCase(id).startLines.length;

    test.each([
      ['the full handshake', 0, (lines: string[]) => lines[0]],
      ['a resumed one', 1, (lines: string[]) => lines[1]],
      ['the last resumed one', 2, (lines: string[]) => lines.at(-1)],
    ])('the line of %s opens all that share its secret', async (_name, borrowed, line) => {
      // What a resumption takes from the handshake that it names is no rescue.
      expect(await openWithLine(id, line)).toEqual({ messages: all, causes: ['decrypted'], borrowed });
    });

    test('the line of a full handshake that no capture holds opens those that resume it', async () => {
      const { messages, causes, borrowed } = await openWithLine(id, (lines) => lines[0], 1);
      expect(causes).toEqual(['decrypted']);
      expect(borrowed).toBeGreaterThan(0);
      expect(messages).toBeGreaterThan(0);
      expect(messages).toBeLessThan(all);
    });

    test('a line that has nothing to do with it is not called a wrong secret', async () => {
      const line = `CLIENT_RANDOM ${'11'.repeat(32)} ${'22'.repeat(48)}`;
      expect(await openWithLine(id, () => line, 1)).toEqual({
        messages: 0,
        causes: ['opaque', 'resumed-unseen-session'],
        borrowed: 0,
      });
    });
  },
);
