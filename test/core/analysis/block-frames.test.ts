import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ExportSource } from '../../../core/analysis/export/export-source.ts';
import { FrameReporter } from '../../../core/analysis/frames/frame-report.ts';
import { MessageIndex } from '../../../core/analysis/messages/message-index.ts';
import { asciiBytes } from '../../../core/bytes/text.ts';
import { concatBytes } from '../../../core/bytes/reader.ts';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { addLabKeys, labFile, openFiles, type OpenedLab } from '../../support/open-lab.ts';
import { block, numbers } from '../capture/build-captures.ts';

const folder = mkdtempSync(join(tmpdir(), 'sipher-blocks-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A capture with a vendor's block behind its section header and after every packet, as tshark 4.0 numbers them. */
function withBlocks(): string {
  const file = readFileSync(labFile('11-pcapng-second-interface.pcapng'));
  const vendor = block(true, 0x0bad, numbers(true, [4, 32473]), asciiBytes('metadata'));
  const parts: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const [type, length] = [file.readUInt32LE(at), file.readUInt32LE(at + 4)];
    parts.push(file.subarray(at, at + length));
    if (type === 0x0a0d0d0a || type === 6) parts.push(vendor);
    at += length;
  }
  const path = join(folder, 'blocks.pcapng');
  writeFileSync(path, concatBytes(parts));
  return path;
}

async function open(path: string): Promise<OpenedLab> {
  const ring = new KeyRing();
  addLabKeys(ring, [{ type: 'rsa-private-key-pem', file: 'keys/server1.key.pem' }]);
  return openFiles([path], ring);
}

test('blocks that Wireshark numbers have their numbers, times that make sense, and no part in what is exported', async () => {
  const plain = await open(labFile('11-pcapng-second-interface.pcapng'));
  const { analysis } = await open(withBlocks());
  const packets = plain.analysis.structure.frames.length;
  const messages = new MessageIndex(analysis);
  const frames = new FrameReporter(analysis, messages);
  expect(analysis.structure.frames.length).toBe(2 * packets + 1);
  expect([frames.protocolOf(1), frames.infoOf(1)]).toEqual([
    'custom block',
    'Custom block of PEN 32473, 8 bytes',
  ]);
  // A block says no time: before the first packet it is that packet's, later that of the packet before.
  expect([1, 2, 3].map((number) => frames.relativeTimeOf(number))).toEqual([0, 0, 0]);
  const before = new MessageIndex(plain.analysis);
  const numbersOf = (index: MessageIndex): number[] =>
    Array.from({ length: index.length }, (_, message) => index.frameOf(message));
  expect(numbersOf(before)).toHaveLength(12);
  expect(numbersOf(messages)).toEqual(numbersOf(before).map((frame) => 2 * frame));
  const exported = [...new ExportSource(analysis, messages, null).frames()];
  expect(exported).toHaveLength(packets);
  expect(analysis.structure.unreadLinkTypes.describe()).toBeNull();
});
