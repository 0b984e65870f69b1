import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareText } from '../../../core/analysis/lists/compare-text.ts';
import { ORDER_COLUMNS, orderBy, type OrderedList } from '../../../core/api-order.ts';
import type { AnalysisDesk } from '../../../core/node/analysis-desk.ts';
import { CAUSE_IDS, CONVERSATION_VERDICTS, DECODER_STATES, FRAME_VERDICTS } from '../../../core/verdict.ts';
import { askDesk, openDesk } from '../../support/open-desk.ts';

/** Calls in clear and locked ones, media, registrations, ARP and others without a conversation, failed handshakes. */
const CAPTURES = [
  '01-calls-tls10-aes256-sha',
  '13-baresip-srtp-sdes',
  '04-question-63f-beside-10',
  '07-alert-unknown-ca-from-client-selfsigned',
  '01-sipp-stunnel-aes128-gcm',
].map((name) => `${name}.pcap`);

type Row = Readonly<Record<string, unknown>>;
type Key = number | string | null;
type KeysOf = (row: Row) => readonly Key[];

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const listOf = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : '');
const party = (value: unknown): string => textOf(value).replace(/^(sips?|tel):/, '');
const number =
  (member: string): KeysOf =>
  (row) => [numberOf(row[member])];
const unlessZero =
  (member: string): KeysOf =>
  (row) => [numberOf(row[member]) || null];
const text =
  (member: string): KeysOf =>
  (row) => [textOf(row[member])];
const list =
  (member: string): KeysOf =>
  (row) => [listOf(row[member])];
const decrypted: KeysOf = (row) =>
  row['messages'] === 0 ? [null] : [numberOf(row['decrypted']), numberOf(row['messages'])];

/** By what a row shows: the same once more, in the simplest way. */
const KEYS: Readonly<Record<OrderedList, Readonly<Record<string, KeysOf>>>> = {
  frames: {
    verdict: (row) => [FRAME_VERDICTS.findIndex((verdict) => verdict === row['verdict'])],
    frame: number('frame'),
    time: number('relative'),
    source: text('source'),
    destination: text('destination'),
    conversation: (row) => [row['conversation'] === null ? null : Number(row['conversation'])],
    protocol: text('protocol'),
    length: number('length'),
    state: number('state'),
    decoder: (row) =>
      row['decoder'] === null
        ? [null]
        : [
            DECODER_STATES.findIndex((state) => state === row['decoder']),
            CAUSE_IDS.findIndex((cause) => cause === row['cause']),
          ],
    info: text('info'),
  },
  conversations: {
    verdict: text('verdict'),
    conversation: text('conversation'),
    client: text('client'),
    server: text('server'),
    protocol: text('protocol'),
    version: text('version'),
    suite: text('cipherSuite'),
    cause: (row) => [textOf(row['verdict']), textOf(row['cause'])],
    decrypted: (row) => {
      const [opened, shut] = [Number(row['decrypted']), Number(row['opaque'])];
      return opened + shut === 0 ? [null] : [opened, opened + shut];
    },
    key: text('key'),
    sip: unlessZero('sipMessages'),
    frames: number('frames'),
    duration: number('duration'),
  },
  calls: {
    state: text('state'),
    time: number('relative'),
    from: (row) => [row['from'] === '' ? textOf(row['source']) : party(row['from'])],
    to: (row) => [row['to'] === '' ? textOf(row['destination']) : party(row['to'])],
    setup: number('setup'),
    ringing: number('ringing'),
    duration: number('duration'),
    final: (row) => [numberOf(row['finalStatus']) || null, textOf(row['finalReason'])],
    by: text('finalFrom'),
    legs: unlessZero('legs'),
    transports: list('transports'),
    locked: unlessZero('locked'),
    messages: decrypted,
    notes: list('notes'),
  },
  dialogs: {
    state: (row) => [textOf(row['state']), row['expires'] === 0 ? 1 : 0],
    time: number('relative'),
    kind: text('kind'),
    from: (row) => [party(row['from'])],
    to: (row) => [party(row['to'] === '' ? row['from'] : row['to'])],
    contact: (row) => [party(row['contact'])],
    event: (row) => [textOf(row['event']), textOf(row['subscriptionState'])],
    source: text('source'),
    destination: text('destination'),
    expires: number('expires'),
    delay: number('requestDelay'),
    final: unlessZero('finalStatus'),
    transports: list('transports'),
    messages: decrypted,
    notes: list('notes'),
  },
  media: {
    mark: (row) => [textOf(row['protection']), Number(row['authenticated']) > 0 ? 0 : 1],
    time: number('relative'),
    source: text('source'),
    destination: text('destination'),
    ssrc: (row) => [Number(row['ssrc'])],
    codec: text('codec'),
    protection: text('protection'),
    packets: number('packets'),
    lost: number('lost'),
    jitter: number('jitterMean'),
    delta: number('deltaMax'),
    mos: number('mos'),
    duration: number('duration'),
    call: text('call'),
  },
  sip: {
    verdict: (row) => [row['decrypted'] === true ? 0 : 1],
    frame: number('frame'),
    time: (row) => textOf(row['time']).split('.').map(Number),
    source: text('source'),
    destination: text('destination'),
    start: text('startLine'),
    cseq: text('cseq'),
    call: text('callId'),
  },
};

