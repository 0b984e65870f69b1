import { describe, expect, it } from 'vitest';
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from '../../../core/net/packet.ts';
import {
  SEGMENT_DUPLICATE,
  SEGMENT_EMPTY,
  SEGMENT_KEEP_ALIVE,
  SEGMENT_LATE,
  SEGMENT_NEW,
} from '../../../core/stream/events.ts';
import { ReassemblyBudget } from '../../../core/stream/reassembly-budget.ts';
import { TcpReassembler } from '../../../core/stream/tcp-reassembler.ts';
import { buildPacket, reply } from './packet-builder.ts';
import type { PacketFields } from './packet-builder.ts';
import { StreamRecorder } from './stream-recorder.ts';

const ISN = 0xfffffff0;
const textBytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A conversation whose direction 0 begins behind ISN (so that it wraps) and direction 1 behind 5000. */
class Conversation {
  readonly recorder = new StreamRecorder();
  readonly reassembler: TcpReassembler;
  frame = 0;

  constructor(syn = true, budget = new ReassemblyBudget()) {
    this.reassembler = new TcpReassembler(this.recorder, budget);
    if (!syn) return;
    this.reassembler.synchronise(0, ISN);
    this.reassembler.synchronise(1, 5000);
  }

  get client(): (typeof this.recorder.directions)[0] {
    return this.recorder.directions[0];
  }

  /** Text of direction 0 at a position. */
  send(at: number, text: string, more: PacketFields = {}): number {
    const fields = {
      flags: TCP_ACK | TCP_PSH,
      sequence: ISN + 1 + at,
      acknowledgement: 5001,
      payload: textBytes(text),
    };
    return this.feed(0, { ...fields, ...more });
  }

  /** The other side acknowledges direction 0 up to a position. */
  acknowledge(upTo: number, more: PacketFields = {}): number {
    return this.feed(1, reply({ sequence: 5001, acknowledgement: ISN + 1 + upTo, ...more }));
  }

  feed(direction: 0 | 1, fields: PacketFields): number {
    this.frame++;
    return this.reassembler.segment(
      direction,
      buildPacket({ offset: 1000 * this.frame, ...fields }),
      this.frame,
    );
  }

  pass(frames: number): void {
    for (let i = 0; i < frames; i++) this.acknowledge(0);
  }

  end(): this {
    this.reassembler.settle(this.frame);
    return this;
  }
}

