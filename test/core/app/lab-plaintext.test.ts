import { describe, expect, it } from 'vitest';
import { LAB_PLAINTEXTS, labPlaintext, labRecordsInOrder } from './lab-plaintext.ts';
import { recordAppStream } from './record-app-stream.ts';

describe('what real endpoints said', () => {
  for (const name of LAB_PLAINTEXTS) {
    it(`${name}: every message that the endpoints logged`, () => {
      const lab = labPlaintext(name);
      const recordings = lab.conversations.map(() => recordAppStream());
      const lines: string[] = [];
      for (const record of labRecordsInOrder(lab)) {
        const recording = recordings[record.conversation];
        if (recording === undefined) continue;
        const seen = recording.announced.length;
        recording.stream.chunk(record.from, record.bytes, 0, record.bytes.length, record.frame, record.frame);
        for (const message of recording.announced.slice(seen)) {
          if (message.what === 'sip') lines.push(message.summary);
          else expect(['keep-alive', 'http', 'websocket'], message.summary).toContain(message.what);
          expect(message.truncated).toBe(false);
        }
      }
      const wanted = lab.sipStartLines.filter((line) => line.includes('SIP/2.0'));
      // The logs of two connections have an order only within each.
      if (recordings.length === 1) expect(lines).toEqual(wanted);
      else expect(lines.sort()).toEqual(wanted.sort());
      for (const recording of recordings) {
        const before = recording.announced.length;
        recording.stream.end(0);
        recording.stream.end(1);
        expect(recording.announced.length).toBe(before);
      }
    });
  }

  it('13-sip-over-wss: HTTP upgrade, then WebSocket frames that carry SIP', () => {
    const lab = labPlaintext('13-sip-over-wss');
    const recording = recordAppStream();
    for (const record of labRecordsInOrder(lab))
      recording.stream.chunk(record.from, record.bytes, 0, record.bytes.length, record.frame, record.frame);
    expect(recording.announced.map((m) => `${m.direction} ${m.what} ${m.summary} ${m.derived}`)).toEqual([
      '0 http GET /ws HTTP/1.1 false',
      '1 http HTTP/1.1 101 Switching Protocols false',
      ...[1, 2, 3].flatMap(() => [
        '0 websocket WebSocket Text (SIP) false',
        '0 sip OPTIONS sip:lab.example SIP/2.0 true',
        '1 websocket WebSocket Text (SIP) false',
        '1 sip SIP/2.0 200 OK false',
      ]),
    ]);
    expect(recording.protocols).toEqual(['HTTP', 'WebSocket', 'SIP']);
  });
});
