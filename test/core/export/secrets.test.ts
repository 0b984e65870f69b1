import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ExportSource } from '../../../core/analysis/export/export-source.ts';
import { writeKeyLog } from '../../../core/export/key-log.ts';
import { writePcapng } from '../../../core/export/pcapng.ts';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { writeExportFile } from '../../../core/node/export-file.ts';
import {
  addLabKeys,
  describeFrames,
  LAB,
  labCase,
  labFile,
  openFiles,
  openLab,
  type OpenedLab,
} from '../../support/open-lab.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'sipher-export-'));
afterAll(() => {
  rmSync(FOLDER, { recursive: true });
});

const ALL = LAB.filter((lab) => lab.decryptable !== 'none' && lab.keys.length > 0).map((lab) => lab.id);

function sourceOf(opened: OpenedLab, chosen: readonly number[] | null = null): ExportSource {
  return new ExportSource(opened.analysis, opened.messages, chosen === null ? null : new Set(chosen));
}

async function reopened(pieces: Iterable<Uint8Array>, keylog: Uint8Array | null = null): Promise<OpenedLab> {
  const path = join(FOLDER, 'again');
  expect(writeExportFile(path, pieces, { force: true, confidential: true })).toBeNull();
  const ring = new KeyRing();
  if (keylog !== null) {
    writeFileSync(`${path}.keys`, keylog);
    addLabKeys(ring, [{ type: 'nss-keylog', file: `${path}.keys` }]);
  }
  return openFiles([path], ring);
}

function sipOf(opened: OpenedLab): string[] {
  return [...sourceOf(opened).sip()].map((message) => Buffer.from(message.bytes).toString('latin1'));
}

describe('a key log of what was used', () => {
  test.each(ALL)('%s: the sessions open again without the keys', async (id) => {
    const opened = await openLab(id);
    const log = writeKeyLog(sourceOf(opened).secrets());
    const path = join(FOLDER, `${id}.keys`);
    writeFileSync(path, log);
    const ring = new KeyRing();
    addLabKeys(ring, [{ type: 'nss-keylog', file: path }]);
    const again = await openFiles([labFile(labCase(id).capture)], ring);
    expect(sipOf(again)).toEqual(sipOf(opened));
    expect(decryptedRecords(again)).toBe(decryptedRecords(opened));
    expect(decryptedRecords(again)).toBeGreaterThan(0);
    expect(Buffer.from(log).toString()).not.toContain('PRIVATE');
  });
});

describe('a capture with its secrets', () => {
  test.each(ALL)('%s: opens decrypted, each frame as it was', async (id) => {
    const opened = await openLab(id);
    const source = sourceOf(opened);
    const again = await reopened(
      writePcapng(source.linkTypes(), writeKeyLog(source.secrets()), source.frames()),
    );
    expect(verdicts(again)).toEqual(verdicts(opened));
    expect(sipOf(again)).toEqual(sipOf(opened));
    for (const frame of [1, opened.analysis.structure.frames.length])
      expect(again.frames.timeOf(frame)).toBe(opened.frames.timeOf(frame));
  });

  test('holds one conversation, and of the session that it resumes the handshake only', async () => {
    const opened = await openLab('03-resume-mixed-one-file');
    const count = opened.analysis.structure.conversations.length;
    let resumes = 0;
    for (let conversation = 0; conversation < count; conversation += 1) {
      const source = sourceOf(opened, [conversation]);
      const secrets = source.secrets();
      expect(new Set(secrets.map((secret) => secret.conversation)).size).toBeLessThanOrEqual(1);
      const again = await reopened(writePcapng(source.linkTypes(), writeKeyLog(secrets), source.frames()));
      resumes += source.conversationsBehind().length;
      expect(again.analysis.structure.conversations.length).toBe(1 + source.conversationsBehind().length);
      const own = [...source.sip()].map((message) => Buffer.from(message.bytes).toString('latin1'));
      expect(sipOf(again)).toEqual(own);
      const place = again.analysis.structure.conversations.length - 1;
      expect(again.conversations.report(place).records.decrypted).toBe(
        opened.conversations.report(conversation).records.decrypted,
      );
    }
    expect(resumes).toBeGreaterThan(0);
  });

  test('holds the handshake of a connection that goes on from another address', async () => {
    const ring = new KeyRing();
    addLabKeys(ring, [{ type: 'rsa', file: 'made/keys/server.key.pem' }]);
    const opened = await openFiles([labFile('made/dtls-cid-moved.pcap')], ring);
    const source = sourceOf(opened, [1]);
    expect(source.conversationsBehind()).toEqual([{ conversation: 0, why: 'moved' }]);
    const again = await reopened(
      writePcapng(source.linkTypes(), writeKeyLog(source.secrets()), source.frames()),
    );
    const own = [...source.sip()].map((message) => Buffer.from(message.bytes).toString('latin1'));
    expect(own.length).toBeGreaterThan(0);
    expect(sipOf(again)).toEqual(own);
  });

  test('keeps the link types of several files apart', async () => {
    const ring = new KeyRing();
    const ids = ['01-tls12-rsa-aes256-sha', '01-tls12-rsa-aes128-sha'];
    for (const id of ids) addLabKeys(ring, labCase(id).keys);
    const opened = await openFiles(
      ids.map((id) => labFile(labCase(id).capture)),
      ring,
    );
    const source = sourceOf(opened);
    expect(source.linkTypes().length).toBe(2);
    const again = await reopened(
      writePcapng(source.linkTypes(), writeKeyLog(source.secrets()), source.frames()),
    );
    expect(sipOf(again)).toEqual(sipOf(opened));
  });

  test('holds only the secrets that opened something', async () => {
    const ring = new KeyRing();
    for (const lab of LAB.filter((known) => known.id.startsWith('05-'))) addLabKeys(ring, lab.keys);
    const opened = await openFiles([labFile(labCase('05-ecdhe-chacha20-keylog').capture)], ring);
    expect(sourceOf(opened).secrets().length).toBe(1);
  });
});

describe('a file that is written', () => {
  test('is for its owner only where it is confidential, and never replaces another unasked', () => {
    const path = join(FOLDER, 'once');
    const write = (text: string, force: boolean): string | null =>
      writeExportFile(path, [Buffer.from(text)], { force, confidential: true });
    expect(write('one', false)).toBeNull();
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(write('two', false)).toContain('is there already');
    expect(readFileSync(path, 'utf8')).toBe('one');
    expect(write('three', true)).toBeNull();
    expect(readFileSync(path, 'utf8')).toBe('three');
    expect(() => writeExportFile(path, broken(), { force: true, confidential: true })).toThrow('broken');
    expect(readFileSync(path, 'utf8')).toBe('three');
    expect(readdirSync(FOLDER).filter((name) => name.startsWith('once'))).toEqual(['once']);
  });
});

function* broken(): Generator<Uint8Array> {
  yield Buffer.from('half');
  throw new Error('broken');
}

function decryptedRecords(opened: OpenedLab): number {
  let sum = 0;
  for (let at = 0; at < opened.analysis.structure.conversations.length; at += 1)
    sum += opened.conversations.report(at).records.decrypted;
  return sum;
}

/** Frame lines without what depends on which kind of key was loaded. */
function verdicts(opened: OpenedLab): string[] {
  return describeFrames(opened).map((line) => line.replace(/ 0x[0-9a-f]+/g, ''));
}
