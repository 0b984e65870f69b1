import type {
  CallArrow,
  CallDetail,
  CallLock,
  CallNegotiation,
  CallRow,
  LegRow,
  MediaStreamRow,
} from '../../../core/api-calls.ts';
import { timeOf } from './world.ts';

/** Final response, reason and how long it rang, by how the call ended. */
const ENDINGS = [
  { state: 'completed', status: 200, reason: 'OK', rings: true },
  { state: 'completed', status: 200, reason: 'OK', rings: true },
  { state: 'busy', status: 486, reason: 'Busy Here', rings: false },
  { state: 'in-call', status: 200, reason: 'OK', rings: true },
  { state: 'cancelled', status: 487, reason: 'Request Terminated', rings: true },
  { state: 'failed', status: 488, reason: 'Not Acceptable Here', rings: false },
  { state: 'locked', status: 0, reason: '', rings: false },
  { state: 'declined', status: 603, reason: 'Decline', rings: true },
  { state: 'ringing', status: 0, reason: '', rings: true },
  { state: 'timed-out', status: 408, reason: 'Request Timeout', rings: false },
  { state: 'redirected', status: 302, reason: 'Moved Temporarily', rings: false },
  { state: 'seen-in-part', status: 0, reason: '', rings: false },
  { state: 'challenged', status: 407, reason: 'Proxy Authentication Required', rings: false },
] as const;

const PHONE = '10.0.0.9';
const PBX = '10.0.0.5';
const TRUNK = '2001:db8:4005:80a::200e';

/** A made-up call, by its number. */
export function callRow(index: number, withKey: boolean): CallRow {
  const ending = ENDINGS[index % ENDINGS.length] ?? ENDINGS[0];
  const locked = ending.state === 'locked';
  const answered = ending.status === 200;
  const relative = 1.25 + index * 3.1;
  return {
    call: locked ? `locked ${index}` : callIdOf(index, 0),
    kind: locked ? 'locked' : 'read',
    from: locked ? '' : `sip:${1000 + (index % 90)}@pbx.example.com`,
    to: locked ? '' : `sip:+49301234${String(index).padStart(3, '0')}@pbx.example.com;user=phone`,
    state: ending.state,
    time: timeOf(10 + index * 1000),
    relative,
    requestDelay: locked ? null : 0.21,
    ringing: ending.rings && ending.status !== 0 ? 2.2 + (index % 7) : null,
    setup: answered ? 2.4 + (index % 7) : null,
    duration: ending.state === 'completed' ? 61.5 + index : null,
    finalStatus: ending.status,
    finalReason: ending.reason,
    finalFrom: ending.status === 0 ? '' : `${PBX}:5061`,
    endedBy: ending.state === 'completed' ? `${PHONE}:50212` : '',
    source: `${PHONE}:50212`,
    destination: `${PBX}:5061`,
    legs: locked ? 0 : 2,
    messages: locked ? 0 : 14,
    decrypted: locked ? 0 : withKey ? 14 : 7,
    transports: locked ? ['TLS'] : ['TLS', 'UDP'],
    locked: locked || !withKey ? 1 : 0,
    streams: answered || locked ? 2 : 0,
    notes: index % 5 === 0 ? ['retransmissions', 'early-media'] : [],
    firstFrame: 10 + index,
  };
}

export function callIdOf(index: number, leg: number): string {
  return `${(index * 2654435761 + leg).toString(16)}-7f2a90c1@${leg === 0 ? PHONE : PBX}`;
}

export function legRow(row: CallRow, index: number, leg: number): LegRow {
  return {
    callId: callIdOf(index, leg),
    kind: 'call',
    from: row.from,
    to: row.to,
    state: row.state,
    time: row.time,
    relative: row.relative + leg * 0.05,
    requestDelay: row.requestDelay,
    setup: row.setup,
    duration: row.duration,
    finalStatus: row.finalStatus,
    source: leg === 0 ? row.source : `${PBX}:5060`,
    destination: leg === 0 ? row.destination : `[${TRUNK}]:5060`,
    transports: [leg === 0 ? 'TLS' : 'UDP'],
    messages: 7,
    decrypted: leg === 0 ? row.decrypted - 7 : 7,
    retransmissions: 1,
    event: '',
    contact: `sip:1001@${PHONE}:50212`,
    expires: null,
    subscriptionState: '',
    notes: leg === 0 ? row.notes : [],
    firstFrame: row.firstFrame + leg,
  };
}

const REGISTRATION_KINDS = ['registration', 'subscription', 'options', 'message'] as const;

