import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { decodeResult } from '../../../core/api-decode.ts';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { addLabKeys, labFile, openFiles } from '../../support/open-lab.ts';
import { withPage } from '../diagnosis/open-made.ts';

const CAPTURES = [
  '07-two-phones-md5-client-certificate.pcap',
  '07-alert-missing-intermediate.pcap',
  '03-tls13-psk-resume-full.pcap',
  'made/tls13-server-refuses.pcap',
  'made/record-altered.pcap',
  '09-lost-half-record-tls10.pcap',
];
const folder = mkdtempSync(join(tmpdir(), 'sipher-test-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Bytes of hellos, certificates and alerts turned into anything: everything is still answered, in the contract's form. */
test('whatever a capture holds, its diagnosis has the form of the contract', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...CAPTURES),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 60 }),
      async (capture, changes) => {
        const bytes = new Uint8Array(readFileSync(labFile(capture)));
        for (const [at, value] of changes) {
          const place = 40 + (at % (bytes.length - 40));
          // Lengths of the file format stay, so that frames are found: what is in them is changed.
          if (!isRecordHeader(bytes, place)) bytes[place] = value;
        }
        run += 1;
        const file = join(folder, `${run}.pcap`);
        writeFileSync(file, bytes);
        const ring = new KeyRing();
        addLabKeys(ring, [
          { type: 'pem', file: 'keys/server1.key.pem' },
          { type: 'pem', file: 'made/keys/server.key.pem' },
          { type: 'nss-keylog', file: 'made/keys/tls13-server-refuses.keys' },
        ]);
        const opened = withPage(await openFiles([file], ring));
        const { page } = opened;
        expect(decodeResult('capture.findings', page.captureFindings())).toMatchObject({ ok: true });
        expect(decodeResult('capture.needs', page.needs())).toMatchObject({ ok: true });
        const count = Math.min(4, opened.analysis.structure.conversations.length);
        for (let at = 0; at < count; at += 1) {
          expect(decodeResult('conversation.detail', page.conversationDetail(at))).toMatchObject({
            ok: true,
          });
          expect(decodeResult('conversation.timing', page.timing(at))).toMatchObject({ ok: true });
          expect(decodeResult('conversations.compare', page.compare(0, at))).toMatchObject({ ok: true });
          expect(page.ladder(at, 'svg')?.text).toMatch(/<\/svg>\n$/);
        }
        opened.set.close();
      },
    ),
    { numRuns: 80 },
  );
}, 60_000);

/** Headers of pcap's records stand where walking over the file finds them. */
function isRecordHeader(bytes: Uint8Array, place: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 24; at + 16 <= bytes.length;) {
    if (place >= at && place < at + 16) return true;
    if (place < at) return false;
    at += 16 + view.getUint32(at + 8, true);
  }
  return false;
}