function compareRows(a: readonly Key[], b: readonly Key[], descending: boolean): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [x, y] = [a[at] ?? '', b[at] ?? ''];
    if (x === '' || y === '') {
      if (x !== y) return x === '' ? 1 : -1;
      continue;
    }
    const found = typeof x === 'string' ? compareText(x, String(y)) : x - Number(y);
    if (found !== 0) return descending ? -found : found;
  }
  return 0;
}

let desk: AnalysisDesk;
beforeAll(async () => {
  desk = await openDesk(CAPTURES, ['keys/server1.key.pem']);
});
afterAll(() => desk.close());

interface Asked {
  readonly text: string;
  /** Which of the list's other filters. */
  readonly choice: number;
  readonly order: { readonly column: string; readonly descending: boolean } | null;
  readonly from: number;
  readonly count: number;
}

interface Answered {
  readonly total: number;
  readonly ordered: boolean;
  readonly rows: readonly Row[];
}

function windowOf(of: OrderedList, { text: wanted, choice, order, from, count }: Asked): Promise<Answered> {
  const known = <L extends OrderedList>(named: L) =>
    order === null ? null : orderBy(named, order.column, order.descending);
  const rows = async (answer: Promise<Omit<Answered, 'rows'> & { readonly rows: readonly object[] }>) => {
    const { rows: own, ...rest } = await answer;
    return { ...rest, rows: own.map((row) => Object.fromEntries(Object.entries(row))) };
  };
  const window = { from, count };
  switch (of) {
    case 'frames': {
      const verdicts = choice === 0 ? [] : [FRAME_VERDICTS[choice] ?? 'opaque', 'opaque' as const];
      const filter = { text: wanted, verdicts, conversation: choice === 3 ? '1' : null };
      return rows(askDesk(desk, 'frames.window', { filter, order: known('frames'), ...window }));
    }
    case 'conversations': {
      const verdicts = choice === 0 ? [] : [CONVERSATION_VERDICTS[choice] ?? 'opaque', 'decrypted' as const];
      return rows(
        askDesk(desk, 'conversations.window', {
          text: wanted,
          verdicts,
          order: known('conversations'),
          ...window,
        }),
      );
    }
    case 'calls': {
      const filter = { text: wanted, states: choice === 0 ? [] : ['completed', 'locked'] };
      return rows(askDesk(desk, 'calls.window', { filter, order: known('calls'), ...window }));
    }
    case 'dialogs': {
      const kind = choice === 0 ? '' : 'registration';
      return rows(
        askDesk(desk, 'dialogs.window', { kind, text: wanted, order: known('dialogs'), ...window }),
      );
    }
    case 'media':
      return rows(askDesk(desk, 'media.window', { call: null, order: known('media'), ...window }));
    case 'sip':
      return rows(askDesk(desk, 'sip.window', { text: wanted, order: known('sip'), ...window }));
  }
}