describe('a hole', () => {
  it('is filled by what comes out of order', () => {
    const talk = new Conversation();
    expect(talk.send(6, 'world')).toBe(SEGMENT_NEW);
    expect(talk.client.text()).toBe('');
    talk.send(0, 'hello ');
    expect(talk.client.text()).toBe('hello world');
    expect(talk.client.frames()).toEqual([2, 1]);
    expect(talk.reassembler.statisticsOf(0).outOfOrderSegments).toBe(1);
  });

  it('is waited for while nobody has acknowledged it, however long', () => {
    const talk = new Conversation();
    talk.send(6, 'world');
    talk.acknowledge(3);
    talk.pass(500);
    expect(talk.client.bytes).toEqual([]);
    talk.send(0, 'hello ');
    expect(talk.client.text()).toBe('hello world');
  });

  it('is waited for during 64 frames of either side after its acknowledgement, and no longer', () => {
    const talk = new Conversation();
    talk.send(0, 'hello ');
    talk.send(9, 'ld');
    talk.acknowledge(11);
    talk.pass(63);
    expect(talk.client.text()).toBe('hello ');
    talk.pass(1);
    expect(talk.client.text()).toBe('hello ___ld');
    expect(talk.client.gaps).toEqual([{ position: 6, length: 3, reason: 'lost', before: 1, after: 2 }]);
    expect(talk.send(6, 'wor')).toBe(SEGMENT_LATE);
    expect(talk.reassembler.duplicateOf).toBe(0);
    expect(talk.send(11, '!')).toBe(SEGMENT_NEW);
    expect(talk.end().client.text()).toBe('hello ___ld!');
    const { holes, lostBytes, lateSegments } = talk.reassembler.statisticsOf(0);
    expect([holes, lostBytes, lateSegments]).toEqual([1, 3, 1]);
  });

  it('is filled by what was captured behind its acknowledgement', () => {
    const talk = new Conversation();
    talk.send(6, 'world');
    talk.acknowledge(11);
    talk.pass(60);
    talk.send(0, 'hello ');
    expect(talk.client.text()).toBe('hello world');
  });

  it('has its own grace where others are before and behind it', () => {
    const talk = new Conversation();
    talk.send(1, 'b');
    talk.send(3, 'd');
    talk.acknowledge(2);
    talk.pass(40);
    talk.acknowledge(4);
    talk.pass(24);
    expect(talk.client.text()).toBe('_b');
    talk.pass(39);
    expect(talk.client.text()).toBe('_b');
    talk.pass(1);
    expect(talk.client.text()).toBe('_b_d');
  });

  it('has its grace from when it is noticed, also where its bytes were acknowledged long before', () => {
    const talk = new Conversation();
    talk.send(1, 'b');
    talk.acknowledge(20);
    talk.send(0, 'a');
    talk.pass(62);
    talk.send(4, 'e');
    talk.pass(10);
    talk.send(2, 'cd');
    expect(talk.client.text()).toBe('abcde');
  });

  it('at the end becomes a gap, and so does what was only acknowledged', () => {
    const talk = new Conversation();
    talk.send(2, 'cd');
    talk.acknowledge(9);
    talk.end();
    expect(talk.client.text()).toBe('__cd_____');
    expect(talk.client.gaps).toMatchObject([
      { before: 0, after: 1 },
      { before: 1, after: 0 },
    ]);
    expect(talk.client.closed).toEqual({ by: 'end', frame: 2 });
  });

  it('is not seen where the acknowledgement covers a FIN that was not captured', () => {
    for (const together of [true, false]) {
      const talk = new Conversation();
      talk.send(0, 'abcd');
      if (!together) talk.acknowledge(4);
      talk.acknowledge(5);
      expect(talk.end().client.text()).toBe('abcd');
    }
  });

  it('of gigabytes neither holds up the stream nor is made up of an impossible acknowledgement', () => {
    const talk = new Conversation();
    talk.send(2 ** 30 - 1, 'far');
    talk.send(0, 'near');
    talk.acknowledge(4);
    talk.acknowledge(2 ** 31);
    expect(talk.client.text()).toBe('near');
    expect(talk.reassembler.acknowledgedUpTo(0)).toBe(4);
  });
});

describe('bytes seen before', () => {
  it('name the frame that brought them, in order or held', () => {
    const talk = new Conversation();
    talk.send(0, 'hello ');
    talk.send(6, 'world');
    talk.send(20, 'later');
    expect(talk.send(0, 'hello ')).toBe(SEGMENT_DUPLICATE);
    expect(talk.reassembler.duplicateOf).toBe(1);
    expect(talk.send(6, 'world')).toBe(SEGMENT_DUPLICATE);
    expect(talk.reassembler.duplicateOf).toBe(2);
    expect(talk.send(2, 'llo wor')).toBe(SEGMENT_DUPLICATE);
    expect(talk.reassembler.duplicateOf).toBe(2);
    expect(talk.send(21, 'ate')).toBe(SEGMENT_DUPLICATE);
    expect(talk.reassembler.duplicateOf).toBe(3);
    expect(talk.send(4, 'o world!')).toBe(SEGMENT_NEW);
    expect(talk.reassembler.duplicateOf).toBe(0);
    expect(talk.client.text()).toBe('hello world!');
    const { retransmittedSegments, retransmittedBytes, differingSegments } = talk.reassembler.statisticsOf(0);
    expect([retransmittedSegments, retransmittedBytes, differingSegments]).toEqual([5, 28, 0]);
  });

  it('win over those that come later, and the difference is counted', () => {
    const talk = new Conversation();
    talk.send(0, 'hello world');
    expect(talk.send(0, 'HELLO WORLD')).toBe(SEGMENT_DUPLICATE);
    talk.send(15, 'held');
    talk.send(11, '____HELD+');
    expect(talk.end().client.text()).toBe('hello world____held+');
    const { differingSegments, firstDifferingFrame } = talk.reassembler.statisticsOf(0);
    expect([differingSegments, firstDifferingFrame]).toEqual([2, 2]);
  });

  it('are told apart as frames captured twice where header and all repeat the frame before', () => {
    const talk = new Conversation();
    talk.send(0, 'one');
    talk.send(0, 'one');
    talk.send(3, 'two');
    talk.send(0, 'one');
    talk.send(3, 'two', { acknowledgement: 6000 });
    const { duplicateSegments, retransmittedSegments } = talk.reassembler.statisticsOf(0);
    expect([duplicateSegments, retransmittedSegments]).toEqual([1, 3]);
  });

  it('of a stream longer than the log are a duplicate of an unknown frame', () => {
    const talk = new Conversation();
    for (let i = 0; i < 70_000; i++) talk.send(2 * i, 'ab');
    expect(talk.send(0, 'ab')).toBe(SEGMENT_DUPLICATE);
    expect(talk.reassembler.duplicateOf).toBe(0);
    expect(talk.send(2 * 69_000, 'ab')).toBe(SEGMENT_DUPLICATE);
    expect(talk.reassembler.duplicateOf).toBe(69_001);
  });
});

