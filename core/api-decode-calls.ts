/** The shapes of what core/api-calls.ts says of calls and media; api-decode.ts checks with them. */
import type {
  CallDetail,
  CallFilter,
  CallRequests,
  CallRow,
  LegRow,
  MediaStreamRow,
  MethodStatisticsRow,
  SipStatistics,
} from './api-calls.ts';
import {
  causeId,
  finding,
  richText,
  rowCount,
  rowOrder,
  sipRow,
  windowOf,
  words,
  type ShapesOf,
} from './api-decode-common.ts';
import {
  arrayOf,
  count,
  finite,
  flag,
  integerUpTo,
  nothing,
  object,
  oneOf,
  optional,
  orNull,
  pair,
  text,
  type Shape,
} from './shape.ts';

/** More than there are states of a call. */
const MOST_STATES = 64;
/** Seconds of sound in one answer. */
const MOST_SECONDS = 24 * 3600;

const seconds = orNull(finite);
const texts = arrayOf(text);
const callIds = pair(words);

const callFilter: Shape<CallFilter> = object({ text: words, states: arrayOf(words, MOST_STATES) });

const callRow: Shape<CallRow> = object({
  call: text,
  kind: oneOf('read', 'locked'),
  from: text,
  to: text,
  state: text,
  time: text,
  relative: finite,
  requestDelay: seconds,
  ringing: seconds,
  setup: seconds,
  duration: seconds,
  finalStatus: count,
  finalReason: text,
  finalFrom: text,
  endedBy: text,
  source: text,
  destination: text,
  legs: count,
  messages: count,
  decrypted: count,
  transports: texts,
  locked: count,
  streams: count,
  notes: texts,
  firstFrame: count,
});

const legRow: Shape<LegRow> = object({
  callId: text,
  kind: text,
  from: text,
  to: text,
  state: text,
  time: text,
  relative: finite,
  requestDelay: seconds,
  setup: seconds,
  duration: seconds,
  finalStatus: count,
  source: text,
  destination: text,
  transports: texts,
  messages: count,
  decrypted: count,
  retransmissions: count,
  event: text,
  contact: text,
  expires: orNull(count),
  subscriptionState: text,
  notes: texts,
  firstFrame: count,
});

const callDetail: Shape<CallDetail> = object({
  row: callRow,
  headline: richText,
  legs: arrayOf(legRow),
  joins: arrayOf(object({ callIds: pair(text), ground: text, sentence: text, certain: flag })),
  columns: arrayOf(object({ host: text, name: text })),
  arrows: arrayOf(
    object({
      message: count,
      frame: count,
      conversation: text,
      leg: count,
      from: count,
      to: count,
      time: text,
      relative: finite,
      delay: finite,
      label: text,
      detail: text,
      isRequest: flag,
      status: count,
      hasSdp: flag,
      decrypted: flag,
      retransmission: flag,
    }),
  ),
  locks: arrayOf(
    object({
      conversation: text,
      cause: causeId,
      sentence: richText,
      from: count,
      to: count,
      start: finite,
      end: finite,
      records: count,
    }),
  ),
  media: arrayOf(
    object({ stream: count, from: count, to: count, start: finite, end: finite, label: text, problem: flag }),
  ),
  complete: flag,
  negotiations: arrayOf(
    object({
      offerFrame: count,
      answerFrame: orNull(count),
      type: text,
      active: flag,
      codecs: texts,
      offerAddress: text,
      answerAddress: text,
      offerDetails: texts,
      answerDetails: texts,
      direction: text,
      protection: oneOf('none', 'sdes', 'dtls', 'zrtp'),
      renegotiation: flag,
      remarks: texts,
    }),
  ),
  findings: arrayOf(finding),
});

const methodStatistics: Shape<MethodStatisticsRow> = object({
  method: text,
  requests: count,
  retransmissions: count,
  unanswered: count,
  finals: arrayOf(object({ status: count, reason: text, count })),
  median: seconds,
  percentile95: seconds,
  largest: seconds,
});

const sipStatistics: Shape<SipStatistics> = object({
  methods: arrayOf(methodStatistics),
  calls: arrayOf(object({ state: text, count })),
  registrations: object({ total: count, registered: count, failed: count, challenged: count }),
  failures: arrayOf(object({ reason: text, count, firstFrame: count })),
});

const mediaStream: Shape<MediaStreamRow> = object({
  stream: count,
  conversation: text,
  ssrc: text,
  source: text,
  destination: text,
  call: orNull(text),
  type: text,
  payloadTypes: arrayOf(count),
  codec: text,
  firstFrame: count,
  lastFrame: count,
  time: text,
  relative: finite,
  duration: finite,
  packets: count,
  expected: count,
  lost: count,
  reordered: count,
  duplicates: count,
  jitterMean: finite,
  jitterMax: finite,
  deltaMax: finite,
  gaps: arrayOf(object({ frame: count, relative: finite, packets: count })),
  dtmf: arrayOf(object({ frame: count, relative: finite, digit: text })),
  mos: seconds,
  protection: oneOf('none', 'sdes', 'dtls-srtp', 'unknown'),
  authenticated: count,
  failed: count,
  srtp: richText,
  rtcp: orNull(object({ reports: count, lostMax: seconds, jitterMax: seconds, roundTrip: seconds })),
  playable: flag,
  notPlayable: text,
  remarks: texts,
});

export const CALL_REQUESTS: ShapesOf<CallRequests> = {
  'calls.window': {
    params: object({ filter: callFilter, order: rowOrder('calls'), from: count, count: rowCount }),
    result: windowOf(callRow),
  },
  'calls.rowOf': {
    params: object({ filter: callFilter, order: rowOrder('calls'), call: words }),
    result: orNull(count),
  },
  'call.detail': { params: object({ call: words }), result: callDetail },
  'call.ladder': {
    params: object({ call: words, as: oneOf('text', 'svg') }),
    result: object({ text }),
  },
  'calls.join': { params: object({ callIds, joined: orNull(flag) }), result: nothing },
  'dialogs.window': {
    params: object({
      kind: words,
      text: words,
      order: rowOrder('dialogs'),
      from: count,
      count: rowCount,
    }),
    result: windowOf(legRow),
  },
  'dialog.messages': { params: object({ callId: words }), result: arrayOf(sipRow) },
  'sip.statistics': { params: nothing, result: sipStatistics },
  'media.window': {
    params: object({
      call: orNull(words),
      text: optional(words),
      order: rowOrder('media'),
      from: count,
      count: rowCount,
    }),
    result: windowOf(mediaStream),
  },
  'media.wav': {
    params: object({ stream: count, seconds: integerUpTo(MOST_SECONDS) }),
    result: object({ bytes: text, complete: flag }),
  },
};
