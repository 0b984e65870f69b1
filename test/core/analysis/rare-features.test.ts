import { describe, expect, test } from 'vitest';
import { MediaStreams } from '../../../core/analysis/media/media-streams.ts';
import { plainText } from '../../../core/diagnosis/rich-text.ts';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { addLabKeys, labFile, openFiles, type OpenedLab } from '../../support/open-lab.ts';

/** A capture of test/captures/made with a key or a key log of made/keys. */
async function openMade(name: string, key: string): Promise<OpenedLab> {
  const ring = new KeyRing();
  addLabKeys(ring, [{ type: key.endsWith('.keys') ? 'nss-keylog' : 'rsa', file: `made/keys/${key}` }]);
  return openFiles([labFile(`made/${name}.pcap`)], ring);
}

/** Version, verdict, and how many records were decrypted and stayed opaque, a conversation a line. */
function conversationsOf(opened: OpenedLab): string[] {
  const { length } = opened.analysis.structure.conversations;
  return Array.from({ length }, (_none, conversation) => {
    const { version, verdict, records } = opened.conversations.report(conversation);
    return `${version} ${verdict} ${records.decrypted} ${records.opaque}`;
  });
}

/**
 * Method or status of every message, with its Call-ID: each is one that its endpoint gave to its library. Read from the
 * whole text, which is made again when it is asked for.
 */
function messagesOf(opened: OpenedLab): string[] {
  return Array.from({ length: opened.messages.length }, (_none, at) => {
    const text = opened.messages.textOf(at) ?? '';
    const words = text.split(' ');
    const callId = /\r\nCall-ID: (\S+)@.*Content-Length: 0\r\n\r\n$/s.exec(text)?.[1];
    return `${words[0] === 'SIP/2.0' ? words[1] : words[0]} ${callId}`;
  });
}

/** Three requests and their answers, as often as there are connections. */
function exchanges(prefix: string, connections: number): string[] {
  const one = [0, 1, 2].flatMap((n) => [`OPTIONS ${prefix}-${n}`, `200 ${prefix}-${n}`]);
  return Array.from({ length: connections }, () => one).flat();
}

function infosOf(opened: OpenedLab): string[] {
  const { length } = opened.analysis.structure.frames;
  return Array.from({ length }, (_none, at) => opened.frames.infoOf(at + 1));
}

const CASES: readonly (readonly [
  name: string,
  key: string,
  messages: string,
  conversations: readonly string[],
])[] = [
  [
    'deflate',
    'server.key.pem',
    'made',
    ['TLS 1.0 decrypted 10 0', 'TLS 1.1 decrypted 10 0', 'TLS 1.2 decrypted 10 0', 'TLS 1.2 decrypted 10 0'],
  ],
  ['dtls-cid', 'dtls-cid.keys', 'rare', Array.from({ length: 5 }, () => 'DTLS 1.2 decrypted 10 0')],
  ['dtls-cid-draft', 'server.key.pem', 'rare', Array.from({ length: 3 }, () => 'DTLS 1.2 decrypted 10 0')],
  [
    'dtls13-cid',
    'dtls13-cid.keys',
    'wolf',
    ['DTLS 1.3 decrypted 14 0', 'DTLS 1.3 decrypted 14 0', 'DTLS 1.3 decrypted 18 0'],
  ],
  ['dtls13-srtp', 'dtls13-srtp.keys', 'wolf', ['DTLS 1.3 decrypted 13 0', 'DTLS 1.3 decrypted 14 0']],
  [
    'truncated-hmac',
    'server.key.pem',
    'rare',
    [
      // The first splits its records against BEAST.
      'TLS 1.0 decrypted 16 0',
      'TLS 1.2 decrypted 10 0',
      'TLS 1.2 decrypted 10 0',
      'DTLS 1.2 decrypted 10 0',
    ],
  ],
  [
    'max-fragment-length',
    'server.key.pem',
    'rare',
    [
      'TLS 1.2 decrypted 22 0',
      'TLS 1.2 decrypted 10 0',
      'DTLS 1.2 decrypted 22 0',
      'DTLS 1.2 decrypted 16 0',
      'DTLS 1.2 decrypted 10 0',
      'DTLS 1.2 decrypted 10 0',
    ],
  ],
  ['record-size-limit-dtls', 'server.key.pem', 'gnu', ['DTLS 1.2 decrypted 22 0']],
  [
    'heartbeat',
    'heartbeat.keys',
    'gnu',
    [
      'TLS 1.2 decrypted 22 0',
      'TLS 1.3 decrypted 25 0',
      'DTLS 1.2 decrypted 22 0',
      'DTLS 1.0 decrypted 22 0',
      'TLS 1.2 clear 0 0',
    ],
  ],
];

describe('handshakes that few endpoints make', () => {
  test.each([
    // The client wrote the version that the server had taken into it, not the one it had offered.
    [
      'a pre-master secret of another version',
      'premaster-version',
      'server.key.pem',
      ['TLS 1.1 9', 'TLS 1.1 9', 'TLS 1.0 12'],
      18,
    ],
    [
      'eight renegotiations, each to another suite, and 23',
      'renegotiation-suites',
      'server.key.pem',
      ['TLS 1.2 94', 'TLS 1.2 259'],
      66,
    ],
    [
      'an RSA key of 16,384 bits whose p is the smaller prime',
      'rsa-16384',
      'rsa-16384.key.pem',
      ['TLS 1.2 8'],
      4,
    ],
  ])('%s', async (_name, capture, key, lines, messages) => {
    const opened = await openMade(capture, key);
    expect(conversationsOf(opened)).toEqual(
      lines.map((line) => line.replace(/ (\d+)$/, (_all, records: string) => ` decrypted ${records} 0`)),
    );
    expect(opened.messages.length).toBe(messages);
    opened.set.close();
  });

  test('early data opens by its own line, however the server refused it', async () => {
    const opened = await openMade('early-data-refused', 'early-data-refused.keys');
    expect(conversationsOf(opened)).toEqual(
      [10, 11, 10, 8, 10, 9, 11].map((records) => `TLS 1.3 decrypted ${records} 0`),
    );
    // Four requests go early in each of four connections; three are refused, and nothing of them is lost to us.
    const early = messagesOf(opened).filter((message) => /made-10\d$/.test(message));
    expect(early).toHaveLength(16);
    opened.set.close();
  });
});

