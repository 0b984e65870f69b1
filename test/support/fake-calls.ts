import type { CallFilter, CallRequests, CallRow, SipStatistics } from '../../core/api-calls.ts';
import type { ApiError } from '../../core/api.ts';
import { encodeBase64 } from '../../core/bytes/base64.ts';
import { callDetail, callRow, dialogRow, streamRow } from './fake/call-world.ts';
import { inOrder } from './fake/in-order.ts';
import { sipOf } from './fake/sip-texts.ts';
import { timeOf } from './fake/world.ts';

type Answers = {
  readonly [N in keyof CallRequests]: (params: CallRequests[N]['params']) => CallRequests[N]['result'];
};

/** What the made-up host's capture is just now. */
export interface FakeCallState {
  readonly revision: number;
  readonly calls: number;
  readonly withKey: boolean;
}

/** The made-up host's answers about calls and media. */
export function createCalls(now: () => FakeCallState): Answers {
  const windowOf = <T>(rows: readonly T[], from: number, count: number) => ({
    revision: now().revision,
    total: rows.length,
    ordered: true,
    from,
    rows: rows.slice(from, from + count),
  });
  const rows = (): CallRow[] => {
    const { calls, withKey } = now();
    return Array.from({ length: calls }, (_, index) => callRow(index, withKey));
  };
  const indexOf = (call: string): number => {
    const index = rows().findIndex((row) => row.call === call);
    if (index < 0) throw refusal(`There is no call ${call}.`);
    return index;
  };
  const few = (): number => Math.min(40, now().calls);
  return {
    'calls.window': ({ filter, order, from, count }) =>
      windowOf(
        inOrder(
          rows().filter((row) => matches(row, filter)),
          order,
        ),
        from,
        count,
      ),
    'calls.rowOf': ({ filter, order, call }) => {
      const list = rows().filter((row) => matches(row, filter));
      const row = inOrder(list, order).findIndex((each) => each.call === call);
      return row < 0 ? null : row;
    },
    'call.detail': ({ call }) => callDetail(indexOf(call), now().withKey),
    'call.ladder': ({ call, as }) => ({
      text: as === 'svg' ? '<svg xmlns="http://www.w3.org/2000/svg"/>' : `ladder of call ${indexOf(call)}`,
    }),
    'calls.join': () => null,
    'dialogs.window': ({ kind, text, order, from, count }) =>
      windowOf(
        inOrder(
          Array.from({ length: few() }, (_, index) => dialogRow(index)).filter(
            (row) =>
              (kind === '' || row.kind === kind) &&
              JSON.stringify(row).toLowerCase().includes(text.toLowerCase()),
          ),
          order,
        ),
        from,
        count,
      ),
    'dialog.messages': ({ callId }) =>
      [0, 1, 2, 3].map((step) => ({
        message: step,
        frame: 4 + step,
        time: timeOf(4 + step),
        conversation: '1',
        source: step % 2 === 0 ? '10.0.0.9:50212' : '10.0.0.5:5061',
        destination: step % 2 === 0 ? '10.0.0.5:5061' : '10.0.0.9:50212',
        startLine: sipOf(step, '10.0.0.9').start,
        callId,
        cseq: sipOf(step, '10.0.0.9').cseq,
        decrypted: true,
      })),
    'sip.statistics': () => (now().calls === 0 ? { ...STATISTICS, methods: [], calls: [] } : STATISTICS),
    'media.window': ({ text = '', order, from, count }) =>
      windowOf(
        inOrder(
          Array.from({ length: Math.min(2, now().calls) }, (_, stream) =>
            streamRow(stream, now().withKey),
          ).filter(({ source, destination, codec }) => `${source} ${destination} ${codec}`.includes(text)),
          order,
        ),
        from,
        count,
      ),
    'media.wav': ({ stream }) => {
      if (!streamRow(stream, now().withKey).playable) throw refusal('This stream cannot be played.');
      return { bytes: encodeBase64(silence(1)), complete: true };
    },
  };
}

function matches(row: CallRow, filter: CallFilter): boolean {
  if (filter.states.length > 0 && !filter.states.includes(row.state)) return false;
  return JSON.stringify(row).toLowerCase().includes(filter.text.toLowerCase());
}

function refusal(message: string): Error & ApiError {
  return Object.assign(new Error(message), { code: 'not-found' as const, message });
}

/** RIFF/WAVE: 8000 samples of 16 bit a second, all zero. */
function silence(seconds: number): Uint8Array {
  const data = seconds * 16_000;
  const bytes = new Uint8Array(44 + data);
  const view = new DataView(bytes.buffer);
  const words = ['RIFF', 'WAVEfmt ', 'data'];
  [0, 8, 36].forEach((at, word) =>
    [...(words[word] ?? '')].forEach((letter, index) => (bytes[at + index] = letter.charCodeAt(0))),
  );
  view.setUint32(4, 36 + data, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 8000, true);
  view.setUint32(28, 16_000, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  view.setUint32(40, data, true);
  return bytes;
}

const STATISTICS: SipStatistics = {
  methods: [
    {
      method: 'INVITE',
      requests: 312,
      retransmissions: 14,
      unanswered: 3,
      finals: [
        { status: 200, reason: 'OK', count: 241 },
        { status: 302, reason: 'Moved Temporarily', count: 4 },
        { status: 486, reason: 'Busy Here', count: 31 },
        { status: 488, reason: 'Not Acceptable Here', count: 9 },
        { status: 503, reason: 'Service Unavailable', count: 2 },
        { status: 603, reason: 'Decline', count: 22 },
      ],
      median: 2.4,
      percentile95: 8.1,
      largest: 31.2,
    },
    {
      method: 'REGISTER',
      requests: 96,
      retransmissions: 0,
      unanswered: 0,
      finals: [
        { status: 200, reason: 'OK', count: 48 },
        { status: 401, reason: 'Unauthorized', count: 48 },
      ],
      median: 0.012,
      percentile95: 0.08,
      largest: 0.9,
    },
    {
      method: 'ACK',
      requests: 240,
      retransmissions: 0,
      unanswered: 0,
      finals: [],
      median: null,
      percentile95: null,
      largest: null,
    },
  ],
  calls: [
    { state: 'completed', count: 201 },
    { state: 'busy', count: 31 },
    { state: 'failed', count: 11 },
    { state: 'locked', count: 9 },
  ],
  registrations: { total: 48, registered: 46, failed: 2, challenged: 48 },
  failures: [
    { reason: '486 Busy Here', count: 31, firstFrame: 812 },
    { reason: '488 Not Acceptable Here', count: 9, firstFrame: 1033 },
  ],
};