describe('a segment that is no news', () => {
  it('is a keep-alive where it stands one before the next byte, with a byte or without', () => {
    const talk = new Conversation();
    talk.send(0, 'hello');
    expect(talk.send(4, '', { flags: TCP_ACK })).toBe(SEGMENT_KEEP_ALIVE);
    expect(talk.send(4, '\0', { flags: TCP_ACK })).toBe(SEGMENT_KEEP_ALIVE);
    expect(talk.send(5, '', { flags: TCP_ACK })).toBe(SEGMENT_EMPTY);
    expect(talk.send(5, '', { flags: TCP_ACK | TCP_FIN })).toBe(SEGMENT_EMPTY);
    expect(talk.client.text()).toBe('hello');
    expect(talk.reassembler.statisticsOf(0).keepAlives).toBe(2);
  });

  it('is a keep-alive in a stream joined while idle, and its byte is not the stream’s', () => {
    for (const acknowledgedFirst of [false, true]) {
      const talk = new Conversation(false);
      if (acknowledgedFirst) talk.acknowledge(100);
      expect(talk.send(99, '\0', { flags: TCP_ACK })).toBe(SEGMENT_KEEP_ALIVE);
      talk.acknowledge(100);
      talk.send(100, 'REGISTER');
      expect(talk.end().client.text()).toBe('REGISTER');
    }
  });

  it('is a retransmission where that one byte was a segment of its own', () => {
    const talk = new Conversation();
    talk.send(0, 'hello');
    talk.send(5, '!', { flags: TCP_ACK });
    expect(talk.send(5, '!', { flags: TCP_ACK })).toBe(SEGMENT_DUPLICATE);
    expect(talk.reassembler.duplicateOf).toBe(2);
  });

  it('counts windows that close, and bytes sent to probe them', () => {
    const talk = new Conversation();
    talk.send(0, 'hello');
    talk.acknowledge(5, { window: 0 });
    expect(talk.send(5, ' ', { flags: TCP_ACK })).toBe(SEGMENT_NEW);
    talk.acknowledge(5, { window: 0 });
    talk.acknowledge(5);
    expect(talk.send(5, ' world')).toBe(SEGMENT_NEW);
    expect(talk.client.text()).toBe('hello world');
    expect(talk.reassembler.statisticsOf(1).zeroWindows).toBe(2);
    expect(talk.reassembler.statisticsOf(0).zeroWindowProbes).toBe(1);
  });
});

