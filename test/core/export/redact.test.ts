import { describe, expect, test } from 'vitest';
import { ExportSource } from '../../../core/analysis/export/export-source.ts';
import { headerValue, parseSipMessage } from '../../../core/app/sip/parse-message.ts';
import type { ExportedMessage } from '../../../core/export/exported.ts';
import { redact } from '../../../core/export/redact.ts';
import { writeSipCsv } from '../../../core/export/sip-csv.ts';
import { writeSipJson } from '../../../core/export/sip-json.ts';
import { writeSipText } from '../../../core/export/sip-text.ts';
import { formatIpv4 } from '../../../core/net/addresses.ts';
import { LAB, openLab } from '../../support/open-lab.ts';
import { exportedMessage } from './exported-message.ts';

const READABLE = LAB.filter((lab) => lab.decryptable !== 'none' && lab.startLines.length > 0).map(
  ({ id }) => id,
);

describe('a redacted export', () => {
  test.each(READABLE)('%s: holds nothing of the original that names or opens', async (id) => {
    const opened = await openLab(id);
    const messages = [...new ExportSource(opened.analysis, opened.messages, null).sip()];
    const redacted = [...redact(() => messages).messages];
    const text = [writeSipText(redacted), writeSipJson(redacted), writeSipCsv(redacted)]
      .map((pieces) => Buffer.concat([...pieces]).toString('utf8'))
      .join('\n');
    const found = originalsOf(messages).filter((original) => holds(text, original));
    expect(found).toEqual([]);
    expect(redacted.length).toBe(messages.length);
    // The flow can still be followed.
    const shape = (list: readonly ExportedMessage[]): unknown =>
      list.map((message) => [
        message.frame,
        message.cseq,
        message.startLine.split(' ')[0],
        list.findIndex((other) => other.callId === message.callId),
        list.findIndex((other) => headerOf(other, 'from') === headerOf(message, 'from')),
      ]);
    expect(shape(redacted)).toEqual(shape(messages));
  });

  test('replaces what devices hide everywhere, the same by the same', () => {
    const [first, second] = redactTexts([INVITE, ANSWER]);
    const whole = `${first}${second}`;
    for (const original of SECRETS) expect(holds(whole, original), original).toBe(false);
    expect(first).toContain('z9hG4bK');
    expect(first).toContain('m=audio 40000 RTP/AVP 0');
    expect(first).toContain('algorithm=MD5');
    expect(first).toMatch(/User-Agent: Phone 3\.1/);
    expect(first).toMatch(/X-Correlation: (\S+)\r\n(.*\r\n)*Call-ID: \1\r\n/);
    expect(/From: .*tag=(\S+)\r/.exec(first)?.[1]).toBe(/From: .*tag=(\S+)\r/.exec(second)?.[1]);
    // Still private, still public, and as long as it was.
    expect(first).toMatch(/c=IN IP4 10\./);
    expect(first).toMatch(/received=198\.1[89]\./);
    expect(/inline:(\S+?)\|/.exec(first)?.[1]).toHaveLength(40);
    const { bodyFrom, bytes } = parseSipMessage(Buffer.from(first));
    expect(first).toContain(`Content-Length: ${bytes.length - bodyFrom}`);
  });

  test('replaces the addresses of the packets as those in the text, and tells how many', () => {
    const messages = [messageOf(INVITE)];
    const redacted = redact(() => messages);
    const [message] = [...redacted.messages];
    const [word = 0] = message?.source.words ?? [];
    const address = [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255].join('.');
    expect(Buffer.from(message?.bytes ?? []).toString()).toContain(`c=IN IP4 ${address}`);
    const counts = new Map(redacted.counts().map(({ kind, count }) => [kind, count]));
    expect(counts.get('number')).toBe(2);
    expect(counts.get('key')).toBe(2);
    expect(counts.get('call-id')).toBe(1);
  });

  test('replaces an address in free text as everywhere else, whichever came first', () => {
    const texts = [
      'OPTIONS sip:a.acme.test SIP/2.0\r\nUser-Agent: phone-10.9.8.7 (at 10.9.8.6)\r\nCall-ID: c1\r\n\r\n',
      'OPTIONS sip:a.acme.test SIP/2.0\r\nVia: SIP/2.0/UDP 10.9.8.6;received=10.9.8.7\r\nCall-ID: c1\r\n\r\n',
    ];
    const messages = texts.map((text, at) => {
      const message = messageOf(text);
      const end = { ...message.source, words: [0x0a09_0806 + at, 0, 0, 0] };
      return at === 0 ? message : { ...message, source: end, destination: end };
    });
    const [first, second] = [...redact(() => messages).messages];
    const [one = '', other = ''] = [first, second].map((message) =>
      Buffer.from(message?.bytes ?? []).toString(),
    );
    for (const original of ['10.9.8.7', '10.9.8.6']) expect(one + other).not.toContain(original);
    const shown = /phone-(\S+) \(at (\S+)\)/.exec(one) ?? [];
    expect(other).toContain(`Via: SIP/2.0/UDP ${shown[2] ?? ''};received=${shown[1] ?? ''}`);
    // The packet's own address is the same one.
    expect(second?.source.words[0]).not.toBe(0x0a09_0807);
    expect(formatIpv4(second?.source.words[0] ?? 0)).toBe(shown[1]);
  });

  test('replaces user and host of an address in free text', () => {
    const [text] = redactTexts([
      'OPTIONS sip:x SIP/2.0\r\nFrom: \\"arik\\" <sip:816666@voip.acme.test>;tag=1\r\nUser-Agent: for 816666@voip.acme.test.\r\nServer: bob@pbx-acme\r\n\r\n',
    ]);
    for (const original of ['arik', '816666', 'acme', 'voip', 'bob']) expect(text).not.toContain(original);
    expect(text).toMatch(/User-Agent: for 5\d+@host\d\.example/);
  });

  test('never uses a stand-in that is somebody', () => {
    const [text = ''] = redactTexts([
      'OPTIONS sip:5001@host1.example SIP/2.0\r\nFrom: <sip:name1@198.18.0.1>;tag=tag1\r\nCall-ID: call-id1\r\nVia: SIP/2.0/UDP 8.8.8.8\r\n\r\n',
    ]);
    for (const original of ['5001', 'host1.example', 'name1', '198.18.0.1', 'tag1', 'call-id1', '8.8.8.8'])
      expect(holds(text, original), original).toBe(false);
  });
});

