import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { VERDICT_DECRYPTED } from '../../../core/store/record-table.ts';
import {
  addLabKeys,
  labCase,
  labFile,
  openFiles,
  type LabKey,
  type OpenedLab,
} from '../../support/open-lab.ts';
import { openEvidence } from '../diagnosis/open-made.ts';
import { writePcap } from '../capture/build-captures.ts';
import { readCapture } from '../capture/read-capture.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'rescues-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** A lab capture of which frames are left out, altered or put elsewhere. Frames keep their numbers in `change`. */
async function openChanged(
  id: string,
  change: (frames: Map<number, Uint8Array>) => void,
  keys: readonly LabKey[] = labCase(id).keys,
): Promise<OpenedLab> {
  const lab = labCase(id);
  const bytes = new Uint8Array(readFileSync(labFile(lab.capture)));
  const frames = new Map(readCapture(bytes).frames.map((frame, at) => [at + 1, frame.bytes]));
  change(frames);
  const path = join(FOLDER, `${id}.pcap`);
  writeFileSync(
    path,
    writePcap([...frames.values()].map((frame, at) => ({ seconds: at + 1, fraction: 0, bytes: frame }))),
  );
  const ring = new KeyRing();
  addLabKeys(ring, keys);
  return openFiles([path], ring);
}

/** Records that stayed opaque: cause of each. */
function opaqueOf(opened: OpenedLab): string[] {
  const causes: string[] = [];
  for (let frame = 1; frame <= opened.analysis.structure.frames.length; frame += 1)
    for (const { verdict, cause } of opened.frames.report(frame, { plaintext: false, files: null }).records)
      if (verdict === 'opaque') causes.push(cause ?? '');
  return causes;
}

function rescuesOf(opened: OpenedLab): string[] {
  return [...new Set(opened.analysis.sessionOf(0)?.rescues.map(({ kind }) => kind) ?? [])];
}

/** Where TLS begins in a frame of the lab: Ethernet or loopback, IPv4, TCP with its options. */
function payloadAt(frame: Uint8Array): number {
  for (let at = 14; at + 2 < frame.length; at += 1)
    if ((frame[at] ?? 0) >= 20 && (frame[at] ?? 0) <= 23 && frame[at + 1] === 3 && (frame[at + 2] ?? 9) <= 4)
      return at;
  throw new Error('There is no TLS record in this frame');
}

describe('KeyUpdates that were lost', () => {
  test.each([
    ['one', [20]],
    ['with the record behind it', [20, 22]],
    ['one in each direction', [20, 24]],
    ['two of one direction, and what stood between', [20, 22, 28, 32]],
  ])('%s: what comes behind opens', async (_name, lost) => {
    const opened = await openChanged('05-tls13-keyupdate-keylog', (frames) => {
      for (const frame of lost) frames.delete(frame);
    });
    expect(opaqueOf(opened)).toEqual([]);
    expect(rescuesOf(opened)).toContain('keys-updated-unseen');
    opened.set.close();
  });

  test('or whose type was altered on the way', async () => {
    const opened = await openChanged('05-tls13-keyupdate-keylog', (frames) => {
      const frame = frames.get(20);
      if (frame !== undefined) frame[payloadAt(frame)] = 22;
    });
    expect(opaqueOf(opened)).toEqual(['tag-mismatch']);
    opened.set.close();
  });
});

describe('two taps whose clocks differ', () => {
  // The client's port is the source of frame 1, the first SYN: all it sent stands before the first answer.
  test.each([['10-large-records-gcm'], ['01-calls-tls10-aes256-sha'], ['05-tls13-keyupdate-keylog']])(
    '%s opens, though one side comes whole before the other',
    async (id) => {
      const opened = await openChanged(id, (frames) => {
        const isServer = (frame: Uint8Array): boolean =>
          frame[34] === 5061 >> 8 && frame[35] === (5061 & 255);
        const answers = [...frames].filter(([, frame]) => isServer(frame));
        for (const [number] of answers) frames.delete(number);
        for (const [number, frame] of answers) frames.set(number, frame);
      });
      expect(opaqueOf(opened)).toEqual([]);
      expect(opened.messages.length).toBe(labCase(id).startLines.length);
      opened.set.close();
    },
  );
});

describe('a Finished that was altered', () => {
  test('with the record behind it: what comes then opens', async () => {
    const opened = await openChanged('05-tls13-keyupdate-keylog', (frames) => {
      for (const number of [8, 12]) {
        const frame = frames.get(number);
        if (frame !== undefined) frame[frame.length - 1] = (frame.at(-1) ?? 0) ^ 1;
      }
    });
    expect(opaqueOf(opened)).toHaveLength(2);
    expect(rescuesOf(opened)).toEqual(['resynchronised']);
    opened.set.close();
  });
});

describe('RC4', () => {
  test('goes on behind a lost record: its key stream is passed over', async () => {
    const opened = await openChanged('08-rc4-sha', (frames) => frames.delete(14));
    expect(opaqueOf(opened)).toEqual([]);
    expect(rescuesOf(opened)).toEqual(['resynchronised']);
    const session = opened.analysis.sessionOf(0);
    expect(session?.keystreamJumps.size).toBe(1);
    // What stands behind the jump is derived again from where the key stream stood.
    for (let at = 0; at < opened.messages.length; at += 1)
      expect(opened.messages.textOf(at)).toMatch(/^OPTIONS .*Content-Length: 0\s+$/s);
    opened.set.close();
  });
});

