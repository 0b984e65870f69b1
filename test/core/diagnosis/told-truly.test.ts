import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findQuality } from '../../../core/analysis/capture/capture-findings.ts';
import { groupNeeds } from '../../../core/analysis/capture/capture-summary.ts';
import { judgeKeyRole } from '../../../core/analysis/conversations/role-findings.ts';
import { timeHandshakes } from '../../../core/analysis/conversations/timing-findings.ts';
import { plainText } from '../../../core/diagnosis/rich-text.ts';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { addLabKeys, labFile, openFiles } from '../../support/open-lab.ts';
import { type OpenedEvidence, openEvidence, openLabPage, withPage } from './open-made.ts';

/** Everything that is said of a capture, conversation 0 first; no sentence may claim more than the capture shows. */
describe('nothing is said that is not so', () => {
  test.each([
    // A lost Client Hello does not make RSA a signature.
    [
      '09-lost-clienthello-cbc',
      /In conversation 0 it is the server’s key, but something else is missing/,
      /only signed/,
    ],
    ['05-tls13-rsakey-only', /No server’s certificate can be read/, /No certificate that can be read/],
    [
      '05-tls13-rsakey-only',
      /Behind the Server Hello \(frame 6\) this handshake is encrypted/,
      /not complete/,
    ],
    ['08-dhe-psk-aes128-gcm', /which the pre-shared key only vouches for/, /the server’s key only signed/],
    ['08-rsa-psk-aes256-gcm', /“Client_identity” together with the server’s private key/, /undefined/],
    ['09-snaplen96-cbc', /its handshake was cut off by the capture/, /set up before the capture/],
    // What a mirror of one direction leaves out is not called lost packets.
    ['09-oneway-client-cbc', /Of 1 conversation only one direction was captured/, /frame 0\b|larger buffer/],
    ['09-lost-appdata-server-tls10', /1 record could be read .* Its text is shown apart/, /Their text/],
    // What the records show of the version is not left open: a header, or a type that TLS 1.3 hides.
    [
      '04-midstream-tls10',
      /The record in frame \d+ says TLS 1\.0, which TLS 1\.3 never does/,
      /if it is TLS 1\.3/i,
    ],
    [
      '04-midstream-aes256-sha',
      /No key can make up for that.*shows what it carries \(an alert\), which TLS 1\.3 hides/s,
      /if it is TLS 1\.3/i,
    ],
    [
      '09-oneway-client-cbc',
      /No key opens it without the Server Hello\. The Client Hello in frame 3 does not offer TLS 1\.3/,
      /if the connection is TLS 1\.3/i,
    ],
    ['06-wrong-rsa-key', /A key log of either side does as well/, /undefined/],
    ['03-resume-ticket-nofull-noems', /load the server’s key\. A key log of this connection/, /undefined/],
  ])('%s: %s', async (id, says, never) => {
    const opened = await openLabPage(id);
    const told = tellAll(opened);
    expect(told).toMatch(says);
    expect(told).not.toMatch(never);
    opened.set.close();
  });

  test('a renegotiation that came to nothing does not undo the connection', async () => {
    const opened = await openEvidence({
      capture: 'made/renegotiation-refused.pcap',
      keys: ['made/keys/server.key.pem'],
    });
    expect(opened.conversations.report(0)).toMatchObject({ verdict: 'decrypted', records: { opaque: 0 } });
    const told = tellAll(opened);
    expect(told).toMatch(/the client broke off with handshake_failure/);
    expect(told).not.toMatch(/handshake is missing|found nothing that it could choose|no common ground/);
    opened.set.close();
  });

  test('suites in which the server’s key does not make the secret are told as what they are', async () => {
    const opened = await openEvidence({ capture: 'made/old-suites.pcap' });
    const [exportable] = opened.page.findings.findingsOf(0).filter(({ id }) => id === 'which-keys-can-work');
    expect(exportable?.sentence).toMatch(/exportable one with a temporary RSA key/);
    const why = opened.page.conversationDetail(0)?.why ?? null;
    expect(plainText(why?.what ?? [])).toMatch(/uses a temporary RSA key/);
    expect(plainText(why?.what ?? [])).not.toMatch(/Diffie-Hellman/);
    opened.set.close();
  });

  test('a key that fits is not blamed where a key log opened the connection', async () => {
    const opened = await openEvidence({
      capture: 'made/dtls-cid.pcap',
      keys: ['made/keys/server.key.pem'],
      keyLogs: ['made/keys/dtls-cid.keys'],
    });
    const told = tellAll(opened);
    expect(told).toMatch(/It would open conversation 2/);
    expect(told).not.toMatch(/missing or damaged/);
    opened.set.close();
  });

  test('inside a tunnel the server is named by what was asked for, not by the proxy’s address', async () => {
    const opened = await openEvidence({
      capture: 'made/tls-in-tls.pcap',
      keyLogs: ['made/keys/tls-in-tls.keys'],
    });
    const child = opened.page.find('0.1');
    const detail = child?.answers.conversationDetail(child.conversation) ?? null;
    const fixes = [
      ...(detail?.why?.fixNow ?? []).map(plainText),
      ...(detail?.findings ?? []).map((finding) => finding.fix),
    ].join('\n');
    expect(fixes).toMatch(
      /the host that answers at pbx\.example \(through the tunnel of 127\.0\.0\.1:15091\)/,
    );
    expect(fixes).not.toMatch(/at 127\.0\.0\.1:15091/);
    // The outer connection is with the proxy itself.
    expect(opened.page.findings.findingsOf(0)[0]?.fix).toMatch(/or at 127\.0\.0\.1:15091 while/);
    opened.set.close();
  });

  test('one direction is no end where a key log opens it', async () => {
    for (const side of ['client', 'server'] as const) {
      const opaque = await openOneSide(side, false);
      expect(opaque.page.conversationDetail(0)?.why?.cause).toBe('one-direction');
      expect(tellAll(opaque)).toMatch(
        side === 'client'
          ? /If the connection is TLS 1\.3, a key log opens what the client sent/
          : /A key log of this connection opens what the server sent/,
      );
      expect(tellAll(opaque)).not.toMatch(/no key can be derived|Nothing decrypts/);
      opaque.set.close();
      // And so it is.
      const read = await openOneSide(side, true);
      expect(read.conversations.report(0)).toMatchObject({ verdict: 'decrypted', records: { opaque: 0 } });
      read.set.close();
    }
  });

  test('up to TLS 1.2 the server’s packets suffice for a key log, the client’s do not', async () => {
    for (const [side, verdict] of [
      ['server', 'decrypted'],
      ['client', 'opaque'],
    ] as const) {
      const opened = await openEvidence({
        capture: `09-oneway-${side}-cbc.pcap`,
        keyLogs: ['keylogs/01-tls12-rsa-aes256-sha.keys'],
      });
      expect(opened.conversations.report(0).verdict).toBe(verdict);
      opened.set.close();
    }
  });
});

