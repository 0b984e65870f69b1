import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { addLabKeys, labFile, openFiles } from '../../support/open-lab.ts';
import { writePcap } from '../capture/build-captures.ts';
import { readCapture } from '../capture/read-capture.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'dtls-order-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** A capture of test/captures/made with its frames in another order: records decrypted, and left opaque. */
async function openInOrder(
  name: string,
  key: string,
  order: (frames: Uint8Array[]) => Uint8Array[],
): Promise<[decrypted: number, opaque: number]> {
  const { frames } = readCapture(new Uint8Array(readFileSync(labFile(`made/${name}.pcap`))));
  const path = join(FOLDER, `${name}.pcap`);
  const moved = order(frames.map(({ bytes }) => bytes));
  writeFileSync(path, writePcap(moved.map((bytes, at) => ({ seconds: at, fraction: 0, bytes }))));
  const ring = new KeyRing();
  addLabKeys(ring, [{ type: key.endsWith('.keys') ? 'nss-keylog' : 'rsa', file: `made/keys/${key}` }]);
  const opened = await openFiles([path], ring);
  const { length } = opened.analysis.structure.conversations;
  const records = Array.from({ length }, (_none, at) => opened.conversations.report(at).records);
  opened.set.close();
  return [
    records.reduce((sum, { decrypted }) => sum + decrypted, 0),
    records.reduce((sum, { opaque }) => sum + opaque, 0),
  ];
}

/** Three of ten frames come up to six places late. */
function shuffled(frames: readonly Uint8Array[], seed: number): Uint8Array[] {
  let state = seed * 2654435761;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const keyed = frames.map((frame, at) => ({ frame, key: at + (random() < 0.3 ? 6 * random() : 0) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ frame }) => frame);
}

describe('datagrams in another order, those of the handshake too', () => {
  test.each([
    ['record-size-limit-dtls', 'server.key.pem', 22],
    ['dtls12', 'dtls12.keys', 12],
    ['dtls-cid', 'dtls-cid.keys', 50],
    ['dtls13-cid', 'dtls13-cid.keys', 46],
  ])('%s: every record opens', async (name, key, records) => {
    for (let seed = 1; seed <= 4; seed += 1)
      expect(await openInOrder(name, key, (frames) => shuffled(frames, seed))).toEqual([records, 0]);
  });

  test('every record opens where each flight comes before the one that it answers', async () => {
    const backwards = (frames: Uint8Array[]): Uint8Array[] => [
      ...frames.slice(0, 8).reverse(),
      ...frames.slice(8),
    ];
    expect(await openInOrder('record-size-limit-dtls', 'server.key.pem', backwards)).toEqual([22, 0]);
  });
});
