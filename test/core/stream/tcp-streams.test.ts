import { describe, expect, it } from 'vitest';
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from '../../../core/net/packet.ts';
import { ConversationTable } from '../../../core/stream/conversation-table.ts';
import { SEGMENT_DUPLICATE, SEGMENT_EMPTY, SEGMENT_LATE, SEGMENT_NEW } from '../../../core/stream/events.ts';
import { TcpStreams } from '../../../core/stream/tcp-streams.ts';
import { buildPacket, reply } from './packet-builder.ts';
import type { PacketFields } from './packet-builder.ts';
import { StreamRecorder } from './stream-recorder.ts';

const textBytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const FIN = TCP_FIN | TCP_ACK;

/** A capture; conversations are told apart by the source port of endpoint 0. */
class Capture {
  readonly conversations = new ConversationTable();
  readonly recorders = new Map<number, StreamRecorder>();
  readonly settled: number[] = [];
  readonly streams: TcpStreams;
  frame = 0;

  constructor() {
    this.streams = new TcpStreams(this.conversations, {
      sinkOf: (conversation) => {
        const recorder = new StreamRecorder();
        this.recorders.set(conversation, recorder);
        return recorder;
      },
      settled: (conversation) => this.settled.push(conversation),
    });
  }

  feed(fields: PacketFields): number {
    const packet = buildPacket({ flags: TCP_ACK | TCP_PSH, ...fields });
    this.frame++;
    const conversation = this.conversations.lookup(packet, this.frame);
    return this.streams.segment(conversation, this.conversations.direction, packet, this.frame);
  }

  /** A whole connection: SYN, one request and its answer, FIN both ways. */
  connect(port: number, isn: number): void {
    const there = { sourcePort: port };
    const back = reply(there);
    this.feed({ ...there, flags: TCP_SYN, sequence: isn });
    this.feed({ ...back, flags: TCP_SYN | TCP_ACK, sequence: 500, acknowledgement: isn + 1 });
    this.feed({ ...there, sequence: isn + 1, acknowledgement: 501, payload: textBytes('ask') });
    this.feed({ ...back, sequence: 501, acknowledgement: isn + 4, payload: textBytes('answer') });
    this.feed({ ...there, flags: FIN, sequence: isn + 4, acknowledgement: 507 });
    this.feed({ ...back, flags: FIN, sequence: 507, acknowledgement: isn + 5 });
  }

  /** Frames of a connection that goes on and on. */
  pass(frames: number): void {
    for (let i = 0; i < frames; i++)
      this.feed({ sourcePort: 1, sequence: 7, acknowledgement: 9, flags: TCP_ACK });
  }

  text(conversation: number, direction: 0 | 1): string | undefined {
    return this.recorders.get(conversation)?.directions[direction].text();
  }
}

