import { describe, expect, test } from 'vitest';
import { CAPTURE_FINDING_IDS } from '../../../core/analysis/capture/capture-findings.ts';
import { FINDING_IDS } from '../../../core/diagnosis/findings.ts';
import type { Severity } from '../../../core/verdict.ts';
import { type Evidence, openEvidence, openLabPage } from './open-made.ts';

interface Expected {
  readonly id: string;
  readonly from: string | Evidence;
  readonly conversation: number;
  readonly severity: Severity;
  readonly says: RegExp;
}

const MADE = 'made/keys/server.key.pem';

const EXPECTED: readonly Expected[] = [
  e(
    'handshake-failed',
    '07-alert-missing-intermediate',
    0,
    'error',
    /client broke off with unknown_ca.* ms after the server’s Certificate/,
  ),
  e(
    'handshake-failed',
    '07-two-phones-md5-client-certificate',
    1,
    'error',
    /server closed the connection in frame 27, .* after the client’s Certificate \(frame 26\)/,
  ),
  e(
    'handshake-failed',
    made('tls13-client-refuses', 'tls13-client-refuses'),
    0,
    'error',
    /unknown_ca.*CN=pbx\.example/,
  ),
  e('handshake-failed', made('tls13-server-refuses'), 0, 'error', /encrypted alert.*place and its length/),
  e(
    'handshake-failed',
    made('tls13-client-refuses-encrypted'),
    0,
    'error',
    /client broke off with an encrypted alert.*does not accept that/,
  ),
  e('handshake-failed', made('silent-server'), 0, 'error', /did not answer the Client Hello/),
  e('hello-unanswered', made('answered-in-clear'), 0, 'error', /answered in clear \(SIP\)/),
  e('hello-unanswered', made('reset-after-hello'), 0, 'error', /without any TLS message/),
  e(
    'connection-refused',
    made('port-closed'),
    1,
    'error',
    /127\.0\.0\.1:5061 refused the TCP connection.*frame 3.*reset in frame 4/,
  ),
  e(
    'connection-unanswered',
    made('syn-unanswered'),
    0,
    'error',
    /did not answer the SYN in frame 1 \(4 tries\)/,
  ),
  e(
    'nothing-said',
    made('nothing-said'),
    0,
    'note',
    /opened in frame 1 and closed in frame 4, 1\.5 s later, and neither side sent a byte/,
  ),
  e(
    'slow-handshake',
    made('slow-handshake'),
    0,
    'warning',
    /took 3\.\d s, 3\.\d s of it until the server’s Server Hello/,
  ),
  e(
    'handshake-failed',
    made('psk-differs'),
    0,
    'error',
    /two sides have not come to the same keys.*pre-shared key that mostly means that the two have different ones/,
  ),
  e(
    'certificate-expired',
    made('expired-intermediate'),
    0,
    'error',
    /certificate of CN=Expired Intermediate CA that the server sent along expired on 2026-10-01/,
  ),
  e('record-refused', made('record-altered', null, MADE), 0, 'error', /pass our check/),
  e('record-refused', made('record-altered', null, MADE), 1, 'error', /fails our check as well/),
  e('record-refused', made('padding-altered', null, MADE), 1, 'error', /bad_record_mac/),
  e('plain-sip-on-tls-port', '07-plain-sip-to-tls-port', 0, 'error', /plain SIP/),
  e('http-on-sip-port', made('http-on-sip-port', null, MADE), 0, 'warning', /Inside TLS, HTTP/),
  e('http-on-sip-port', made('http-on-sip-port', null, MADE), 1, 'warning', /HTTP is spoken in clear/),
  e('no-shared-cipher', made('no-shared-cipher'), 0, 'error', /TLS_RSA_WITH_AES_128_CBC_SHA/),
  e('version-refused', '07-alert-protocol-version', 0, 'error', /TLS 1\.0 at most/),
  e('client-certificate-refused', '07-mtls-client-expired', 0, 'error', /CN=phone-expired/),
  e(
    'client-certificate-refused',
    made('tls13-server-refuses', 'tls13-server-refuses'),
    0,
    'error',
    /none of the authorities.*Made Root CA/,
  ),
  e('client-certificate-missing', '07-mtls-no-client-cert-tls13', 0, 'error', /without any certificate/),
  e(
    'certificate-expired',
    '07-expired-server-cert-accepted',
    0,
    'warning',
    /expired on 2025-10-16, 400 days before/,
  ),
  e('not-yet-valid', made('not-yet-valid'), 0, 'error', /valid only from 20/),
  e('name-mismatch', made('name-mismatch'), 0, 'error', /asked for sip\.example.*is for pbx\.example/),
  e('chain-incomplete', made('chain-incomplete'), 1, 'error', /another chain in this capture/),
  e('self-signed', '07-alert-unknown-ca-from-client-selfsigned', 0, 'error', /self-signed/),
  e('weak-signature', '07-mtls-client-md5-cert', 0, 'error', /MD5 is broken/),
  e(
    'signature-not-offered',
    '07-two-phones-md5-client-certificate',
    1,
    'error',
    /not among the 20 algorithms/,
  ),
  e('weak-key', '01-tls12-rsa-1024-key', 0, 'warning', /RSA 1024/),
  e('old-version', '01-calls-tls10-aes256-sha', 0, 'note', /TLS 1\.0, which is deprecated/),
  e('weak-cipher', '08-rc4-sha', 0, 'warning', /RC4 is prohibited/),
  e(
    'moved',
    { capture: 'made/dtls-cid-moved.pcap', keys: [MADE] },
    1,
    'note',
    /This is the connection of conversation 0: the client went on from 127\.0\.0\.1:\d+ instead of 127\.0\.0\.1:\d+/,
  ),
  e(
    'renegotiation-refused',
    { capture: 'made/renegotiation-refused.pcap', keys: [MADE] },
    0,
    'warning',
    /asked to negotiate the running connection anew \(renegotiation\), but the server refused with no_renegotiation in frame \d+/,
  ),
  e('null-cipher', made('null-suite'), 0, 'warning', /not encrypted at all/),
  e(
    'early-data-rejected',
    made('early-data-rejected', 'early-data-rejected'),
    1,
    'note',
    /did not take it \(Encrypted Extensions/,
  ),
  e(
    'early-data-rejected',
    made('early-data-refused', 'early-data-refused'),
    1,
    'note',
    /did not take it \(Hello Retry Request in frame/,
  ),
  e(
    'resynchronised',
    '09-lost-appdata-client-gcm',
    0,
    'note',
    /after 352 lost bytes from the client between frame 12 and frame 15: sequence \+1/,
  ),
  e(
    'unauthenticated-plaintext',
    '09-lost-appdata-server-tls10',
    0,
    'warning',
    /could be read but not authenticated/,
  ),
  e('tried-all-keys', '09-snaplen400-tls10', 0, 'note', /server1\.key\.pem opens it/),
  e(
    'mid-stream-by-trial',
    { capture: 'made/tls13-mid-stream.pcap', keyLogs: ['keylogs/05-tls13-aes-128-ccm-sha256.keys'] },
    0,
    'note',
    /tried one after another/,
  ),
  e(
    'secret-borrowed',
    { capture: '03-resume-sid-full-gcm.pcap', keyLogs: ['made/keys/resumed-only.keys'] },
    0,
    'note',
    /but conversation 1 resumes the same session, and the secret that opens it also opens the record from the client in frame/,
  ),
  e('packets-lost', '09-lost-clienthello-cbc', 0, 'warning', /lost 142 bytes/),
  e('snapped', '09-snaplen96-cbc', 0, 'warning', /cut 19 packets/),
  e('one-direction', '09-oneway-server-cbc', 0, 'warning', /Nothing that the client/),
  e('which-keys-can-work', '06-no-key-at-all', 0, 'note', /private key of CN=sip\.lab\.example/),
];

describe('findings in real captures', () => {
  test('every finding has a capture that yields it', () => {
    const shown = new Set(EXPECTED.map(({ id }) => id));
    expect(FINDING_IDS.filter((id) => !shown.has(id))).toEqual([]);
  });

  test.each(
    EXPECTED.map(
      (expected) =>
        [`${expected.id} in ${nameOf(expected.from)} ${expected.conversation}`, expected] as const,
    ),
  )('%s', async (_name, { id, from, conversation, severity, says }) => {
    const opened = await (typeof from === 'string' ? openLabPage(from) : openEvidence(from));
    const found = opened.page.findings.findingsOf(conversation).filter((finding) => finding.id === id);
    expect(found.map((finding) => finding.sentence).join('\n')).toMatch(says);
    expect(found.map((finding) => finding.severity)).toContain(severity);
    const frames = opened.analysis.structure.frames.length;
    for (const finding of opened.page.findings.findingsOf(conversation)) {
      expect(finding.sentence).not.toMatch(/undefined|null|NaN|\[object|frame 0\b|unknown \(0x0000\)/);
      expect(finding.fix).not.toMatch(/undefined|null|NaN/);
      for (const frame of finding.frames) expect(frame > 0 && frame <= frames).toBe(true);
    }
    opened.set.close();
  });

  test.each([
    '01-tls12-rsa-aes256-gcm-sha384',
    '03-tls13-psk-resume-full',
    '10-renegotiation-server',
    '13-sip-over-wss',
    '09-halfclose',
  ])('%s: nothing is wrong, and nothing is said to be', async (id) => {
    const opened = await openLabPage(id);
    const errors = opened.page.captureFindings().filter((finding) => finding.severity === 'error');
    expect(errors.map((finding) => finding.sentence)).toEqual([]);
    opened.set.close();
  });
});

describe('the quality of a capture', () => {
  const QUALITY: Readonly<Record<(typeof CAPTURE_FINDING_IDS)[number], string | Evidence | null>> = {
    'packets-lost': '09-lost-appdata-client-gcm',
    snapped: '09-snaplen400-cbc',
    'one-direction': '09-oneway-client-cbc',
    'packets-duplicated': '09-every-packet-twice-gcm',
    'out-of-order': '09-split-and-reversed-gcm',
    'clock-steps': { capture: 'made/clock-step.pcap', keys: ['keys/server1.key.pem'] },
    // A loopback network does not split packets, and no other host is at hand.
    offloaded: null,
  };

  test.each(CAPTURE_FINDING_IDS.filter((id) => QUALITY[id] !== null))('%s', async (id) => {
    const from = QUALITY[id];
    if (from === null) return;
    const opened = await (typeof from === 'string' ? openLabPage(from) : openEvidence(from));
    const found = opened.page.captureFindings().find((finding) => finding.id === id);
    expect(found?.conversation).toBeNull();
    expect(found?.frames.length).toBeGreaterThan(0);
    opened.set.close();
  });

  test('a sound capture has no fault', async () => {
    const opened = await openLabPage('01-tls12-rsa-aes256-gcm-sha384');
    const quality = opened.page.captureFindings().filter((finding) => finding.conversation === null);
    expect(quality).toEqual([]);
    opened.set.close();
  });
});

function e(
  id: string,
  from: string | Evidence,
  conversation: number,
  severity: Severity,
  says: RegExp,
): Expected {
  return { id, from, conversation, severity, says };
}

function made(name: string, keyLog: string | null = null, key: string | null = null): Evidence {
  return {
    capture: `made/${name}.pcap`,
    keys: key === null ? [] : [key],
    keyLogs: keyLog === null ? [] : [`made/keys/${keyLog}.keys`],
  };
}

function nameOf(from: string | Evidence): string {
  return typeof from === 'string' ? from : from.capture;
}