/** A filter by text may need more than one turn. */
async function settledWindow(of: OrderedList, asked: Asked): Promise<Answered> {
  for (let turn = 0; turn < 200; turn += 1) {
    const window = await windowOf(of, asked);
    if (window.ordered && !('settled' in window && window.settled === false)) return window;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('The list was not settled in time');
}

/** Whole lists as captured, each read once. */
const known = new Map<string, Promise<readonly Row[]>>();

function wholeList(of: OrderedList, filter: Pick<Asked, 'text' | 'choice'>): Promise<readonly Row[]> {
  const key = JSON.stringify([of, filter]);
  // What is told of media grows while rows are asked for: after the first reading it stays.
  const list = known.get(key) ?? readWhole(of, filter).then(() => readWhole(of, filter));
  known.set(key, list);
  return list;
}

async function readWhole(of: OrderedList, filter: Pick<Asked, 'text' | 'choice'>): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (;;) {
    const asked = { ...filter, order: null, from: found.length, count: 1000 };
    const { rows, total } = await settledWindow(of, asked);
    found.push(...rows);
    if (found.length >= total) return found;
  }
}

const lists: readonly OrderedList[] = ['frames', 'conversations', 'calls', 'dialogs', 'media', 'sip'];

describe('a list in another order', () => {
  test.each(lists)('%s: a window is the same part of the whole list, sorted', async (of) => {
    expect((await wholeList(of, { text: '', choice: 0 })).length).toBeGreaterThan(of === 'media' ? 1 : 2);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ORDER_COLUMNS[of]),
        fc.boolean(),
        fc.constantFrom('', '', '127.0.0.1', 'sip', 'nothing has this'),
        fc.nat(3),
        fc.nat(400),
        fc.nat(60),
        async (column, descending, wanted, choice, from, count) => {
          const filter = { text: wanted, choice };
          const asked = { ...filter, order: { column, descending }, from, count };
          const whole = await wholeList(of, filter);
          const keys = KEYS[of][column];
          if (keys === undefined) throw new Error(`The test has no keys for ${column}`);
          const expected = whole
            .map((row) => ({ row, key: keys(row) }))
            .sort((a, b) => compareRows(a.key, b.key, descending))
            .map(({ row }) => row)
            .slice(from, from + count);
          const window = await settledWindow(of, asked);
          expect(window.total).toBe(whole.length);
          expect(window.rows.map(withoutDelta)).toEqual(expected.map(withoutDelta));
        },
      ),
      { numRuns: of === 'frames' ? 120 : 60 },
    );
  });

  test('frames, conversations and calls are found where they stand in it', async () => {
    const filter = { text: '', verdicts: [], conversation: null };
    for (const column of ['length', 'info', 'source'] as const) {
      const order = { column, descending: true };
      const { rows } = await askDesk(desk, 'frames.window', { filter, order, from: 0, count: 1000 });
      for (const at of [0, 7, rows.length - 1]) {
        const frame = rows[at]?.frame ?? 0;
        expect(await askDesk(desk, 'frames.rowOf', { filter, order, frame })).toBe(at);
      }
    }
    const order = { column: 'frames', descending: true } as const;
    const wish = { text: '', verdicts: [], order };
    const conversations = (await askDesk(desk, 'conversations.window', { ...wish, from: 0, count: 100 }))
      .rows;
    for (const [at, { conversation }] of conversations.entries())
      expect(await askDesk(desk, 'conversations.rowOf', { ...wish, conversation })).toBe(at);
    const hidden = { ...wish, text: 'nothing has this', conversation: '0' };
    expect(await askDesk(desk, 'conversations.rowOf', hidden)).toBeNull();
    const calls = { filter: { text: '', states: [] }, order: { column: 'to', descending: true } as const };
    const { rows } = await askDesk(desk, 'calls.window', { ...calls, from: 0, count: 100 });
    for (const [at, { call }] of rows.entries())
      expect(await askDesk(desk, 'calls.rowOf', { ...calls, call })).toBe(at);
  });

  test('a row says how long after the one above it the frame came', async () => {
    const filter = { text: '', verdicts: [], conversation: null };
    const order = { column: 'time', descending: true } as const;
    const { rows } = await askDesk(desk, 'frames.window', { filter, order, from: 3, count: 20 });
    for (let at = 1; at < rows.length; at += 1)
      expect(rows[at]?.delta).toBeCloseTo((rows[at]?.relative ?? 0) - (rows[at - 1]?.relative ?? 0), 8);
    expect(rows[0]?.delta).not.toBeNull();
    expect((await askDesk(desk, 'frames.window', { filter, from: 0, count: 1 })).rows[0]?.delta).toBeNull();
  });
});

/** It depends on the row above. */
function withoutDelta(row: Row): Row {
  return { ...row, delta: null };
}