function tellAll(opened: OpenedEvidence): string {
  const { analysis, page } = opened;
  const why = page.conversationDetail(0)?.why ?? null;
  const roles = analysis.keys
    .privateKeys()
    .map((key) => judgeKeyRole(page.findings, key.handle.sha256OfPublicKey).sentence);
  return [
    ...(why === null ? [] : [why.what, ...why.proof, ...why.fixNow, ...why.fixNext].map(plainText)),
    ...findQuality(analysis).map((finding) => finding.sentence),
    ...page.findings.findingsOf(0).map((finding) => finding.sentence),
    ...roles.map(plainText),
    ...timeHandshakes(analysis, 0).map((timing) => plainText(timing.sentence)),
    ...groupNeeds(page.findings).map(({ need }) => need),
  ].join('\n');
}

/** The half of a TLS 1.3 connection, as a mirror port of one direction gives it. */
async function openOneSide(side: 'client' | 'server', withKeyLog: boolean): Promise<OpenedEvidence> {
  const folder = await mkdtemp(join(tmpdir(), 'sipher-test-'));
  try {
    const file = join(folder, 'one-side.pcap');
    writeFileSync(
      file,
      framesTo(readFileSync(labFile('05-tls13-keyupdate-keylog.pcap')), 5061, side === 'client'),
    );
    const ring = new KeyRing();
    if (withKeyLog)
      addLabKeys(ring, [{ type: 'nss-keylog', file: 'keylogs/05-tls13-keyupdate-keylog.keys' }]);
    return withPage(await openFiles([file], ring));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Of a little-endian pcap of Ethernet, IPv4 and TCP: the frames to this port, or the others. */
function framesTo(pcap: Buffer, port: number, wanted: boolean): Buffer {
  const kept = [pcap.subarray(0, 24)];
  for (let at = 24; at < pcap.length;) {
    const end = at + 16 + pcap.readUInt32LE(at + 8);
    const ip = at + 16 + 14;
    const destination = pcap.readUInt16BE(ip + 4 * (pcap.readUInt8(ip) & 15) + 2);
    if ((destination === port) === wanted) kept.push(pcap.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}
