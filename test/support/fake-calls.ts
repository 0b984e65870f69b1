import type { CallDetail, CallFilter, CallRequests, CallRow, LegRow } from '../../core/api-calls.ts';
import type { ApiError } from '../../core/api.ts';

type Answers = {
  readonly [N in keyof CallRequests]: (params: CallRequests[N]['params']) => CallRequests[N]['result'];
};

/** The made-up host's answers about calls and media. */
export function createCalls(revision: () => number): Answers {
  const windowOf = <T>(rows: readonly T[], from: number, count: number) => ({
    revision: revision(),
    total: rows.length,
    from,
    rows: rows.slice(from, from + count),
  });
  return {
    'calls.window': ({ filter, from, count }) =>
      windowOf(
        CALLS.filter((row) => matches(row, filter)),
        from,
        count,
      ),
    'call.detail': ({ call }) => detailOf(rowOf(call)),
    'call.ladder': ({ call, as }) => ({
      text: as === 'svg' ? '<svg xmlns="http://www.w3.org/2000/svg"/>' : `ladder of ${rowOf(call).call}`,
    }),
    'calls.join': () => null,
    'dialogs.window': ({ kind, text, from, count }) =>
      windowOf(
        DIALOGS.filter(
          (row) =>
            (kind === '' || row.kind === kind) &&
            JSON.stringify(row).toLowerCase().includes(text.toLowerCase()),
        ),
        from,
        count,
      ),
    'dialog.messages': () => [],
    'sip.statistics': () => ({
      methods: [
        {
          method: 'INVITE',
          requests: 2,
          retransmissions: 1,
          unanswered: 0,
          finals: [{ status: 200, reason: 'OK', count: 2 }],
          median: 1.2,
          percentile95: 2.4,
          largest: 2.4,
        },
      ],
      calls: [
        { state: 'completed', count: 1 },
        { state: 'locked', count: 1 },
      ],
      registrations: { total: 1, registered: 1, failed: 0, challenged: 0 },
      failures: [],
    }),
    'media.window': ({ from, count }) => windowOf([], from, count),
    'media.wav': () => {
      throw refusal('This stream cannot be played.');
    },
  };
}

function matches(row: CallRow, filter: CallFilter): boolean {
  if (filter.states.length > 0 && !filter.states.includes(row.state)) return false;
  return JSON.stringify(row).toLowerCase().includes(filter.text.toLowerCase());
}

function rowOf(call: string): CallRow {
  const row = CALLS.find((one) => one.call === call);
  if (row === undefined) throw refusal(`There is no call ${call}.`);
  return row;
}

function refusal(message: string): Error & ApiError {
  return Object.assign(new Error(message), { code: 'not-found' as const, message });
}

const READ: CallRow = {
  call: '7f2a90c1@10.0.0.9',
  kind: 'read',
  from: 'sip:1001@pbx.example.com',
  to: 'sip:1002@pbx.example.com',
  state: 'completed',
  time: '1499789161.250000000',
  relative: 1.25,
  requestDelay: 0.2,
  ringing: 2.2,
  setup: 2.4,
  duration: 61.5,
  finalStatus: 200,
  finalReason: 'OK',
  finalFrom: '10.0.0.5:5061',
  endedBy: '10.0.0.9:50212',
  source: '10.0.0.9:50212',
  destination: '10.0.0.5:5061',
  legs: 1,
  messages: 3,
  decrypted: 3,
  transports: ['TLS'],
  locked: 1,
  streams: 0,
  notes: ['retransmissions'],
  firstFrame: 9,
};

const CALLS: readonly CallRow[] = [
  READ,
  {
    ...READ,
    call: 'locked 1',
    kind: 'locked',
    from: '',
    to: '',
    state: 'locked',
    requestDelay: null,
    ringing: null,
    setup: null,
    duration: 30.2,
    finalStatus: 0,
    finalReason: '',
    finalFrom: '',
    endedBy: '',
    legs: 0,
    messages: 0,
    decrypted: 0,
    notes: [],
    firstFrame: 12,
  },
];

const LEG: LegRow = {
  callId: READ.call,
  kind: 'call',
  from: READ.from,
  to: READ.to,
  state: READ.state,
  time: READ.time,
  relative: READ.relative,
  requestDelay: READ.requestDelay,
  setup: READ.setup,
  duration: READ.duration,
  finalStatus: READ.finalStatus,
  source: READ.source,
  destination: READ.destination,
  transports: READ.transports,
  messages: READ.messages,
  decrypted: READ.decrypted,
  retransmissions: 1,
  event: '',
  contact: 'sip:1001@10.0.0.9:50212',
  expires: null,
  subscriptionState: '',
  notes: READ.notes,
  firstFrame: READ.firstFrame,
};

const DIALOGS: readonly LegRow[] = [
  {
    ...LEG,
    callId: 'reg-1@10.0.0.9',
    kind: 'registration',
    setup: null,
    duration: null,
    expires: 600,
    notes: [],
  },
];

function detailOf(row: CallRow): CallDetail {
  const arrows: CallDetail['arrows'] = ['INVITE', '200 OK', 'ACK'].map((label, at) => ({
    message: at,
    frame: row.firstFrame + at,
    conversation: '0',
    leg: 0,
    from: at === 1 ? 1 : 0,
    to: at === 1 ? 0 : 1,
    time: row.time,
    relative: at * 1.2,
    delay: at === 0 ? 0 : 1.2,
    label,
    detail: at === 2 ? '' : 'SDP',
    isRequest: at !== 1,
    status: at === 1 ? 200 : 0,
    hasSdp: at !== 2,
    decrypted: true,
    retransmission: false,
  }));
  return {
    row,
    headline: [
      {
        kind: 'text',
        text: row.kind === 'read' ? 'A call that was answered.' : 'A call of which nothing can be read.',
      },
    ],
    legs: row.kind === 'read' ? [LEG] : [],
    joins: [],
    columns: [
      { host: '10.0.0.9', name: '' },
      { host: '10.0.0.5', name: 'pbx.example.com' },
    ],
    arrows: row.kind === 'read' ? arrows : [],
    locks: [
      {
        conversation: '1',
        cause: 'no-key',
        sentence: [
          { kind: 'conversation', conversation: '1' },
          { kind: 'text', text: ' ran between hosts of this call while it went on; it cannot be read.' },
        ],
        from: 0,
        to: 1,
        start: 0,
        end: 30.2,
        records: 14,
      },
    ],
    media: [],
    complete: true,
    negotiations: [],
    findings: [],
  };
}
