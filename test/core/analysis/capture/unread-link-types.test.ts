import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UnreadLinkTypes } from '../../../../core/analysis/capture/unread-link-types.ts';
import { KeyRing } from '../../../../core/keys/key-ring.ts';
import { labCase, labFile, openFiles, openLab } from '../../../support/open-lab.ts';

const CAPTURE = '01-tls12-rsa-aes256-sha';

test('a capture of a link type that is not read says so, one that is read says nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'link-types-'));
  const path = join(folder, 'user0.pcap');
  const bytes = readFileSync(labFile(labCase(CAPTURE).capture));
  // The link type stands at offset 20 of a pcap file.
  bytes.writeUInt32LE(147, 20);
  writeFileSync(path, bytes);
  const opened = await openFiles([path], new KeyRing());
  const frames = opened.analysis.structure.frames.length;
  expect(frames).toBeGreaterThan(10);
  expect(opened.analysis.limits).toHaveLength(1);
  expect(opened.analysis.limits[0]).toContain(
    `${frames} frames are of a link type that is not read (link type 147)`,
  );
  opened.set.close();
  rmSync(folder, { recursive: true, force: true });
  expect((await openLab(CAPTURE)).analysis.limits).toEqual([]);
});

test('many link types are counted and the most frequent named', () => {
  const types = new UnreadLinkTypes();
  for (const linkType of [147, 147, 147, 1, 148, 148, 149, 150, 151]) types.see(linkType);
  expect(types.describe()).toContain(
    '8 frames are of a link type that is not read (link type 147, link type 148, link type 149, 2 more)',
  );
});