describe('the end', () => {
  it('comes with a FIN once all before it is there, and what is behind it is ignored', () => {
    const talk = new Conversation();
    talk.send(6, 'world', { flags: TCP_ACK | TCP_FIN });
    expect(talk.client.closed).toBeNull();
    talk.send(0, 'hello ');
    expect(talk.client.text()).toBe('hello world');
    expect(talk.client.closed).toEqual({ by: 'fin', frame: 1 });
    expect(talk.send(11, 'more')).toBe(SEGMENT_LATE);
    expect(talk.send(9, 'ld and more')).toBe(SEGMENT_DUPLICATE);
    expect(talk.send(6, 'world', { flags: TCP_ACK | TCP_FIN })).toBe(SEGMENT_DUPLICATE);
    expect(talk.reassembler.duplicateOf).toBe(1);
  });

  it('of one direction leaves the other open', () => {
    const talk = new Conversation();
    talk.send(0, 'bye', { flags: TCP_ACK | TCP_FIN });
    talk.feed(1, reply({ sequence: 5001, acknowledgement: ISN + 5, payload: textBytes('not yet') }));
    expect(talk.recorder.directions[1].text()).toBe('not yet');
    expect([talk.reassembler.isFinished(0), talk.reassembler.isFinished(1)]).toEqual([true, false]);
  });

  it('is not where a FIN says that bytes already seen do not exist', () => {
    const talk = new Conversation();
    talk.send(0, 'hello ');
    talk.send(2, '', { flags: TCP_ACK | TCP_FIN });
    talk.send(6, 'world');
    expect(talk.client.text()).toBe('hello world');
    expect(talk.client.closed).toBeNull();
  });

  it('is a gap where bytes before the FIN never came, and is finished once the FIN is acknowledged', () => {
    const talk = new Conversation();
    talk.send(4, '', { flags: TCP_ACK | TCP_FIN });
    talk.acknowledge(4);
    expect(talk.reassembler.isFinished(0)).toBe(false);
    talk.acknowledge(5);
    expect(talk.reassembler.isFinished(0)).toBe(true);
    talk.end();
    expect(talk.client.gaps).toEqual([{ position: 0, length: 4, reason: 'lost', before: 0, after: 0 }]);
    expect(talk.client.closed).toEqual({ by: 'fin', frame: 1 });
  });

  it('by an RST closes both sides, but not before what was captured behind it', () => {
    const talk = new Conversation();
    talk.feed(1, reply({ flags: TCP_RST, sequence: 5001 }));
    talk.send(0, 'in flight');
    talk.end();
    expect(talk.client.text()).toBe('in flight');
    expect(talk.client.closed).toEqual({ by: 'rst', frame: 1 });
    expect(talk.recorder.directions[1].closed).toEqual({ by: 'rst', frame: 1 });
  });

  it('is not brought about by RSTs with any number', () => {
    const talk = new Conversation();
    talk.send(0, 'hello ');
    for (let i = 1; i < 130; i++) talk.send(i * 0x2000000 + 2 ** 28, '', { flags: TCP_RST });
    expect(talk.reassembler.wasReset).toBe(true);
    const spared = new Conversation();
    for (let i = 1; i < 60; i++) spared.send(2 ** 28 + i * 0x2000000, 'text', { flags: TCP_RST });
    expect(spared.reassembler.wasReset).toBe(false);
    talk.send(6, 'world');
    expect(talk.client.text()).toBe('hello world');
  });
});

