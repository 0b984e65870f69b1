import { describe, expect, it } from 'vitest';
import { feed, recordAppStream } from '../record-app-stream.ts';
import { sipMessage } from '../sip-messages.ts';

const head =
  'To-Path: msrps://bob.example:8888/9di4eae923wzd;tcp\r\nFrom-Path: msrps://alice.example:7777/iau39soe2843z;tcp\r\n';
const SEND =
  `MSRP a786hjs2 SEND\r\n${head}Message-ID: 87652491\r\nByte-Range: 1-25/25\r\nContent-Type: text/plain\r\n\r\n` +
  'Hey Bob,\r\n-------a786hjs2 no end\r\n-------other$\r\n\r\n-------a786hjs2$\r\n';
const OK = `MSRP a786hjs2 200 OK\r\n${head}-------a786hjs2$\r\n`;

describe('MSRP', () => {
  it('ends a message at its own end line only, for every split', () => {
    const text = SEND + OK + SEND;
    for (let cut = 0; cut < text.length; cut++) {
      const recording = recordAppStream();
      feed(recording, 0, text, [cut, cut + 4]);
      expect(recording.announced.map((m) => [m.what, m.text, m.truncated])).toEqual([
        ['msrp', SEND, false],
        ['msrp', OK, false],
        ['msrp', SEND, false],
      ]);
      expect(recording.announced[1]?.summary).toBe('MSRP a786hjs2 200 OK');
      expect(recording.protocols).toEqual(['MSRP']);
    }
  });

  it('keeps at most 1 MiB and stays in step', () => {
    const recording = recordAppStream();
    feed(recording, 0, `MSRP abcd1234 SEND\r\n${head}\r\n`);
    for (let i = 0; i < 40; i++) feed(recording, 0, '\xff'.repeat(50_000), [], i + 1);
    feed(recording, 0, `\r\n-------abcd1234+\r\n${SEND}`, [3, 9], 100);
    expect(recording.announced.map((m) => [m.truncated, m.text.length])).toEqual([
      [true, 1 << 20],
      [false, SEND.length],
    ]);
  });

  it('cut by a gap: SIP is found behind it', () => {
    const recording = recordAppStream();
    feed(recording, 0, SEND.slice(0, 200));
    recording.stream.gap(0);
    feed(recording, 0, sipMessage(), [], 1);
    expect(recording.announced.map((m) => [m.what, m.truncated])).toEqual([
      ['msrp', true],
      ['sip', false],
    ]);
  });
});