describe('what few endpoints still speak', () => {
  test.each(CASES)('%s: every record opens, and every message is there', async (name, key, prefix, lines) => {
    const opened = await openMade(name, key);
    expect(conversationsOf(opened)).toEqual(lines);
    expect(messagesOf(opened)).toEqual(exchanges(prefix, lines.length));
    opened.set.close();
  });

  test('records of a client that moved open with the keys of its connection, and count as such', async () => {
    const opened = await openMade('dtls-cid-moved', 'server.key.pem');
    expect(conversationsOf(opened)).toEqual(['DTLS 1.2 decrypted 4 0', 'DTLS 1.2 decrypted 6 0']);
    expect(messagesOf(opened)).toEqual(exchanges('rare', 1));
    // It is the client that moved: its new port, and the server's old one.
    expect(opened.conversations.report(1)).toMatchObject({
      client: '127.0.0.1:15222',
      server: '127.0.0.1:15221',
      key: { kind: 'rsa-key', source: 'server.key.pem' },
    });
    opened.set.close();
    const locked = await openMade('dtls-cid-moved', 'provider.key.pem');
    expect(locked.conversations.report(1).causes).toEqual({ 'wrong-key': 6 });
    locked.set.close();
  });

  test('heartbeats are told by name, and only as encrypted without a key', async () => {
    const opened = await openMade('heartbeat', 'heartbeat.keys');
    const infos = infosOf(opened);
    const count = (info: string): number => infos.filter((known) => known === info).length;
    expect([count('Heartbeat Request'), count('Heartbeat Response')]).toEqual([30, 30]);
    opened.set.close();
    const locked = await openMade('heartbeat', 'provider.key.pem');
    const left = infosOf(locked);
    // Those under the NULL suite need no key; in TLS 1.3 none can be told from other data.
    expect(left.filter((info) => info === 'Heartbeat Request')).toHaveLength(6);
    expect(left.filter((info) => info === 'Encrypted Heartbeat')).toHaveLength(36);
    locked.set.close();
  });

  test('media under the keys that DTLS 1.3 exported are authentic, packet by packet', async () => {
    const { set, analysis, messages, frames } = await openMade('dtls13-srtp', 'dtls13-srtp.keys');
    const { rows } = new MediaStreams(analysis, messages, frames).window(null, 0, 10, (callId) => callId);
    expect(rows.map(({ protection, failed }) => [protection, failed])).toEqual(
      Array.from({ length: 4 }, () => ['dtls-srtp', 0]),
    );
    expect(rows.every(({ authenticated, packets }) => authenticated === packets && packets >= 24)).toBe(true);
    const words = rows.map(({ srtp }) => plainText(srtp)).join('\n');
    expect(words).toContain('AES_CM_128_HMAC_SHA1_80');
    expect(words).toContain('AEAD_AES_128_GCM');
    set.close();
  });

  test('suites of the nineties open by a key log, and by the private key where no temporary key was sent', async () => {
    const opened = await openMade('old-suites', 'old-suites.keys');
    const versions = ['TLS 1.0', 'TLS 1.0', 'TLS 1.0', 'SSL 3.0', 'TLS 1.1', 'TLS 1.0', 'TLS 1.2'];
    expect(conversationsOf(opened)).toEqual(versions.map((version) => `${version} decrypted 6 0`));
    // The server sends back what it was asked.
    expect(messagesOf(opened)).toEqual(Array.from({ length: 14 }, () => 'OPTIONS made-0'));
    opened.set.close();
    const byKey = await openMade('old-suites', 'server.key.pem');
    expect(conversationsOf(byKey)).toEqual(
      versions.map((version, at) => `${version} ${at < 4 ? 'opaque 0 6' : 'decrypted 6 0'}`),
    );
    byKey.set.close();
  });

  test('SSL 2.0: what is in clear is named, what is encrypted is not called clear', async () => {
    const opened = await openMade('ssl2', 'server.key.pem');
    expect(conversationsOf(opened)).toEqual(['SSL 2.0 opaque 0 7']);
    const infos = infosOf(opened).filter((info) => !/\bSeq=/.test(info));
    expect(infos.slice(0, 4)).toEqual([
      'Client Hello',
      'Server Hello',
      'Client Master Key',
      'Encrypted Data',
    ]);
    expect(opened.conversations.report(0).causes).toEqual({ 'unsupported-version': 7 });
    opened.set.close();
  });

  test('a compression that is not DEFLATE: authentic, and said to be why', async () => {
    const opened = await openMade('private-compression', 'server.key.pem');
    expect(opened.conversations.report(0).causes).toEqual({ 'unsupported-compression': 6 });
    const told = infosOf(opened).findIndex((info) => info === 'Application Data');
    expect(plainText(opened.why.tellFrame(told + 1).what)).toContain('compression method 221');
    opened.set.close();
  });
});