describe('the beginning', () => {
  it('stands behind the SYN, also where the SYN has data or the first segment is lost', () => {
    const talk = new Conversation(false);
    talk.feed(0, { flags: TCP_SYN, sequence: ISN, payload: textBytes('early ') });
    talk.feed(1, reply({ flags: TCP_SYN | TCP_ACK, sequence: 5000, acknowledgement: ISN + 7 }));
    talk.send(6, 'data');
    talk.feed(1, reply({ sequence: 5004, payload: textBytes('x'), acknowledgement: ISN + 11 }));
    talk.end();
    expect(talk.client.text()).toBe('early data');
    expect(talk.recorder.directions[1].text()).toBe('___x');
  });

  it('is known from the SYN+ACK alone, and proves what was sent in a direction not captured', () => {
    const talk = new Conversation(false);
    talk.feed(1, reply({ flags: TCP_SYN | TCP_ACK, sequence: 5000, acknowledgement: ISN + 1 }));
    talk.acknowledge(200, { payload: textBytes('hello') });
    talk.acknowledge(517);
    talk.acknowledge(518);
    expect(talk.reassembler.acknowledgedUpTo(0)).toBe(518);
    talk.end();
    expect(talk.client.gaps).toEqual([{ position: 0, length: 517, reason: 'lost', before: 0, after: 0 }]);
    expect(talk.recorder.directions[1].text()).toBe('hello');
  });

  it('without SYN is held for eight frames, so that a segment captured late stands before it', () => {
    const talk = new Conversation(false);
    talk.send(106, 'world');
    for (let i = 0; i < 7; i++) talk.send(111 + i, '!');
    expect(talk.client.text()).toBe('');
    talk.send(100, 'hello ');
    expect(talk.client.text()).toBe('hello world!!!!!!!');
    expect(talk.send(90, 'too late')).toBe(SEGMENT_LATE);
  });

  it('without SYN stands before holes and an end that were seen first', () => {
    for (const flags of [TCP_ACK | TCP_FIN, TCP_ACK]) {
      const talk = new Conversation(false);
      talk.send(106, 'wo');
      talk.send(110, 'd', { flags });
      talk.send(100, 'hello ');
      talk.pass(8);
      expect(talk.client.text()).toBe('hello wo');
      talk.send(108, 'rl');
      expect(talk.client.text()).toBe('hello world');
      expect(talk.client.closed?.frame).toBe(flags === TCP_ACK ? undefined : 2);
    }
  });

  it('without SYN is held though acknowledged, and both sides are then announced in the order of the frames', () => {
    const talk = new Conversation(false);
    talk.send(106, 'world', { acknowledgement: 7000 });
    talk.feed(1, reply({ sequence: 7000, acknowledgement: ISN + 112, payload: textBytes('200') }));
    talk.send(100, 'hello ', { acknowledgement: 7000 });
    talk.feed(1, reply({ sequence: 7003, acknowledgement: ISN + 112, payload: textBytes(' OK') }));
    expect([talk.client.text(), talk.recorder.directions[1].text()]).toEqual(['', '']);
    talk.send(111, '!', { acknowledgement: 7006 });
    for (let i = 0; i < 4; i++) talk.feed(1, reply({ sequence: 7006, acknowledgement: ISN + 113 }));
    expect([talk.client.text(), talk.recorder.directions[1].text()]).toEqual(['hello world!', '200 OK']);
    expect(talk.recorder.order).toEqual([2, 3, 1, 4, 5]);
  });

  it('without SYN, and later than the first frames, is not held once acknowledged', () => {
    const talk = new Conversation(false);
    talk.feed(1, reply({ sequence: 7000, acknowledgement: 90, payload: textBytes('ring') }));
    for (let i = 0; i < 8; i++) talk.feed(1, reply({ sequence: 7004, acknowledgement: ISN + 101 }));
    talk.send(100, 'hello', { acknowledgement: 7004 });
    expect([talk.client.text(), talk.recorder.directions[1].text()]).toEqual(['hello', 'ring']);
  });

  it('without SYN begins where a frame stood that was captured behind later ones', () => {
    const talk = new Conversation(false);
    // The server's second answer, what acknowledges it, and far behind them what it answered.
    talk.feed(1, reply({ sequence: 7080, acknowledgement: ISN + 101, payload: textBytes('answer') }));
    talk.feed(0, { sequence: ISN + 101, acknowledgement: 7086 });
    talk.feed(0, { sequence: ISN + 1, acknowledgement: 7000 });
    for (let i = 0; i < 20; i++) talk.feed(0, { sequence: ISN + 101, acknowledgement: 7086 });
    talk.feed(1, reply({ sequence: 7000, acknowledgement: ISN + 101, payload: new Uint8Array(80).fill(46) }));
    expect(talk.recorder.directions[1].text()).toBe(`${'.'.repeat(80)}answer`);
  });

  it('without SYN is waited for where an earlier frame stood before what came first', () => {
    const talk = new Conversation(false);
    // The client stood at 90 and had got all up to 7000 of the server.
    talk.feed(0, { sequence: ISN + 1 + 90, acknowledgement: 7000 });
    talk.send(100, 'world', { acknowledgement: 7000 });
    talk.feed(1, reply({ sequence: 7006, acknowledgement: ISN + 1 + 105, payload: textBytes('OK') }));
    const pass = (frames: number): void => {
      for (let i = 0; i < frames; i++) talk.feed(0, { sequence: ISN + 1 + 105, acknowledgement: 7008 });
    };
    pass(20);
    expect([talk.client.text(), talk.recorder.directions[1].text()]).toEqual(['', '']);
    talk.send(90, 'hello, the', { acknowledgement: 7008 });
    talk.feed(1, reply({ sequence: 7000, acknowledgement: ISN + 1 + 105, payload: textBytes('200 is') }));
    pass(8);
    expect(talk.client.text()).toBe('hello, theworld');
    expect(talk.recorder.directions[1].text()).toBe('200 isOK');
    const never = new Conversation(false);
    never.feed(0, { sequence: ISN + 1 + 90, acknowledgement: 7000 });
    never.send(100, 'world', { acknowledgement: 7000 });
    never.pass(64);
    expect(never.client.text()).toBe('world');
  });

  it('forgets what an older connection left where its SYN comes after all', () => {
    const talk = new Conversation(false);
    talk.send(2 ** 29, 'old');
    talk.feed(0, { flags: TCP_SYN, sequence: ISN + 2 ** 29 + 2 ** 28 });
    talk.send(2 ** 29 + 2 ** 28, 'new');
    expect(talk.end().client.text()).toBe('new');
    const late = new Conversation(false);
    late.send(2, 'first');
    late.feed(0, { flags: TCP_SYN, sequence: ISN });
    expect(late.end().client.text()).toBe('__first');
  });

  it('is where the other side acknowledges, when two have answered its SYN', () => {
    for (const answer of [97_000, 3_212_050_950]) {
      const talk = new Conversation(false);
      talk.reassembler.synchronise(0, ISN);
      talk.reassembler.synchronise(1, answer);
      talk.send(0, 'ask', { acknowledgement: 97_001 });
      talk.feed(1, reply({ sequence: 97_004, acknowledgement: ISN + 4, payload: textBytes('wer') }));
      talk.feed(1, reply({ flags: TCP_SYN | TCP_ACK, sequence: 3_212_050_950, acknowledgement: ISN + 1 }));
      talk.feed(1, reply({ sequence: 97_001, acknowledgement: ISN + 4, payload: textBytes('ans') }));
      expect(talk.recorder.directions[1].text()).toBe('answer');
    }
  });
});