const SECRETS = [
  '+4930123456',
  '4711',
  'Alice',
  'Wonder',
  'pbx.acme.test',
  'acme',
  '10.1.2.3',
  '192.0.2.77',
  '2001:db8:1::5',
  'abc-from-tag',
  'z9hG4bKoriginal',
  'original-call-id',
  'deadbeefnonce',
  'caferesponse',
  'd0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj',
  'AA:BB:CC:DD:EE:FF:00:11',
  'icepassword',
  'iceuser',
  'cname-of-alice',
  'H0a010203',
  '00155d123456',
  'secretpart',
  'door 12',
];

const INVITE = [
  'INVITE sip:+4930123456@pbx.acme.test;user=phone;custom=secretpart SIP/2.0',
  'v: SIP/2.0/TLS 10.1.2.3:5061;branch=z9hG4bKoriginal;received=192.0.2.77;rport=5061, SIP/2.0/TLS [2001:db8:1::5]',
  'From: "Alice Wonder" <sip:4711@pbx.acme.test>;tag=abc-from-tag',
  't: <sip:+4930123456@pbx.acme.test>',
  'X-Correlation: original-call-id@pbx.acme.test',
  'Subject: meet Alice at door 12',
  'User-Agent: Phone 3.1 00155d123456',
  'Proxy-Authorization: Digest username="4711", realm="pbx.acme.test", nonce="deadbeefnonce", uri="sip:pbx.acme.test", response="caferesponse", algorithm=MD5',
  'CSeq: 2 INVITE',
  'Call-ID: original-call-id@pbx.acme.test',
  'Content-Type: application/sdp',
  'Content-Length: 0',
].join('\r\n');
const SDP = [
  'v=0',
  'o=4711 123 124 IN IP4 10.1.2.3',
  's=Alice Wonder',
  'c=IN IP4 10.1.2.3',
  't=0 0',
  'm=audio 40000 RTP/AVP 0',
  'a=rtpmap:0 PCMU/8000',
  'a=rtcp:40001 IN IP4 10.1.2.3',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:32',
  'a=fingerprint:sha-256 AA:BB:CC:DD:EE:FF:00:11',
  'a=ice-ufrag:iceuser',
  'a=ice-pwd:icepassword',
  'a=candidate:H0a010203 1 UDP 2130706431 10.1.2.3 40000 typ srflx raddr 192.0.2.77 rport 1',
  'a=ssrc:1234 cname:cname-of-alice',
  '',
].join('\r\n');
const ANSWER =
  'SIP/2.0 486 Alice is busy\r\nFrom: sip:4711@pbx.acme.test;tag=abc-from-tag\r\nCall-ID: original-call-id@pbx.acme.test\r\nContent-Type: text/plain\r\n\r\nmeet me at door 12';

function redactTexts(texts: readonly string[]): [string, string] {
  const messages = texts.map(messageOf);
  const [first = '', second = ''] = [...redact(() => messages).messages].map((message) =>
    Buffer.from(message.bytes).toString('utf8'),
  );
  return [first, second];
}

function messageOf(text: string): ExportedMessage {
  const whole =
    text === INVITE
      ? `${INVITE.replace('Content-Length: 0', `Content-Length: ${SDP.length}`)}\r\n\r\n${SDP}`
      : text;
  return exportedMessage(whole, {
    nanoseconds: 2,
    source: { ipVersion: 4, words: [0x0a010203, 0, 0, 0], port: 5061 },
    destination: { ipVersion: 4, words: [0xc000024d, 0, 0, 0], port: 5061 },
    callId: /Call-ID: (.*)/.exec(whole)?.[1] ?? '',
    cseq: '2 INVITE',
  });
}

/** Gathered by patterns of its own, so that what the redaction does not know of is missed by it, not by the test. */
function originalsOf(messages: readonly ExportedMessage[]): string[] {
  const originals = new Set<string>();
  const patterns = [
    /sips?:([^@\s;>"]+)@/g,
    /sips?:(?:[^@\s;>"]+@)?([\w.-]+)/g,
    /"([^"]{3,})"\s*</g,
    /tag=([^\s;,>]+)/g,
    /branch=([^\s;,>]+)/g,
    /(?:nonce|response|cnonce|opaque|realm|username)="([^"]+)"/g,
    /\n(?:Call-ID|i): *(\S+)/gi,
    /inline:([^|\s]+)/g,
    /\b(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})\b/g,
    /\no=(\S+)/g,
    /SIP\/2\.0\/\w+ ([\w.-]+)/g,
  ];
  for (const message of messages) {
    const text = Buffer.from(message.bytes).toString('utf8');
    for (const pattern of patterns) for (const match of text.matchAll(pattern)) originals.add(match[1] ?? '');
  }
  originals.delete('0.0.0.0');
  originals.delete('-');
  return [...originals].filter((original) => original.length > 2);
}

function holds(text: string, original: string): boolean {
  const escaped = original.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'iu').test(text);
}

function headerOf(message: ExportedMessage, name: string): string | null {
  return headerValue(parseSipMessage(message.bytes), name);
}
