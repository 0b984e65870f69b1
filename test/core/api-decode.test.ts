import { describe, expect, it } from 'vitest';
import type { CaptureStatus, FrameRow, Requests, TreeNode } from '../../core/api.ts';
import { decodeParams, decodePush, decodeResult, isPushName, isRequestName } from '../../core/api-decode.ts';

const STATUS: CaptureStatus = {
  capture: 1,
  phase: 'done',
  files: ['trunk.pcapng'],
  bytesRead: 10,
  bytesTotal: null,
  frames: 3,
  conversations: 1,
  sipMessages: 0,
  revision: 2,
  told: 2,
  verdicts: {
    'not-tls': 1,
    clear: 1,
    decrypted: 0,
    'partly-decrypted': 0,
    awaiting: 0,
    opaque: 1,
    malformed: 0,
  },
  warnings: [],
  error: null,
  summary: '',
};

const ROW: FrameRow = {
  frame: 1,
  relative: -0.5,
  time: '1499789160.123456789',
  delta: null,
  source: '10.0.0.5:5061',
  destination: '10.0.0.9:50212',
  conversation: '12.1',
  protocol: 'TLS',
  length: 140,
  verdict: 'opaque',
  cause: 'no-key',
  state: 0x10,
  decoder: 'none',
  info: 'Application Data',
};

function frameWindow(rows: readonly FrameRow[]): Requests['frames.window']['result'] {
  return { revision: 1, total: rows.length, settled: true, ordered: true, from: 0, rows };
}

describe('decodeParams', () => {
  const filter = { text: '', verdicts: [], conversation: null };

  it('takes what the contract allows', () => {
    expect(decodeParams('frames.window', { filter, from: 0, count: 1000 }).ok).toBe(true);
    expect(decodeParams('capture.close', null)).toEqual({ ok: true, value: null });
    expect(decodeParams('conversation.detail', { conversation: '12.1' }).ok).toBe(true);
  });

  it.each([
    ['frames.window', { filter, from: 0, count: 1001 }, 'count is not an integer from 0 to 1000'],
    ['frames.window', { filter, from: -1, count: 1 }, 'from is not an integer from 0'],
    [
      'frames.window',
      { filter: { ...filter, verdicts: ['lost'] }, from: 0, count: 1 },
      'filter.verdicts[0] is not',
    ],
    [
      'frames.window',
      { filter: { ...filter, text: 'x'.repeat(5000) }, from: 0, count: 1 },
      'filter.text is not',
    ],
    ['capture.open', { paths: ['a', 3] }, 'paths[1] is not'],
    ['capture.open', { paths: Array.from({ length: 2000 }, () => 'a') }, 'paths has more than 1000 items'],
    ['conversation.detail', { conversation: '../etc' }, 'conversation is not the number of a conversation'],
    ['frame.detail', null, 'is not an object'],
    ['keys.unlock', { key: 1 }, 'password is not'],
  ] as const)('refuses %s with %j', (name, value, sentence) => {
    const decoded = decodeParams(name, value);
    expect(decoded.ok).toBe(false);
    if (!decoded.ok) expect(decoded.fault).toContain(sentence);
  });

  it('does not repeat a password that is refused', () => {
    const decoded = decodeParams('keys.unlock', { key: 'x', password: 'correct horse' });
    expect(JSON.stringify(decoded)).not.toContain('horse');
  });
});

describe('decodeResult', () => {
  it('names the member that is wrong', () => {
    const decoded = decodeResult('frames.window', frameWindow([ROW]));
    expect(decoded.ok).toBe(true);
    const wrong = { ...frameWindow([]), rows: [ROW, { ...ROW, verdict: 'lost' }] };
    expect(decodeResult('frames.window', wrong)).toEqual({
      ok: false,
      fault:
        'result of frames.window: rows[1].verdict is not one of not-tls, clear, decrypted, partly-decrypted, awaiting, opaque, malformed',
    });
  });

  it('notices each member that is missing', () => {
    const members: readonly string[] = Object.keys(ROW);
    for (const name of members) {
      const cut = Object.fromEntries(Object.entries(ROW).filter(([member]) => member !== name));
      expect(decodeResult('frames.window', { ...frameWindow([]), rows: [cut] }).ok, name).toBe(false);
    }
  });

  it('follows a tree of 64 levels and no deeper', () => {
    const leaf: TreeNode = { label: 'x', offset: null, length: null, record: null, children: [] };
    const nested = (levels: number): TreeNode => {
      let node = leaf;
      for (let level = 1; level < levels; level += 1) node = { ...leaf, children: [node] };
      return node;
    };
    const why = {
      verdict: 'clear',
      cause: null,
      otherCauses: [],
      title: '',
      what: [],
      proof: [],
      fixNow: [],
    };
    const detail = (levels: number): unknown => ({
      row: ROW,
      file: 'a.pcap',
      frameInFile: 1,
      captured: 1,
      completedIn: null,
      duplicateOf: null,
      tree: [nested(levels)],
      records: [],
      sip: [],
      why: { ...why, fixNext: [], checklist: [], state: null },
      bytes: '',
    });
    expect(decodeResult('frame.detail', detail(64))).toMatchObject({ ok: true });
    expect(decodeResult('frame.detail', detail(65))).toMatchObject({ ok: false });
  });
});

describe('decodePush', () => {
  it('knows statuses, keys and commands', () => {
    expect(decodePush('status', STATUS).ok).toBe(true);
    expect(decodePush('status', { ...STATUS, verdicts: {} }).ok).toBe(false);
    expect(decodePush('command', { command: 'find' }).ok).toBe(true);
    expect(decodePush('command', { command: 'quit' }).ok).toBe(false);
  });
});

describe('names', () => {
  it('are those of the contract and nothing inherited', () => {
    expect(isRequestName('frames.window')).toBe(true);
    for (const name of ['constructor', '__proto__', 'toString', '', 3, null]) {
      expect(isRequestName(name)).toBe(false);
      expect(isPushName(name)).toBe(false);
    }
  });
});