describe('a stray segment', () => {
  it('does not disturb the stream', () => {
    const talk = new Conversation();
    talk.send(0, 'hello ');
    expect(talk.send(-1000, 'stray')).toBe(SEGMENT_LATE);
    expect(talk.send(2 ** 31 - 1, 'stray')).toBe(SEGMENT_LATE);
    expect(talk.send(-(2 ** 30), 'stray')).toBe(SEGMENT_LATE);
    talk.send(6, 'world');
    expect(talk.end().client.text()).toBe('hello world');
    expect(talk.reassembler.statisticsOf(0).straySegments).toBe(3);
  });

  it('takes the stream along where eight in a row show that gigabytes were lost', () => {
    const far = 3_000_000_000;
    const gaps: number[] = [];
    const reassembler = new TcpReassembler(
      {
        chunk: () => undefined,
        gap: (_direction, length, position) => gaps.push(position, length),
        closed: () => undefined,
      },
      new ReassemblyBudget(),
    );
    reassembler.synchronise(0, ISN);
    const at = (position: number): number =>
      reassembler.segment(0, buildPacket({ sequence: ISN + 1 + position, payload: textBytes('abc') }), 1);
    at(0);
    const kinds = [];
    for (let i = 0; i < 9; i++) kinds.push(at(far + 3 * i));
    expect(kinds).toEqual([...Array<number>(7).fill(SEGMENT_LATE), SEGMENT_NEW, SEGMENT_NEW]);
    expect(gaps).toEqual([3, far + 21 - 3]);
  });
});

