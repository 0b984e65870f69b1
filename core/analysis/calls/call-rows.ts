import type { CallFilter, CallRow, LegRow } from '../../api-calls.ts';
import { byeRowOf } from '../../app/calls/call-ending.ts';
import { METHOD_INVITE, MESSAGE_IS_REQUEST } from '../../app/calls/call-tables.ts';
import type { LegDescription, Time } from '../../app/calls/describe-leg.ts';
import type { CallGroup } from '../../app/calls/join-legs.ts';
import type { CallBook } from './call-book.ts';
import type { LockedCall } from './call-locked.ts';
import type { OpaqueConnections, OpaqueStretch } from './call-opaque.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import type { MediaStreams } from '../media/media-streams.ts';
import type { MessageIndex } from '../messages/message-index.ts';

/** Makes the rows of the call list and of the list of other dialogs. */
export class CallRows {
  private readonly book: CallBook;
  private readonly opaque: OpaqueConnections;
  private readonly media: MediaStreams;
  private readonly messages: MessageIndex;
  private readonly frames: FrameReporter;

  constructor(
    book: CallBook,
    opaque: OpaqueConnections,
    media: MediaStreams,
    messages: MessageIndex,
    frames: FrameReporter,
  ) {
    this.book = book;
    this.opaque = opaque;
    this.media = media;
    this.messages = messages;
    this.frames = frames;
  }

  ofGroup(group: CallGroup): CallRow {
    const { book } = this;
    const legs = group.legs.map((leg) => book.describe(leg));
    const first = legs[0] ?? book.describe(0);
    const end = this.endingOf(group, first);
    const final = this.finalOf(group, first);
    return {
      call: first.callId,
      kind: 'read',
      from: first.from,
      to: first.to,
      state: first.state,
      time: timeText(first.start),
      relative: book.relativeOf(this.firstRowOf(first.leg)),
      requestDelay: first.requestDelay,
      ringing: first.ringing,
      setup: first.setup,
      duration: first.duration,
      finalStatus: first.finalStatus,
      finalReason: final < 0 ? '' : this.reasonOf(final),
      finalFrom: final < 0 ? first.finalFrom : this.sourceOf(final),
      endedBy: end < 0 ? first.endedBy : this.sourceOf(end),
      source: first.source,
      destination: first.destination,
      legs: legs.length,
      messages: sumOf(legs, (leg) => leg.messages),
      decrypted: sumOf(legs, (leg) => leg.decrypted),
      transports: [...new Set(legs.flatMap((leg) => leg.transports))],
      locked: this.stretchesOf(group).length,
      streams: this.media.countOf({ callIds: legs.map((leg) => leg.callId), conversations: [] }),
      notes: [...new Set(legs.flatMap((leg) => leg.notes))],
      firstFrame: this.frameOf(this.firstRowOf(first.leg)),
    };
  }

  ofLocked(call: LockedCall): CallRow {
    const start = this.frames.relativeTimeOf(call.firstFrame);
    return {
      call: call.name,
      kind: 'locked',
      from: '',
      to: '',
      state: 'locked',
      time: timeText(call.start),
      relative: start,
      requestDelay: null,
      ringing: null,
      setup: null,
      duration: call.media.length === 0 ? null : this.frames.relativeTimeOf(call.lastFrame) - start,
      finalStatus: 0,
      finalReason: '',
      finalFrom: '',
      endedBy: '',
      source: call.source,
      destination: call.destination,
      legs: 0,
      messages: 0,
      decrypted: 0,
      transports: ['TLS'],
      locked: call.signalling.length,
      streams: this.media.countOf({ callIds: [], conversations: call.media }),
      notes: [],
      firstFrame: call.firstFrame,
    };
  }

  ofLeg(leg: number): LegRow {
    const one = this.book.describe(leg);
    const first = this.firstRowOf(leg);
    return {
      callId: one.callId,
      kind: one.kind,
      from: one.from,
      to: one.to,
      state: one.state,
      time: timeText(one.start),
      relative: this.book.relativeOf(first),
      requestDelay: one.requestDelay,
      setup: one.setup,
      duration: one.duration,
      finalStatus: one.finalStatus,
      source: one.source,
      destination: one.destination,
      transports: one.transports,
      messages: one.messages,
      decrypted: one.decrypted,
      retransmissions: one.retransmissions,
      event: one.event,
      contact: one.contact,
      expires: one.expires,
      subscriptionState: one.subscriptionState,
      notes: one.notes,
      firstFrame: this.frameOf(first),
    };
  }

