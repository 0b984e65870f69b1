import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectDatagramProtocol } from '../../../core/app/detect-datagram.ts';
import { detectStreamProtocol } from '../../../core/app/detect-protocol.ts';
import { PROTOCOL_NEEDS_MORE, protocolName } from '../../../core/app/protocols.ts';
import { bytesOf } from './record-app-stream.ts';

function hex(text: string): string {
  return text
    .split(' ')
    .map((pair) => String.fromCharCode(Number.parseInt(pair, 16)))
    .join('');
}

const DNS = `${hex('12 34 01 00 00 01 00 00 00 00 00 00 03')}sip\x07example\x00\x00\x01\x00\x01`;

const STREAMS: readonly [name: string, text: string][] = [
  ['SIP', 'INVITE sip:bob@example.com SIP/2.0\r\n'],
  ['SIP', '\r\n\r\nREGISTER sips:example.com SIP/2.0\r\n'],
  ['SIP', 'SIP/2.0 200 OK\r\n'],
  ['SIP', 'OPTIONS sip:a@b'],
  ['SIP', 'STRANGE tel:+1 SIP/2.0\n'],
  ['HTTP', 'GET /index.html HTTP/1.1\r\n'],
  ['HTTP', 'OPTIONS * HTTP/1.1\r\n'],
  ['HTTP', 'HTTP/1.1 404 Not Found\r\n'],
  ['HTTP CONNECT', 'CONNECT sbc.example:5061 HTTP/1.1\r\n'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['RTSP', 'DESCRIBE rtsp://camera.example/1 RTSP/1.0\r\n'],
  ['MSRP', 'MSRP a786hjs2 SEND\r\n'],
  ['MSRP', 'MSRP a786hjs2 200 OK\r\n'],
  ['WebSocket', `\x81\x26SIP/2.0 200 OK\r\n${'x'.repeat(24)}`],
  ['TLS', hex('16 03 01 02 00 01')],
  ['TLS', hex('17 03 03 00 20')],
  ['TLS', hex('15 03 00 00 02')],
  ['SSLv2', hex('80 2e 01 03 01 00 15 00 00 00 10 00 00 2f')],
  ['SMTP', '220 mail.example ESMTP Postfix\r\n'],
  ['SMTP', 'EHLO phone\r\n'],
  ['FTP', '220 (vsFTPd 3.0.3) FTP\r\n'],
  ['IMAP', '* OK [CAPABILITY STARTTLS] ready\r\n'],
  ['POP3', '+OK ready\r\n'],
  ['XMPP', "<?xml version='1.0'?><stream:stream to='example'>"],
  ['XMPP', '<stream:stream xmlns="jabber:client">'],
  ['LDAP', hex('30 1d 02 01 01 77 18 80 16')],
  ['PostgreSQL', hex('00 00 00 08 04 d2 16 2f')],
  ['MySQL', `${hex('4a 00 00 00 0a')}8.0.36-debian\x00${'s'.repeat(40)}`],
  ['RDP', hex('03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 03 00 00 00')],
  ['HEP3', 'HEP3\x00\x40'],
  ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['DNS', `\x00${String.fromCharCode(DNS.length)}${DNS}`],
  ['data', 'Dear Sir,\r\n'],
  ['data', hex('16 02 01 00 05')],
  ['data', hex('17 03 03 ff ff')],
];

const DATAGRAMS: readonly [name: string, text: string][] = [
  ['SIP', 'SIP/2.0 200 OK\r\nVia: x\r\n\r\n'],
  ['SIP', '\r\nNOTIFY sip:a SIP/2.0\r\n\r\n'],
  ['DTLS', hex('16 fe ff 00 00 00 00 00 00 00 00 00 10')],
  ['DTLS', hex('17 fe fd 00 01 00 00 00 00 00 01 00 10')],
  ['DTLS', `${hex('2f 00 01 00 10')}${'e'.repeat(16)}`],
  ['RTP', `${hex('80 00 00 01 00 00 00 a0 de ad be ef')}${'\xd5'.repeat(160)}`],
  ['RTP', `${hex('90 60 00 01 00 00 00 a0 de ad be ef be de 00 01 00 00 00 00')}${'\xd5'.repeat(20)}`],
  ['RTCP', `${hex('80 c8 00 06')}${'r'.repeat(24)}`],
  ['STUN', `${hex('00 01 00 00 21 12 a4 42')}${'t'.repeat(12)}`],
  ['TURN channel', `${hex('40 00 00 05')}hello\x00\x00\x00`],
  ['ZRTP', `${hex('10 00 12 34 5a 52 54 50')}${'z'.repeat(20)}`],
  ['QUIC', `${hex('c3 00 00 00 01 08')}${'d'.repeat(8)}\x04${'s'.repeat(20)}`],
  ['WireGuard', `${hex('04 00 00 00 01 00 00 00')}${'w'.repeat(88)}`],
  ['WireGuard', `${hex('01 00 00 00')}${'w'.repeat(144)}`],
  ['data', `${hex('04 00 00 00 01 00 00 00')}${'w'.repeat(85)}`],
  ['HEP3', 'HEP3\x00\x40rest'],
  ['DNS', DNS],
  ['keep-alive', '\r\n\r\n'],
  ['keep-alive', '\x00\x00\x00\x00'],
  ['data', 'hello there'],
  ['data', hex('80 00 00')],
  ['data', hex('9f 60 00 01 00 00 00 a0 de ad be ef be de 00 01')],
];

describe('detectStreamProtocol', () => {
  for (const [name, text] of STREAMS) {
    it(`${name}: ${JSON.stringify(text.slice(0, 30))}`, () => {
      const bytes = bytesOf(`##${text}`);
      expect(protocolName(detectStreamProtocol(bytes, 2, bytes.length))).toBe(name);
      // Fewer bytes never say something else.
      for (let to = 2; to < bytes.length; to++) {
        const code = detectStreamProtocol(bytes, 2, to);
        if (code !== PROTOCOL_NEEDS_MORE) expect([name, 'data']).toContain(protocolName(code));
      }
      expect(detectStreamProtocol(bytes, 2, 2)).toBe(PROTOCOL_NEEDS_MORE);
    });
  }

  it('waits where SIP, TLS, HTTP or MSRP may still come', () => {
    for (const [name, text] of STREAMS.filter(([known]) => ['SIP', 'TLS', 'HTTP', 'MSRP'].includes(known))) {
      const bytes = bytesOf(text);
      const wanted = name === 'TLS' ? 4 : 2;
      expect(detectStreamProtocol(bytes, 0, wanted), text).toBe(PROTOCOL_NEEDS_MORE);
    }
  });

  it('reads no byte outside of its bounds and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(10), fc.nat(10), (bytes, from, less) => {
        const start = Math.min(from, bytes.length);
        const end = Math.max(start, bytes.length - less);
        const alone = bytes.slice(start, end);
        expect(detectStreamProtocol(bytes, start, end)).toBe(detectStreamProtocol(alone, 0, alone.length));
        expect(detectDatagramProtocol(bytes, start, end)).toBe(
          detectDatagramProtocol(alone, 0, alone.length),
        );
      }),
      { numRuns: 3000 },
    );
  });
});

describe('detectDatagramProtocol', () => {
  for (const [name, text] of DATAGRAMS) {
    it(`${name}: ${JSON.stringify(text.slice(0, 24))}`, () => {
      const bytes = bytesOf(`#${text}#`);
      expect(protocolName(detectDatagramProtocol(bytes, 1, bytes.length - 1))).toBe(name);
    });
  }
});