/** Registrations and other dialogs, in turn. */
export function dialogRow(index: number): LegRow {
  const kind = REGISTRATION_KINDS[index % REGISTRATION_KINDS.length] ?? 'other';
  const row = callRow(0, true);
  return {
    ...legRow(row, index, 0),
    callId: `${kind}-${index}@${PHONE}`,
    kind,
    state: index % 8 === 4 ? 'challenged' : 'completed',
    finalStatus: index % 8 === 4 ? 401 : 200,
    setup: null,
    duration: null,
    event: kind === 'subscription' ? 'message-summary' : '',
    subscriptionState: kind === 'subscription' ? 'active' : '',
    expires: kind === 'registration' ? 600 : null,
    messages: 4,
    decrypted: 4,
    notes: index % 8 === 4 ? ['authentication-loop'] : [],
    firstFrame: 4 + index,
  };
}

type Line = readonly [label: string, leg: number, from: number, to: number, after: number, detail?: string];

/** Phone, PBX and trunk: columns 0, 1, 2. */
const FLOW: readonly Line[] = [
  ['INVITE', 0, 0, 1, 0, 'SDP: PCMA, PCMU'],
  ['100 Trying', 0, 1, 0, 0.004],
  ['INVITE', 1, 1, 2, 0.05, 'SDP: PCMA'],
  ['INVITE', 1, 1, 2, 0.5, 'SDP: PCMA'],
  ['180 Ringing', 1, 2, 1, 0.2],
  ['180 Ringing', 0, 1, 0, 0.003],
];
const ANSWERED: readonly Line[] = [
  ['200 OK', 1, 2, 1, 2.2, 'SDP: PCMA'],
  ['ACK', 1, 1, 2, 0.01],
  ['200 OK', 0, 1, 0, 0.004, 'SDP: PCMA'],
  ['ACK', 0, 0, 1, 0.02],
  ['BYE', 0, 0, 1, 61.5, 'Normal call clearing'],
  ['200 OK', 0, 1, 0, 0.01],
  ['BYE', 1, 1, 2, 0.02],
  ['200 OK', 1, 2, 1, 0.01],
];

function flowOf(row: CallRow): readonly Line[] {
  if (row.finalStatus === 200) return [...FLOW, ...ANSWERED];
  const label = `${row.finalStatus} ${row.finalReason}`;
  if (row.finalStatus === 0) return FLOW;
  return [
    ...FLOW,
    [label, 1, 2, 1, 1.1],
    ['ACK', 1, 1, 2, 0.01],
    [label, 0, 1, 0, 0.01],
    ['ACK', 0, 0, 1, 0.01],
  ];
}

function arrowsOf(row: CallRow, withKey: boolean): CallArrow[] {
  let relative = 0;
  return flowOf(row)
    .map(([label, leg, from, to, after, detail], at): CallArrow => {
      relative += after;
      const status = Number.parseInt(label, 10);
      return {
        message: 4 + at,
        frame: row.firstFrame + at,
        conversation: String(leg),
        leg,
        from,
        to,
        time: row.time,
        relative,
        delay: after,
        label,
        detail: detail ?? '',
        isRequest: Number.isNaN(status),
        status: Number.isNaN(status) ? 0 : status,
        hasSdp: detail?.startsWith('SDP') === true,
        decrypted: leg === 0,
        retransmission: at === 3,
      };
    })
    .filter(({ leg }) => withKey || leg === 1);
}

const LOCK: CallLock = {
  conversation: '1',
  cause: 'no-key',
  sentence: [
    { kind: 'text', text: 'While the call went on, ' },
    { kind: 'conversation', conversation: '1' },
    { kind: 'text', text: ' ran between two of its hosts. It needs the private key of CN=pbx.example.com (' },
    { kind: 'frame', frame: 5 },
    { kind: 'text', text: ').' },
  ],
  from: 0,
  to: 1,
  start: 0,
  end: 66,
  records: 14,
};