  /** Opaque connections between hosts of a call that said something while it went on. */
  stretchesOf(group: CallGroup): OpaqueStretch[] {
    if (this.opaque.all().length === 0) return [];
    const { tracker } = this.book;
    const endpoints = new Set<string>();
    let start: Time | null = null;
    let end: Time | null = null;
    for (const leg of group.legs) {
      const one = this.book.describe(leg);
      if (start === null || isBefore(one.start, start)) start = one.start;
      if (end === null || isBefore(end, one.end)) end = one.end;
      for (const row of this.book.rowsOf(leg, MOST_ROWS)) {
        endpoints.add(tracker.endpoints[tracker.messages.source.read(row)] ?? '');
        endpoints.add(tracker.endpoints[tracker.messages.destination.read(row)] ?? '');
      }
    }
    return start === null || end === null ? [] : this.opaque.stretchesOf([...endpoints], start, end);
  }

  /** Row of the final response as it was first sent, over all hops and legs; -1 without one. */
  finalOf(group: CallGroup, first: LegDescription): number {
    if (first.finalStatus === 0) return -1;
    const { messages } = this.book.tracker;
    let found = -1;
    for (const leg of group.legs)
      for (const row of this.book.rowsOf(leg, MOST_ROWS)) {
        if (messages.status.read(row) !== first.finalStatus || messages.method.read(row) !== METHOD_INVITE)
          continue;
        if (found < 0 || row < found) found = row;
        break;
      }
    return found;
  }

  /** Row of the first BYE of all legs; -1 without one. */
  endingOf(group: CallGroup, first: LegDescription): number {
    if (first.endedBy === '') return -1;
    const rows = group.legs.map((leg) => byeRowOf(this.book.tracker, leg)).filter((row) => row >= 0);
    return rows.length === 0 ? -1 : Math.min(...rows);
  }

  /** "180 Ringing" or "INVITE": the start line in short. */
  labelOf(row: number): string {
    const { messages } = this.book.tracker;
    const isRequest = (messages.flags.read(row) & MESSAGE_IS_REQUEST) !== 0;
    return this.labelOfHandle(messages.message.read(row), isRequest);
  }

  labelOfHandle(handle: number, isRequest: boolean): string {
    const line = this.messages.view(this.book.messageOf(handle))?.startLine ?? '';
    return isRequest ? (line.trimStart().split(' ', 1)[0] ?? '') : line.replace(/^\s*\S+ +/, '').trim();
  }

  reasonOf(row: number): string {
    return this.labelOf(row).replace(/^\d+ ?/, '');
  }

  frameOf(row: number): number {
    return this.book.tracker.messages.frame.read(row);
  }

  sourceOf(row: number): string {
    const { tracker } = this.book;
    return tracker.endpoints[tracker.messages.source.read(row)] ?? '';
  }

  firstRowOf(leg: number): number {
    return this.book.tracker.legs.first.read(leg) - 1;
  }
}

/** What a filter looks at: a row of the list without what takes time to find. */
export function matchesCall(filter: CallFilter, wanted: string, legs: readonly LegDescription[]): boolean {
  const [first] = legs;
  if (first === undefined) return false;
  if (filter.states.length > 0 && !filter.states.includes(first.state)) return false;
  return wanted === '' || legs.some((leg) => matchesLeg(wanted, leg));
}

/** `wanted` in lower case. */
export function matchesLeg(wanted: string, leg: LegDescription): boolean {
  const shown = [
    leg.from,
    leg.to,
    leg.callId,
    leg.source,
    leg.destination,
    leg.state,
    leg.event,
    leg.contact,
  ];
  const more = [...leg.transports, ...leg.notes, leg.finalStatus === 0 ? '' : String(leg.finalStatus)];
  return [...shown, ...more].join('\n').toLowerCase().includes(wanted);
}

export function timeText({ seconds, nanoseconds }: Time): string {
  return `${seconds}.${String(nanoseconds).padStart(9, '0')}`;
}

export function isBefore(one: Time, other: Time): boolean {
  return (
    one.seconds < other.seconds || (one.seconds === other.seconds && one.nanoseconds < other.nanoseconds)
  );
}

function sumOf(legs: readonly LegDescription[], read: (leg: LegDescription) => number): number {
  return legs.reduce((sum, leg) => sum + read(leg), 0);
}

/** Messages of one leg that are looked at for a row. */
const MOST_ROWS = 2000;