describe('a frame that was cut', () => {
  it('keeps its place where the stream begins before it after all', () => {
    const talk = new Conversation(false);
    talk.send(106, 'wo', { missing: 2 });
    talk.send(110, 'd');
    talk.send(100, 'hello ');
    talk.pass(8);
    expect(talk.client.text()).toBe('hello wo');
    talk.send(111, '!', { flags: TCP_ACK | TCP_FIN });
    talk.end();
    expect(talk.client.text()).toBe('hello wo__d!');
    expect(talk.client.gaps).toEqual([{ position: 8, length: 2, reason: 'snapped', before: 1, after: 2 }]);
    expect(talk.client.closed?.by).toBe('fin');
  });

  it('leaves a hole that a whole retransmission fills', () => {
    const talk = new Conversation();
    expect(talk.send(0, 'hello', { missing: 6 })).toBe(SEGMENT_NEW);
    talk.send(11, '!');
    expect(talk.client.text()).toBe('hello');
    expect(talk.send(0, 'hello world')).toBe(SEGMENT_NEW);
    expect(talk.end().client.text()).toBe('hello world!');
    expect(talk.client.frames()).toEqual([1, 3, 2]);
    expect(talk.reassembler.statisticsOf(0).snappedBytes).toBe(0);
  });

  it('leaves a gap with its own reason, apart from what was lost', () => {
    const talk = new Conversation();
    talk.send(0, 'ab', { missing: 2 });
    talk.send(4, 'ef', { missing: 2 });
    talk.send(10, 'kl', { missing: 2 });
    expect(talk.send(4, 'ef', { missing: 2 })).toBe(SEGMENT_DUPLICATE);
    talk.end();
    expect(talk.client.text()).toBe('ab__ef____kl__');
    expect(talk.client.gaps).toEqual([
      { position: 2, length: 2, reason: 'snapped', before: 1, after: 2 },
      { position: 6, length: 2, reason: 'snapped', before: 2, after: 3 },
      { position: 8, length: 2, reason: 'lost', before: 2, after: 3 },
      { position: 12, length: 2, reason: 'snapped', before: 3, after: 0 },
    ]);
    const { snappedBytes, lostBytes, snappedSegments } = talk.reassembler.statisticsOf(0);
    expect([snappedBytes, lostBytes, snappedSegments]).toEqual([6, 2, 4]);
  });

  it('down to no payload at all still takes its place', () => {
    const talk = new Conversation(false);
    expect(talk.send(0, '', { missing: 5 })).toBe(SEGMENT_NEW);
    talk.send(5, 'rest');
    expect(talk.end().client.text()).toBe('_____rest');
    expect(talk.client.gaps[0]?.reason).toBe('snapped');
  });

  it('with a FIN closes behind what was cut', () => {
    const talk = new Conversation();
    talk.send(0, 'ab', { missing: 2, flags: TCP_ACK | TCP_FIN });
    expect(talk.client.closed).toBeNull();
    expect(talk.end().client.text()).toBe('ab__');
    expect(talk.client.closed?.by).toBe('fin');
  });
});