describe('TcpStreams', () => {
  it('makes nothing for conversations without payload', () => {
    const capture = new Capture();
    for (let port = 1; port < 1000; port++) {
      expect(capture.feed({ sourcePort: port, flags: TCP_SYN, sequence: port })).toBe(SEGMENT_EMPTY);
      capture.feed(reply({ sourcePort: port, flags: TCP_RST | TCP_ACK, acknowledgement: port + 1 }));
    }
    capture.streams.end(capture.frame);
    expect(capture.recorders.size).toBe(0);
    expect(capture.settled).toEqual([]);
  });

  it('knows both beginnings from SYNs that came before the first payload', () => {
    const capture = new Capture();
    capture.feed({ flags: TCP_SYN, sequence: 100 });
    capture.feed(reply({ flags: TCP_SYN | TCP_ACK, sequence: 500, acknowledgement: 101 }));
    capture.feed(reply({ sequence: 502, acknowledgement: 101, payload: textBytes('b') }));
    capture.feed({ sequence: 103, acknowledgement: 503, payload: textBytes('c') });
    capture.streams.end(capture.frame);
    expect([capture.text(0, 0), capture.text(0, 1)]).toEqual(['__c', '_b']);
  });

  it('settles a conversation some time after both sides have closed, and knows repetitions until then', () => {
    const capture = new Capture();
    capture.connect(2000, 100);
    const again = { sourcePort: 2000, sequence: 101, acknowledgement: 501, payload: textBytes('ask') };
    capture.pass(5000);
    expect(capture.feed(again)).toBe(SEGMENT_DUPLICATE);
    expect(capture.streams.duplicateOf).toBe(3);
    expect(capture.settled).toEqual([]);
    capture.pass(5000);
    expect(capture.settled).toEqual([0]);
    expect(capture.feed(again)).toBe(SEGMENT_LATE);
    expect(capture.streams.duplicateOf).toBe(0);
    expect(capture.recorders.size).toBe(1);
  });

  it('waits on for what an RST did not end', () => {
    const capture = new Capture();
    capture.feed({ sequence: 1, payload: textBytes('a') });
    capture.feed(reply({ flags: TCP_RST, sequence: 0 }));
    for (let i = 0; i < 5; i++) {
      capture.pass(5000);
      expect(capture.feed({ sequence: 2 + i, payload: textBytes('b') })).toBe(SEGMENT_NEW);
    }
    capture.pass(20_000);
    expect(capture.text(0, 0)).toBe('abbbbb');
    expect(capture.recorders.get(0)?.directions[0].closed).toEqual({ by: 'rst', frame: 2 });
    expect(capture.settled).toEqual([0]);
  });

  it('waits to the end for a hole that nobody acknowledged though both sides closed', () => {
    const capture = new Capture();
    capture.feed({ flags: TCP_SYN, sequence: 100 });
    capture.feed(reply({ flags: FIN, sequence: 500, acknowledgement: 101, payload: textBytes('x') }));
    capture.feed({ flags: FIN, sequence: 104, acknowledgement: 502, payload: textBytes('late') });
    capture.pass(20_000);
    expect(capture.settled).toEqual([]);
    expect(capture.feed({ sequence: 101, acknowledgement: 502, payload: textBytes('too') })).toBe(
      SEGMENT_NEW,
    );
    expect(capture.text(0, 0)).toBe('toolate');
    capture.pass(20_000);
    expect(capture.settled).toEqual([0]);
  });

  it('does not wait for a side of which no frame was captured', () => {
    const capture = new Capture();
    capture.feed({ flags: TCP_SYN, sequence: 100 });
    capture.feed({ sequence: 101, acknowledgement: 501, payload: textBytes('ask') });
    capture.feed({ flags: FIN, sequence: 104, acknowledgement: 900 });
    capture.pass(10_000);
    expect(capture.settled).toEqual([0]);
    expect(capture.recorders.get(0)?.directions[1].gaps).toEqual([
      { position: 0, length: 399, reason: 'lost', before: 0, after: 0 },
    ]);
  });

  it('settles the connection that another one took over the ports of', () => {
    const capture = new Capture();
    capture.feed({ flags: TCP_SYN, sequence: 100 });
    capture.feed({ sequence: 101, payload: textBytes('old') });
    capture.feed({ flags: TCP_SYN, sequence: 9000 });
    capture.feed({ sequence: 9001, payload: textBytes('new') });
    capture.pass(10_000);
    expect(capture.settled).toEqual([0]);
    capture.streams.end(capture.frame);
    expect(capture.settled).toEqual([0, 1]);
    expect([capture.text(0, 0), capture.text(1, 0)]).toEqual(['old', 'new']);
    expect(capture.recorders.get(0)?.directions[0].closed?.by).toBe('end');
  });

  it('settles all in order at the end, once', () => {
    const capture = new Capture();
    for (let port = 2005; port > 2000; port--) capture.connect(port, port);
    capture.streams.end(capture.frame);
    capture.streams.end(capture.frame);
    expect(capture.settled).toEqual([0, 1, 2, 3, 4]);
    expect(capture.text(4, 1)).toBe('answer');
    expect(capture.streams.acknowledgedUpTo(4, 1)).toBe(0);
  });

  describe('frames captured out of order at the beginning', () => {
    const there = { sourcePort: 3 };
    const back = reply(there);
    const syn = { ...there, flags: TCP_SYN, sequence: 100 };
    const synAck = { ...back, flags: TCP_SYN | TCP_ACK, sequence: 500, acknowledgement: 101 };
    const ack = { ...there, flags: TCP_ACK, sequence: 101, acknowledgement: 501 };
    const ask = { ...there, sequence: 101, acknowledgement: 501, payload: textBytes('ask') };
    const answer = { ...back, sequence: 501, acknowledgement: 104, payload: textBytes('answer') };
    const more = { ...back, sequence: 507, acknowledgement: 104, payload: textBytes(' more') };
    const heard = { ...there, flags: TCP_ACK, sequence: 104, acknowledgement: 507 };

    it.each([
      ['the second half of the answer before the SYN+ACK', [syn, ack, ask, heard, more, synAck, answer]],
      ['the same without the SYN+ACK', [syn, ack, ask, heard, more, answer]],
      ['the opener says nothing before it', [syn, ack, heard, more, answer, ask]],
      ['the SYN behind the request', [ack, ask, syn, heard, more, synAck, answer]],
      ['no SYN at all', [ask, heard, more, answer]],
      ['the answer before both SYNs', [answer, syn, ask, synAck, more]],
      ['a server that has sent nothing before the request', [ask, synAck, answer, syn, more]],
    ])('%s', (_name, frames) => {
      const capture = new Capture();
      for (const fields of frames) capture.feed(fields);
      capture.pass(80);
      capture.streams.end(capture.frame);
      const asker = frames[0] === answer ? 1 : 0;
      expect(capture.text(0, asker)).toBe('ask');
      expect(capture.text(0, asker === 0 ? 1 : 0)).toBe('answer more');
    });
  });
});
