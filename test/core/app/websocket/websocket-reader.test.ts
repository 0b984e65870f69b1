import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { nodeInflate } from '../../../../core/node/inflate.ts';
import { bytesOf, feed, recordAppStream, type Recording, textOf } from '../record-app-stream.ts';
import { SDP, sipMessage } from '../sip-messages.ts';

const UPGRADE =
  'GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: sip\r\n\r\n';
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
const INVITE = sipMessage({ body: SDP });
const OK = sipMessage({ startLine: 'SIP/2.0 200 OK' });

interface FrameOptions {
  readonly opcode?: number;
  readonly final?: boolean;
  readonly mask?: readonly [number, number, number, number];
  readonly compressed?: boolean;
}

function frame(
  payload: string,
  { opcode = 1, final = true, mask, compressed = false }: FrameOptions = {},
): string {
  const size = payload.length;
  const first = (final ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode;
  const masked = mask === undefined ? 0 : 0x80;
  const length =
    size < 126
      ? [masked | size]
      : size < 65536
        ? [masked | 126, size >> 8, size & 255]
        : [masked | 127, 0, 0, 0, 0, (size >>> 24) & 255, (size >> 16) & 255, (size >> 8) & 255, size & 255];
  const body = [...payload].map((c, i) => c.charCodeAt(0) ^ (mask?.[i & 3] ?? 0));
  return (
    String.fromCharCode(first, ...length, ...(mask ?? [])) + body.map((c) => String.fromCharCode(c)).join('')
  );
}

const MASK = [0x12, 0x00, 0xff, 0x5a] as const;

function opened(port: Parameters<typeof recordAppStream>[1] = null): Recording {
  const recording = recordAppStream('stream', port);
  feed(recording, 0, UPGRADE);
  feed(recording, 1, SWITCHING);
  recording.announced.length = 0;
  return recording;
}

/** Deflates messages one after another with one dictionary, as a peer with context takeover does. */
function deflater(): (text: string) => string {
  let before = new Uint8Array(0);
  return (text) => {
    const bytes = bytesOf(text);
    const options = {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(before.length > 0 ? { dictionary: before } : {}),
    };
    const out = deflateRawSync(bytes, options);
    before = Uint8Array.from([...before, ...bytes]).slice(-32768);
    return textOf(out, 0, out.length - 4);
  };
}

describe('WebSocket', () => {
  it('masked and unmasked frames with SIP, for every split', () => {
    const sent =
      frame(INVITE, { mask: MASK }) + frame('\r\n', { mask: MASK }) + frame(OK, { mask: MASK, opcode: 2 });
    for (let cut = 0; cut < sent.length; cut++) {
      const recording = opened();
      feed(recording, 0, sent, [cut, cut + 1], 5);
      expect(recording.announced.map((m) => [m.what, m.summary, m.derived])).toEqual([
        ['websocket', 'WebSocket Text (SIP)', false],
        ['sip', 'INVITE sip:bob@lab.example SIP/2.0', true],
        ['websocket', 'WebSocket Text (keep-alive)', false],
        ['websocket', 'WebSocket Binary (SIP)', false],
        ['sip', 'SIP/2.0 200 OK', true],
      ]);
      expect(recording.announced[1]?.text).toBe(INVITE);
    }
  });

  it('an unmasked message stands in the plaintext: its place is the text itself', () => {
    const recording = opened();
    const first = frame('x', { opcode: 9 });
    feed(recording, 1, first + frame(OK), [], 7);
    const sip = recording.announced.find((m) => m.what === 'sip');
    expect(sip?.derived).toBe(false);
    const header = OK.length < 126 ? 2 : 4;
    expect(sip?.place).toEqual([7, first.length + header, 7, first.length + header + OK.length]);
  });

  it('fragments with a ping between them', () => {
    const parts =
      frame(INVITE.slice(0, 50), { final: false, mask: MASK }) +
      frame('are you there', { opcode: 9, mask: MASK }) +
      frame(INVITE.slice(50, 60), { opcode: 0, final: false, mask: MASK }) +
      frame(INVITE.slice(60), { opcode: 0, mask: MASK }) +
      frame('\x03\xe8bye', { opcode: 8, mask: MASK });
    for (let cut = 0; cut < parts.length; cut += 3) {
      const recording = opened();
      feed(recording, 0, parts, [cut], 3);
      expect(recording.announced.map((m) => m.summary)).toEqual([
        'WebSocket Text (fragment)',
        'WebSocket Ping',
        'WebSocket Continuation (fragment)',
        'WebSocket Continuation (SIP)',
        'INVITE sip:bob@lab.example SIP/2.0',
        'WebSocket Close (1000)',
      ]);
      const sip = recording.announced[4];
      expect([sip?.text, sip?.derived]).toEqual([INVITE, true]);
      expect(sip?.place.slice(0, 2)).toEqual([3, 0]);
    }
  });

  it('permessage-deflate with context takeover', () => {
    const recording = opened(nodeInflate);
    const deflate = deflater();
    const messages = [INVITE, INVITE.replace('1 INVITE', '2 INVITE'), OK, INVITE];
    const sizes: number[] = [];
    for (const [i, message] of messages.entries()) {
      const compressed = deflate(message);
      sizes.push(compressed.length);
      feed(recording, 0, frame(compressed, { mask: MASK, compressed: true }), [9], i);
    }
    expect(sizes[1]).toBeLessThan((sizes[0] ?? 0) / 4);
    expect(recording.announced.filter((m) => m.what === 'sip').map((m) => [m.text, m.derived])).toEqual(
      messages.map((message) => [message, true]),
    );
  });

  it('a compressed message that refers to what was lost is said to be unreadable, and one that does not is read', () => {
    const recording = opened(nodeInflate);
    const deflate = deflater();
    const first = frame(deflate(INVITE), { compressed: true });
    const second = frame(deflate(INVITE), { compressed: true });
    feed(recording, 1, first);
    recording.stream.gap(1);
    feed(recording, 1, second, [], 1);
    feed(recording, 1, frame(deflater()(OK), { compressed: true }), [], 2);
    expect(recording.announced.map((m) => m.summary)).toEqual([
      'WebSocket Text (SIP)',
      'INVITE sip:bob@lab.example SIP/2.0',
      'WebSocket Text (compressed, cannot be inflated)',
      'WebSocket Text (SIP)',
      'SIP/2.0 200 OK',
    ]);
  });

  it('a bomb is not inflated', () => {
    const recording = opened(nodeInflate);
    feed(recording, 1, frame(deflater()('a'.repeat(5 << 20)), { compressed: true }));
    expect(recording.announced.map((m) => m.summary)).toEqual([
      'WebSocket Text (compressed, cannot be inflated)',
    ]);
  });

  it('a frame above the bound is cut, and the next one read', () => {
    const recording = opened();
    const huge = frame('y'.repeat((1 << 20) + 70000));
    feed(recording, 1, huge, [1000, 300000, 1100000]);
    feed(recording, 1, frame(OK), [], 9);
    expect(recording.announced.map((m) => [m.what, m.truncated])).toEqual([
      ['websocket', true],
      ['websocket', false],
      ['sip', false],
    ]);
  });

  it('is known in mid-stream by a frame that carries SIP', () => {
    for (const options of [{}, { mask: MASK }]) {
      const recording = recordAppStream();
      feed(recording, 1, frame(OK, options), [1, 3, 8]);
      feed(recording, 0, frame(INVITE, { mask: MASK }), [], 4);
      expect(recording.announced.map((m) => m.what)).toEqual(['websocket', 'sip', 'websocket', 'sip']);
    }
  });

  it('the client may speak before the answer was seen', () => {
    const recording = recordAppStream();
    feed(recording, 0, UPGRADE + frame(INVITE, { mask: MASK }));
    feed(recording, 1, SWITCHING + frame(OK));
    expect(recording.announced.map((m) => m.what)).toEqual([
      'http',
      'websocket',
      'sip',
      'http',
      'websocket',
      'sip',
    ]);
  });

  it('a cut frame gives what there is', () => {
    const text = frame(INVITE, { mask: MASK });
    const recording = opened();
    feed(recording, 0, text.slice(0, 150));
    recording.stream.end(0);
    const sip = recording.announced.find((m) => m.what === 'sip');
    expect([sip?.truncated, sip?.text]).toEqual([true, INVITE.slice(0, 142)]);
  });
});