describe('a datagram put together from fragments', () => {
  const pieces = [
    { offset: 100, length: 3, frame: 71 },
    { offset: 500, length: 4, frame: 72 },
    { offset: 900, length: 2, frame: 73 },
  ];

  it('is announced piece by piece, each from its frame and place in the file', () => {
    const talk = new Conversation();
    talk.send(0, 'abcdefghi', { pieces });
    expect(talk.client.text()).toBe('abcdefghi');
    expect(talk.client.frames()).toEqual([71, 72, 73]);
    expect(talk.client.bytes.map((byte) => byte?.offset)).toEqual([
      100, 101, 102, 500, 501, 502, 503, 900, 901,
    ]);
  });

  it('also where only a part of it is new among what is held', () => {
    const talk = new Conversation();
    talk.send(1, 'bcdefg', {});
    talk.send(2, 'cdefghijk', { pieces });
    talk.send(0, 'a');
    expect(talk.client.text()).toBe('abcdefghijk');
    expect(talk.client.frames()).toEqual([3, 1, 72, 73]);
    expect(talk.client.bytes.slice(7).map((byte) => byte?.offset)).toEqual([502, 503, 900, 901]);
  });

  it('also where its beginning was delivered and its end is held', () => {
    const talk = new Conversation();
    talk.send(0, 'ABCDE');
    talk.send(8, 'I');
    talk.send(1, 'bcdefghij', { pieces });
    expect(talk.client.text()).toBe('ABCDEfghIj');
    expect(talk.client.bytes.slice(5).map((byte) => byte?.offset)).toEqual([501, 502, 503, 2000, 901]);
  });

  it('also where it overlaps what was there, and where it is held', () => {
    for (const held of [false, true]) {
      const talk = new Conversation();
      if (!held) talk.send(0, 'ABCDE');
      talk.send(1, 'bcdefghij', { pieces });
      if (held) talk.send(0, 'ABCDE');
      const expected = held ? [2, 71, 72, 73] : [1, 72, 73];
      expect(talk.client.frames()).toEqual(expected);
      expect(talk.client.bytes.at(-1)).toMatchObject({ offset: 901, value: 'j'.charCodeAt(0) });
      expect(talk.client.bytes[5]).toMatchObject({ offset: 501, value: 'f'.charCodeAt(0) });
    }
  });
});

describe('the budget', () => {
  const block = new Uint8Array(1000).fill(0x61);

  it('of a direction makes its oldest hole a gap', () => {
    const talk = new Conversation(true, new ReassemblyBudget(1 << 30, 10_000));
    for (let i = 0; i < 8; i++) talk.send(2000 * i + 1000, '', { payload: block });
    expect(talk.client.gaps.map((gap) => gap.position)).toEqual([0]);
    expect(talk.client.bytes).toHaveLength(2000);
  });

  it('counts what a held segment costs beside its bytes', () => {
    const budget = new ReassemblyBudget(1 << 30, 100_000);
    const talk = new Conversation(true, budget);
    for (let i = 0; i < 10_000; i++) talk.send(20_000 - 2 * i, 'x');
    expect(budget.used).toBeLessThanOrEqual(100_000);
    expect(talk.client.gaps.length).toBeGreaterThan(0);
  });

  it('of the capture makes the stream let go that waits longest, and is given back', () => {
    const budget = new ReassemblyBudget(3000);
    const talks = [
      new Conversation(true, budget),
      new Conversation(true, budget),
      new Conversation(true, budget),
    ];
    for (const talk of talks) talk.send(5, '', { payload: block });
    expect(talks.map((talk) => talk.client.bytes.length)).toEqual([1005, 0, 0]);
    for (const talk of talks) talk.end();
    expect(budget.used).toBe(0);
    expect(talks.map((talk) => talk.client.bytes.length)).toEqual([1005, 1005, 1005]);
  });

  it('of the capture makes one stream let go again and again', () => {
    const budget = new ReassemblyBudget(2600);
    const talk = new Conversation(true, budget);
    for (let i = 0; i < 5; i++) talk.send(2000 * i + 1000, '', { payload: block });
    expect(talk.client.gaps.map((gap) => gap.position)).toEqual([0, 2000, 4000]);
    expect(budget.used).toBeLessThanOrEqual(2600);
  });

  it('stands thousands of single bytes out of order, in any order', () => {
    const budget = new ReassemblyBudget();
    const talk = new Conversation(true, budget);
    const count = 16_000;
    for (let i = 0; i < count; i++) talk.send(2 * ((i * 7919) % count) + 1, 'x');
    talk.send(0, 'y'.repeat(2 * count));
    expect(talk.client.bytes).toHaveLength(2 * count);
    expect(talk.client.text().replaceAll('yx', '')).toBe('');
    expect(budget.used).toBe(0);
  });
});