export function callDetail(index: number, withKey: boolean): CallDetail {
  const row = callRow(index, withKey);
  const locked = row.kind === 'locked';
  const media = row.streams > 0 || locked;
  return {
    row,
    headline: [
      { kind: 'text', text: locked ? 'A call of which nothing can be read: ' : 'The call began in ' },
      { kind: 'frame', frame: row.firstFrame },
      { kind: 'text', text: locked ? ' and what follows.' : `; it is ${row.state}.` },
    ],
    legs: locked ? [] : [legRow(row, index, 0), legRow(row, index, 1)],
    joins: locked
      ? []
      : [
          {
            callIds: [callIdOf(index, 0), callIdOf(index, 1)],
            ground: index % 2 === 0 ? 'likeness' : 'session-id',
            sentence:
              index % 2 === 0
                ? 'The second was sent to the same number 0.05 s after the first, by the host that the first went to.'
                : 'Both carry the Session-ID ab30317f1a784dc48ff824d0d3715d86.',
            certain: index % 2 !== 0,
          },
        ],
    columns: [
      { host: PHONE, name: 'snomD785' },
      { host: PBX, name: 'pbx.example.com' },
      ...(locked ? [] : [{ host: TRUNK, name: 'trunk' }]),
    ],
    arrows: locked ? [] : arrowsOf(row, withKey),
    locks: locked || !withKey ? [LOCK] : [],
    media: media
      ? [0, 1].map((stream) => ({
          stream,
          from: stream === 0 ? 0 : 1,
          to: stream === 0 ? 1 : 0,
          start: 2.98 + stream * 0.02,
          end: 64.4,
          label: locked ? 'SRTP, encrypted' : 'SRTP PCMA',
          problem: stream === 1,
        }))
      : [],
    complete: true,
    negotiations: locked ? [] : NEGOTIATIONS,
    findings: locked
      ? []
      : [
          {
            id: 'sip-one-way-audio',
            severity: 'warning',
            sentence: 'Sound went one way only.',
            rich: [
              { kind: 'text', text: 'Sound went one way only: nothing came back after ' },
              { kind: 'frame', frame: row.firstFrame + 4 },
              { kind: 'text', text: '.' },
            ],
            frames: [row.firstFrame + 4],
            fix: 'Compare the address in the answer with where the media came from.',
            confidence: 'likely',
            conversation: '1',
          },
        ],
  };
}

const NEGOTIATIONS: readonly CallNegotiation[] = [
  {
    offerFrame: 10,
    answerFrame: 18,
    type: 'audio',
    active: true,
    codecs: ['PCMA/8000', 'telephone-event/8000'],
    offerAddress: '192.168.1.20:11780',
    offerDetails: ['RTP/SAVP', 'a=crypto: 1 AES_CM_128_HMAC_SHA1_80'],
    answerDetails: ['RTP/SAVP', 'a=crypto: 1 AES_CM_128_HMAC_SHA1_80'],
    answerAddress: '10.0.0.5:20004',
    direction: 'both ways',
    protection: 'sdes',
    renegotiation: false,
    remarks: ['The offer names a private address (192.168.1.20), the packet came from 10.0.0.9.'],
  },
  {
    offerFrame: 22,
    answerFrame: null,
    type: 'video',
    active: false,
    codecs: [],
    offerAddress: '192.168.1.20:0',
    offerDetails: ['RTP/AVP'],
    answerDetails: ['RTP/AVP'],
    answerAddress: '',
    direction: 'none',
    protection: 'none',
    renegotiation: true,
    remarks: [],
  },
];

export function streamRow(stream: number, withKey: boolean): MediaStreamRow {
  const shut = stream % 3 === 2 || !withKey;
  return {
    stream,
    conversation: '8',
    ssrc: `0x${(0x1a2b3c4d + stream).toString(16)}`,
    source: `${stream % 2 === 0 ? PHONE : PBX}:11780`,
    destination: `${stream % 2 === 0 ? PBX : PHONE}:20004`,
    call: shut ? null : callIdOf(Math.floor(stream / 2), 0),
    type: 'audio',
    payloadTypes: [8, 101],
    codec: 'PCMA',
    firstFrame: 20 + stream,
    lastFrame: 900 + stream,
    time: timeOf(20 + stream),
    relative: 4.2 + stream,
    duration: 61.44,
    packets: 3060,
    expected: 3072,
    lost: stream % 2 === 0 ? 12 : 0,
    reordered: 3,
    duplicates: 1,
    jitterMean: 1.8,
    jitterMax: 14.25,
    deltaMax: 81,
    gaps: stream % 2 === 0 ? [{ frame: 118, relative: 12.4, packets: 12 }] : [],
    dtmf: stream === 0 ? [...'4711#'].map((digit, at) => ({ frame: 40 + at, relative: 6 + at, digit })) : [],
    mos: shut ? null : 4.1,
    protection: 'sdes',
    authenticated: shut ? 0 : 3060,
    failed: 0,
    srtp: shut
      ? [
          { kind: 'text', text: 'Its keys travel in the SDP of ' },
          { kind: 'conversation', conversation: '1' },
          { kind: 'text', text: ', which stayed encrypted.' },
        ]
      : [
          { kind: 'text', text: 'AES_CM_128_HMAC_SHA1_80 with the keys of ' },
          { kind: 'frame', frame: 18 },
          { kind: 'text', text: ': every packet is authentic.' },
        ],
    rtcp: { reports: 12, lostMax: 0.004, jitterMax: 3.1, roundTrip: 0.021 },
    playable: !shut,
    notPlayable: shut ? 'It is encrypted, and its keys could not be read.' : '',
    remarks: stream === 1 ? ['Nothing was sent for 2.1 s before second 14.'] : [],
  };
}
