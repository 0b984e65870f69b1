import { describe, expect, test } from 'vitest';
import { plainText } from '../../../core/diagnosis/rich-text.ts';
import { CAUSE_IDS, type CauseId } from '../../../core/verdict.ts';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { loadKeys } from '../../../core/node/keys/load-keys.ts';
import { labFile, openFiles } from '../../support/open-lab.ts';
import { causesIn, type Evidence, openEvidence, openLabPage, withDamagedKeyLog } from './open-made.ts';

/** One real capture a cause: of the lab by id (with the keys of its manifest), or named with what is loaded. */
const EVIDENCE: Readonly<Partial<Record<CauseId, string | Evidence>>> = {
  'snapped-short': '09-snaplen96-cbc',
  'gap-in-stream': '09-lost-half-record-cbc',
  'record-incomplete': { capture: 'made/ended-inside-record.pcap', keys: ['keys/server1.key.pem'] },
  'unsupported-cipher': { capture: 'made/gost-suite.pcap' },
  'unsupported-version': { capture: 'made/ssl2.pcap', keys: ['made/keys/server.key.pem'] },
  'unsupported-compression': {
    capture: 'made/private-compression.pcap',
    keys: ['made/keys/server.key.pem'],
  },
  'one-direction': '09-oneway-client-cbc',
  'handshake-not-captured': '04-midstream-tls10',
  'handshake-incomplete': '09-lost-serverhello-gcm',
  'tls13-needs-keylog': '05-tls13-rsakey-only',
  'keylog-no-match': '05-tls13-keylog-missing-one-session',
  'keylog-incomplete': {
    capture: '05-tls13-keyupdate-keylog.pcap',
    keyLogs: ['made/keys/incomplete.keys'],
  },
  'resumed-unseen-session': '03-resume-sid-nofull-noems',
  'forward-secrecy': '05-ecdhe-chacha20-rsakey-only',
  'psk-missing': '08-psk-aes128-cbc-sha-without-psk',
  'key-of-the-client': { capture: 'made/sbc-between.pcap', keys: ['made/keys/server.key.pem'] },
  'wrong-key': '06-wrong-rsa-key',
  'no-key': '06-no-key-at-all',
  'ems-transcript-incomplete': '09-snaplen400-gcm',
  'mac-mismatch': { capture: 'made/record-altered.pcap', keys: ['made/keys/server.key.pem'] },
  'tag-mismatch': '09-corrupt-record-gcm',
  'bad-padding': { capture: 'made/padding-altered.pcap', keys: ['made/keys/server.key.pem'] },
  'damaged-record': { capture: 'made/header-altered.pcap', keys: ['made/keys/server.key.pem'] },
};

/** Shown by a test of its own below, or by no capture at all: each with its reason. */
const ELSEWHERE: Readonly<Partial<Record<CauseId, string>>> = {
  'wrong-secret': 'a damaged key log, below',
  internal: 'our own fault',
};

test('every cause is yielded by a real capture, or says why none can be had', () => {
  const missing = CAUSE_IDS.filter((id) => EVIDENCE[id] === undefined && ELSEWHERE[id] === undefined);
  expect(missing).toEqual([]);
});

describe('causes in real captures', () => {
  test.each(Object.entries(EVIDENCE))('%s', async (cause, evidence) => {
    const opened = await (typeof evidence === 'string' ? openLabPage(evidence) : openEvidence(evidence));
    expect(causesIn(opened)).toContain(cause);
    expect(causesIn(opened)).not.toContain('internal');
    const frames = opened.analysis.structure.frames.length;
    let told = 0;
    for (let frame = 1; frame <= frames; frame += 1) {
      const panel = opened.why.tellFrame(frame);
      if (panel.cause !== cause) continue;
      told += 1;
      expect(panel.title).not.toBe('');
      expect(plainText(panel.what).length).toBeGreaterThan(20);
      expect(panel.fixNow.length + panel.fixNext.length).toBeGreaterThan(0);
      const texts = [panel.what, ...panel.proof, ...panel.fixNow, ...panel.fixNext];
      for (const text of texts) {
        expect(plainText(text)).not.toMatch(/undefined|null|NaN|\[object|frame 0\b/);
        for (const part of text) if (part.kind === 'frame') expect(part.frame).toBeLessThanOrEqual(frames);
      }
    }
    expect(told).toBeGreaterThan(0);
    opened.set.close();
  });

  test('keys made of half a transcript are not called a wrong secret', async () => {
    const opened = await openLabPage('09-snaplen400-gcm');
    expect(causesIn(opened)).not.toContain('wrong-secret');
    opened.set.close();
  });

  test('key-of-the-client: a key that only signs', async () => {
    const opened = await openEvidence({
      capture: 'made/client-certificate-ec.pcap',
      keys: ['made/keys/client-ec.key.pem'],
    });
    expect(causesIn(opened)).toContain('key-of-the-client');
    opened.set.close();
  });

  test('RSA-PSK: it is the private key that is missing where the pre-shared key is loaded', async () => {
    const causes: string[][] = [];
    for (const psks of [[], ['0102030405060708090a0b0c0d0e0f10']]) {
      const ring = new KeyRing();
      expect(loadKeys(ring, { keyFiles: [], keylogs: [], passwords: [], psks }).error).toBeNull();
      const opened = await openFiles([labFile('08-rsa-psk-aes256-gcm.pcap')], ring);
      causes.push([...causesIn(opened)].sort());
      opened.set.close();
    }
    expect(causes).toEqual([
      ['opaque', 'psk-missing'],
      ['no-key', 'opaque'],
    ]);
  });

  test('wrong-secret: a key log whose secrets were damaged', async () => {
    await withDamagedKeyLog('keylogs/05-ecdhe-aes256-gcm-keylog.keys', 'CLIENT_RANDOM', async (file) => {
      const ring = new KeyRing();
      expect(loadKeys(ring, { keyFiles: [], keylogs: [file], passwords: [], psks: [] }).error).toBeNull();
      const opened = await openFiles([labFile('05-ecdhe-aes256-gcm-keylog.pcap')], ring);
      expect(causesIn(opened)).toContain('wrong-secret');
      opened.set.close();
    });
  });
});
