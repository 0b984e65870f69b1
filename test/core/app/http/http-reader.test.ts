import { describe, expect, it } from 'vitest';
import { feed, recordAppStream, type Recording } from '../record-app-stream.ts';
import { SDP, sipMessage } from '../sip-messages.ts';

const GET = 'GET /config.xml HTTP/1.1\r\nHost: pbx.example\r\n\r\n';
const HEAD = 'HEAD / HTTP/1.1\r\nHost: pbx.example\r\n\r\n';
const POST = 'POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello';
const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc';
const CHUNKED =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
  '5;name=value\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nTrailer: yes\r\n\r\n';
const INVITE = sipMessage({ body: SDP });

function told(recording: Recording): unknown[] {
  return recording.announced.map((m) => [m.direction, m.what, m.text, m.truncated]);
}

describe('HTTP/1.1', () => {
  it('frames requests and responses by length, chunks and method, for every split', () => {
    const responses = `${RESPONSE}HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n${CHUNKED}${RESPONSE}`;
    for (let cut = 0; cut < responses.length; cut++) {
      const recording = recordAppStream();
      feed(recording, 0, GET + HEAD + POST + GET);
      feed(recording, 1, responses, [cut, cut + 2]);
      expect(told(recording)).toEqual([
        [0, 'http', GET, false],
        [0, 'http', HEAD, false],
        [0, 'http', POST, false],
        [0, 'http', GET, false],
        [1, 'http', RESPONSE, false],
        [1, 'http', 'HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n', false],
        [1, 'http', CHUNKED, false],
        [1, 'http', RESPONSE, false],
      ]);
      expect(recording.protocols).toEqual(['HTTP']);
    }
  });

  it('goes over to SIP on the same connection', () => {
    const recording = recordAppStream();
    feed(recording, 0, GET);
    feed(recording, 1, RESPONSE);
    feed(recording, 0, INVITE, [], 1);
    feed(recording, 1, sipMessage({ startLine: 'SIP/2.0 100 Trying' }), [], 1);
    expect(recording.announced.map((m) => m.summary)).toEqual([
      'GET /config.xml HTTP/1.1',
      'HTTP/1.1 200 OK',
      'INVITE sip:bob@lab.example SIP/2.0',
      'SIP/2.0 100 Trying',
    ]);
    expect(recording.protocols).toEqual(['HTTP', 'SIP']);
  });

  it('a response without length lasts until the connection ends', () => {
    const recording = recordAppStream();
    feed(recording, 1, 'HTTP/1.0 200 OK\r\n\r\nINVITE sip:not@a.message SIP/2.0\r\n\r\n', [22, 40]);
    expect(recording.announced).toEqual([]);
    recording.stream.end(1);
    expect(recording.announced.map((m) => [m.what, m.truncated])).toEqual([['http', false]]);
  });

  it('keeps at most 1 MiB of a body and stays in step', () => {
    for (const chunked of [false, true]) {
      const size = 3 << 20;
      const recording = recordAppStream();
      feed(recording, 0, GET + GET);
      feed(
        recording,
        1,
        `HTTP/1.1 200 OK\r\n${chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${size}`}\r\n\r\n`,
      );
      const piece = 'z'.repeat(1 << 14);
      for (let i = 0; i < size >> 14; i++) {
        if (chunked) feed(recording, 1, `4000\r\n${piece}\r\n`, [7], 10 + i);
        else feed(recording, 1, piece, [], 10 + i);
      }
      if (chunked) feed(recording, 1, '0\r\n\r\n', [], 5000);
      feed(recording, 1, RESPONSE, [], 5001);
      const [, , large, small] = recording.announced;
      expect(recording.announced.length).toBe(4);
      expect([large?.truncated, large?.text.length]).toEqual([true, 1 << 20]);
      expect([small?.truncated, small?.text]).toEqual([false, RESPONSE]);
    }
  });

  it('nonsense in place of a chunk size: what was read is truncated, a start line is looked for', () => {
    const recording = recordAppStream();
    feed(recording, 1, `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n${RESPONSE}`);
    expect(recording.announced.map((m) => [m.what, m.truncated]).slice(0, 1)).toEqual([['http', true]]);
    expect(recording.announced.at(-1)?.text).toBe(RESPONSE);
  });
});

describe('TLS inside another protocol', () => {
  const hello = '\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00';
  const answer = '\x16\x03\x03\x00\x04\x02\x00\x00\x00';

  it('HTTP CONNECT', () => {
    for (let cut = 0; cut < hello.length; cut++) {
      const recording = recordAppStream();
      feed(recording, 0, 'CONNECT sbc.example:5061 HTTP/1.1\r\nHost: sbc.example:5061\r\n\r\n');
      feed(recording, 1, 'HTTP/1.1 200 Connection established\r\n\r\n');
      feed(recording, 0, `${hello}\x17\x03\x03\x00\x01x`, [cut], 1);
      feed(recording, 1, `${answer}more`, [cut % 8], 1);
      expect(recording.tunnelled).toEqual([`${hello}\x17\x03\x03\x00\x01x`, `${answer}more`]);
      expect(recording.stream.tunnelled).toBe(true);
      expect(recording.announced.map((m) => m.what)).toEqual(['http', 'http']);
    }
  });

  it('STARTTLS of mail, where the server speaks first', () => {
    const recording = recordAppStream();
    feed(recording, 1, '220 mail.example ESMTP ready\r\n');
    feed(recording, 0, 'EHLO phone\r\n');
    feed(recording, 1, '250-mail.example\r\n250 STARTTLS\r\n', [], 1);
    feed(recording, 0, 'STARTTLS\r\n', [], 1);
    feed(recording, 1, '220 go ahead\r\n', [], 2);
    feed(recording, 0, hello, [1, 2, 3, 4, 5], 2);
    feed(recording, 1, answer, [], 3);
    expect(recording.protocols).toEqual(['SMTP']);
    expect(recording.tunnelled).toEqual([hello, answer]);
    expect(recording.announced.map((m) => m.summary)).toEqual([
      '220 mail.example ESMTP ready',
      'EHLO phone',
      '250-mail.example',
      'STARTTLS',
      '220 go ahead',
    ]);
  });

  it('PostgreSQL and RDP, by content', () => {
    for (const [name, request, response] of [
      ['PostgreSQL', '\x00\x00\x00\x08\x04\xd2\x16\x2f', 'S'],
      [
        'RDP',
        '\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00',
        '\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x00\x08\x00\x01\x00\x00\x00',
      ],
    ] as const) {
      const recording = recordAppStream();
      feed(recording, 0, request);
      feed(recording, 1, response);
      feed(recording, 0, hello, [], 1);
      feed(recording, 1, answer, [], 1);
      expect(recording.protocols).toEqual([name]);
      expect(recording.tunnelled).toEqual([hello, answer]);
    }
  });

  it('a hello in the chunk that asked for it', () => {
    const recording = recordAppStream();
    feed(recording, 0, 'EHLO phone\r\n');
    feed(recording, 0, `STARTTLS\r\n${hello}`, [], 1);
    expect(recording.tunnelled[0]).toBe(hello);
  });
});