describe('RC4, with the length of a record altered by one', () => {
  test('goes on behind it: the byte that is left over took key stream, and was no record', async () => {
    const opened = await openChanged('08-rc4-sha', (frames) => {
      const frame = frames.get(14);
      if (frame === undefined) return;
      const low = payloadAt(frame) + 4;
      frame[low] = (frame[low] ?? 0) - 1;
    });
    expect(opaqueOf(opened)).toEqual(['mac-mismatch', 'damaged-record']);
    expect(rescuesOf(opened)).toEqual(['resynchronised']);
    opened.set.close();
  });
});

describe('a record that was altered', () => {
  test('is shown where it can be read, apart and not as what was sent', async () => {
    const opened = await openChanged('08-rc4-sha', (frames) => {
      const frame = frames.get(14);
      if (frame !== undefined) frame[frame.length - 1] = (frame.at(-1) ?? 0) ^ 1;
    });
    const report = opened.frames.report(14, { plaintext: true, files: null });
    expect(report.records[0]).toMatchObject({
      verdict: 'opaque',
      cause: 'mac-mismatch',
      authenticated: false,
    });
    expect(report.records[0]?.plaintext).toBeUndefined();
    expect(report.sip).toEqual([]);
    expect(opaqueOf(opened)).toEqual(['mac-mismatch']);
    opened.set.close();
  });
});

describe('a renegotiation', () => {
  test('whose hellos changed places opens', async () => {
    const opened = await openChanged('10-renegotiation-client-gcm', (frames) => {
      const [hello, answer] = [frames.get(19), frames.get(21)];
      if (hello === undefined || answer === undefined) throw new Error('The capture is another');
      frames.set(19, answer);
      frames.set(21, hello);
    });
    expect(opaqueOf(opened)).toEqual([]);
    expect(opened.analysis.sessionOf(0)?.handshakes).toHaveLength(2);
    opened.set.close();
  });

  test('keeps its transcript where only data before it was lost', async () => {
    const opened = await openChanged('10-renegotiation-client-gcm', (frames) => frames.delete(17));
    expect(opened.conversations.report(0).extendedMasterSecret).toBe(true);
    expect(opaqueOf(opened)).toEqual([]);
    opened.set.close();
  });

  test('has none where one of its own messages was lost', async () => {
    const opened = await openChanged('10-renegotiation-client-gcm', (frames) => frames.delete(21));
    const causes = opaqueOf(opened);
    expect(causes.length).toBeGreaterThan(5);
    expect(causes).not.toContain('wrong-secret');
    opened.set.close();
  });
});

describe('a ClientHello that was lost', () => {
  // The lab's own keys open it by the transcript or not at all: here it is the key log's lines.
  test.each([['01-tls12-rsa-aes256-sha'], ['01-tls12-rsa-aes128-gcm-sha256'], ['05-ecdhe-chacha20-keylog']])(
    '%s: every line of the key log is tried, and the record with which one fits is told',
    async (id) => {
      const own = readFileSync(labFile(`keylogs/${id}.keys`), 'utf8');
      const foreign = Array.from({ length: 200 }, (_none, at) => {
        const random = at.toString(16).padStart(64, '0');
        return `CLIENT_RANDOM ${random} ${'ab'.repeat(48)}\n`;
      });
      const keyLog = join(FOLDER, 'many.keys');
      writeFileSync(keyLog, foreign.join('') + own);
      const hello = 4;
      const opened = await openChanged(id, (frames) => frames.delete(hello), [
        { type: 'nss-keylog', file: keyLog },
      ]);
      expect(opaqueOf(opened)).toEqual([]);
      expect(opened.messages.length).toBe(labCase(id).startLines.length);
      const rescue = opened.analysis.sessionOf(0)?.rescues[0];
      expect(rescue?.kind).toBe('client-hello-by-trial');
      const { records } = opened.analysis.structure;
      // It is an encrypted record of the client that proved it: its Finished.
      expect(records.verdict.read(rescue?.row ?? 0)).toBe(VERDICT_DECRYPTED);
      opened.set.close();
    },
  );
});

describe('a thousand records lost in each direction', () => {
  test('are counted by the check of the next one, whatever the suite', async () => {
    const opened = await openEvidence({
      capture: 'made/thousand-records-lost.pcap',
      keyLogs: ['made/keys/thousand-records-lost.keys'],
    });
    for (let at = 0; at < 9; at += 1) {
      const told = opened.page.findings
        .findingsOf(at)
        .filter(({ id }) => id === 'resynchronised')
        .map(({ sentence }) =>
          /after \d+ lost bytes from the (\w+) between .*: sequence \+(\d+)/.exec(sentence),
        );
      expect(told.map((match) => match?.slice(1))).toEqual([
        ['client', '1000'],
        ['server', '1000'],
      ]);
      // In TLS 1.0 the first record behind a hole has lost its IV (RFC 2246 §6.2.3.2).
      const { version, records } = opened.conversations.report(at);
      expect(records.opaque).toBe(version === 'TLS 1.0' ? 2 : 0);
    }
    expect(opened.messages.length).toBe(9 * 24 - 2);
    opened.set.close();
  });
});
