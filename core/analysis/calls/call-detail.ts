import type { CallArrow, CallDetail, CallLock, CallMediaBar, CallRow, LegJoin } from '../../api-calls.ts';
import type { Finding, RichText } from '../../api.ts';
import { callLadder, type CallStep } from '../../app/calls/call-ladder.ts';
import type { CallGroup } from '../../app/calls/join-legs.ts';
import { headerValue } from '../../app/sip/parse-message.ts';
import { conversationLink, frameLink, rich } from '../../diagnosis/rich-text.ts';
import { SEVERITIES } from '../../verdict.ts';
import type { Analysis } from '../analysis.ts';
import type { CallBook } from './call-book.ts';
import { CallColumns } from './call-columns.ts';
import { findInCall } from './call-findings.ts';
import { findInMedia } from './call-media-findings.ts';
import type { LockedCall } from './call-locked.ts';
import { CallTexts, describeOffer, mediaOwners, tellNegotiations } from './call-negotiations.ts';
import { causeOfConnection, type OpaqueSignalling } from './call-opaque.ts';
import type { CallRows } from './call-rows.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import type { CallMediaStream, MediaOwner, MediaStreams } from '../media/media-streams.ts';
import type { WhyTeller } from '../frames/why-panel.ts';

/** Lays out one call: its ladder with what is locked, what was negotiated, and what is remarked. */
export class CallDetails {
  private readonly analysis: Analysis;
  private readonly book: CallBook;
  private readonly rows: CallRows;
  private readonly media: MediaStreams;
  private readonly frames: FrameReporter;
  private readonly why: WhyTeller;

  constructor(
    analysis: Analysis,
    book: CallBook,
    rows: CallRows,
    media: MediaStreams,
    frames: FrameReporter,
    why: WhyTeller,
  ) {
    this.analysis = analysis;
    this.book = book;
    this.rows = rows;
    this.media = media;
    this.frames = frames;
    this.why = why;
  }

  ofGroup(group: CallGroup): CallDetail {
    const { book } = this;
    const texts = new CallTexts(book);
    const row = this.rows.ofGroup(group);
    const ladder = callLadder(book.tracker, group.legs, MOST_ARROWS);
    const stretches = this.rows.stretchesOf(group);
    const streams = this.media.mediaOfCall(ownerOf(group, book));
    const endpointOf = (column: number): string => ladder.endpoints[column] ?? '';
    const columns = new CallColumns(
      [
        ...distinctPairs(ladder.steps).map(([from, to]) => [endpointOf(from), endpointOf(to)] as const),
        ...stretches.map(({ signalling }) => [signalling.client, signalling.server] as const),
        ...streams.map(({ source, destination }) => [source, destination] as const),
      ],
      mediaOwners(book, group.legs, texts),
    );
    const arrows = ladder.steps.map((step) =>
      this.arrow(step, group, texts, columns.of(endpointOf(step.from)), columns.of(endpointOf(step.to))),
    );
    const begin = row.relative;
    const locks = stretches.map((part) => this.lock(part.signalling, part, columns, begin, 'read'));
    const media = streams.map((stream) => bar(stream, columns, begin));
    const { rows: negotiations, remarks } = tellNegotiations(book, group.legs, texts);
    const legs = group.legs.map((leg) => this.rows.ofLeg(leg));
    return {
      row,
      headline: this.headline(row, group),
      legs,
      joins: group.joins.map((join) => this.join(join.legs, join)),
      columns: this.named(columns, arrows, ladder.steps, texts),
      arrows,
      locks,
      media,
      complete: ladder.complete,
      negotiations,
      findings: bySeverity([
        ...findInCall(book, group.legs, texts, remarks),
        ...this.mediaFindings(ownerOf(group, book)),
      ]),
    };
  }

  ofLocked(call: LockedCall): CallDetail {
    const row = this.rows.ofLocked(call);
    const streams = this.media.mediaOfCall({ callIds: [], conversations: call.media });
    const media = call.media.map(
      (conversation) =>
        [this.frames.endpointOf(conversation, 0), this.frames.endpointOf(conversation, 1)] as const,
    );
    const pairs = call.signalling.map(({ signalling }) => [signalling.client, signalling.server] as const);
    const columns = new CallColumns([...pairs, ...media], new Map());
    const locks = call.signalling.map((part) =>
      this.lock(part.signalling, part, columns, row.relative, call.media.length === 0 ? 'alone' : 'media'),
    );
    const bars = streams.map((stream) => bar(stream, columns, row.relative));
    for (const [one, other] of media) {
      columns.ofMedia(one);
      columns.ofMedia(other);
    }
    return {
      row,
      headline: this.lockedHeadline(call),
      legs: [],
      joins: [],
      columns: this.named(columns, [], [], null),
      arrows: [],
      locks,
      media: bars,
      complete: true,
      negotiations: [],
      findings: bySeverity(this.mediaFindings({ callIds: [], conversations: call.media })),
    };
  }

  private mediaFindings(owner: MediaOwner): Finding[] {
    // Asked for while they are still looked for: there will be another question.
    if (!this.media.advance(0)) return [];
    return findInMedia(this.media.window(owner, 0, MOST_STREAMS, (callId) => callId).rows);
  }

  private arrow(step: CallStep, group: CallGroup, texts: CallTexts, from: number, to: number): CallArrow {
    const { book } = this;
    const description = step.hasSdp ? texts.descriptionOf(step.message) : null;
    const details = [
      step.retransmission ? 'sent again' : '',
      step.isRequest && step.method === 'INVITE' && step.inDialog ? 're-INVITE' : '',
      description === null ? '' : `SDP: ${describeOffer(description)}`,
    ];
    return {
      message: book.messageOf(step.message),
      frame: step.frame,
      conversation: String(step.conversation),
      leg: Math.max(0, group.legs.indexOf(step.leg)),
      from,
      to,
      time: this.frames.timeOf(step.frame),
      relative: step.relative,
      delay: step.delay,
      label: this.rows.labelOfHandle(step.message, step.isRequest),
      detail: details.filter((part) => part !== '').join(' · '),
      isRequest: step.isRequest,
      status: step.status,
      hasSdp: step.hasSdp,
      decrypted: step.decrypted,
      retransmission: step.retransmission,
    };
  }

  private lock(
    signalling: OpaqueSignalling,
    part: { readonly firstFrame: number; readonly lastFrame: number; readonly records: number },
    columns: CallColumns,
    begin: number,
    call: 'read' | 'media' | 'alone',
  ): CallLock {
    const { conversation, client, server, ground, likelihood } = signalling;
    const cause = causeOfConnection(this.analysis, signalling);
    const start = Math.max(0, this.frames.relativeTimeOf(part.firstFrame) - begin);
    const title = this.why.tellConversation(conversation)?.title ?? '';
    const reason = title === '' ? '' : ` ${title.replace(/[.:]*$/, '')}.`;
    const place = { read: ' while this call went on', media: ' at the time of these media', alone: '' }[call];
    const words = `${likelihood === 'likely' ? 'It seems to be SIP' : 'It may be SIP'} (${ground})${call === 'alone' ? ': an inference.' : ': an inference from place and time.'}`;
    return {
      conversation: String(conversation),
      cause,
      sentence: rich`${conversationLink(String(conversation))} between ${client} and ${server} carried ${part.records} encrypted ${part.records === 1 ? 'record' : 'records'}${place} (${frameLink(part.firstFrame)} to ${frameLink(part.lastFrame)}). ${words}${reason}`,
      from: columns.of(client),
      to: columns.of(server),
      start,
      end: Math.max(start, this.frames.relativeTimeOf(part.lastFrame) - begin),
      records: part.records,
    };
  }

  private join(legs: readonly [number, number], join: CallGroup['joins'][number]): LegJoin {
    const callIdOf = (leg: number): string => this.book.describe(leg).callId;
    const { ground, sentence, certain } = join;
    return { callIds: [callIdOf(legs[0]), callIdOf(legs[1])], ground, sentence, certain };
  }

  /** Hosts by the name that a client asked for, else by the program that speaks there. */
  private named(
    columns: CallColumns,
    arrows: readonly CallArrow[],
    steps: readonly CallStep[],
    texts: CallTexts | null,
  ): CallDetail['columns'] {
    const names = new Map<number, string>();
    for (const { conversation, from, to } of arrows) {
      const session = this.analysis.sessionOf(Number(conversation));
      const name = session?.describingHandshake?.serverName ?? null;
      if (session === null || name === null) continue;
      const server = this.frames.endpointOf(Number(conversation), session.clientDirection === 0 ? 1 : 0);
      const column = columns.of(server);
      if (column === from || column === to) names.set(column, name);
    }
    for (const [at, { from, isRequest }] of arrows.entries()) {
      if (names.has(from) || names.size >= columns.hosts.length) continue;
      const parsed = texts?.messageOf(steps[at]?.message ?? 0) ?? null;
      const own = isRequest ? ['user-agent', 'server'] : ['server', 'user-agent'];
      const product =
        parsed === null ? null : (headerValue(parsed, own[0] ?? '') ?? headerValue(parsed, own[1] ?? ''));
      if (product !== null && product !== '') names.set(from, product.slice(0, MOST_NAME));
    }
    return columns.hosts.map((host, column) => ({ host, name: names.get(column) ?? '' }));
  }

  private headline(row: CallRow, group: CallGroup): RichText {
    const first = this.book.describe(group.legs[0] ?? 0);
    const final = this.rows.finalOf(group, first);
    const end = this.rows.endingOf(group, first);
    const at = final < 0 ? [] : rich` (${frameLink(this.rows.frameOf(final))})`;
    const who = rich`${row.from} to ${row.to}, from ${frameLink(row.firstFrame)} on: `;
    const read =
      row.decrypted === 0
        ? ''
        : row.decrypted === row.messages
          ? ', all decrypted'
          : `, ${row.decrypted} of them decrypted`;
    const count = ` ${row.messages} messages over ${row.transports.join(', ')}${read}.`;
    return [...who, ...this.outcome(row, at, end), ...rich`${count}`];
  }

  private outcome(row: CallRow, at: RichText, end: number): RichText {
    const seconds = (value: number | null): string =>
      value === null ? 'an unknown time' : `${value.toFixed(3)} s`;
    switch (row.state) {
      case 'completed':
      case 'in-call': {
        const taken = rich`taken by ${row.finalFrom} after ${seconds(row.setup)}${at}`;
        if (end < 0) return rich`${taken}, and not ended by the end of the capture.`;
        return rich`${taken}, ended after ${seconds(row.duration)} by ${row.endedBy} (${frameLink(this.rows.frameOf(end))}).`;
      }
      case 'seen-in-part':
        return rich`its beginning is not in the capture.`;
      case 'calling':
        return rich`no response by the end of the capture.`;
      case 'timed-out':
        if (row.finalStatus === 0) return rich`nobody answered.`;
        break;
      case 'proceeding':
      case 'ringing':
        return rich`no final response by the end of the capture.`;
      case 'cancelled':
        return rich`given up by ${row.endedBy === '' ? 'the caller' : row.endedBy} before it was taken${at}.`;
      default:
    }
    return rich`ended with ${row.finalStatus} ${row.finalReason} from ${row.finalFrom}${at}.`;
  }

  private lockedHeadline(call: LockedCall): RichText {
    const links = call.signalling.flatMap(({ signalling }, at) => [
      ...(at === 0 ? [] : rich`, `),
      conversationLink(String(signalling.conversation)),
    ]);
    if (call.media.length === 0)
      return rich`A connection between ${call.source} and ${call.destination} of which nothing can be read: ${links}. It seems to be SIP (${call.signalling[0]?.signalling.ground ?? ''}); how many calls it carried cannot be told.`;
    const duration = this.frames.relativeTimeOf(call.lastFrame) - this.frames.relativeTimeOf(call.firstFrame);
    return rich`Media ran between ${call.source} and ${call.destination} for ${duration.toFixed(1)} s (${frameLink(call.firstFrame)} to ${frameLink(call.lastFrame)}), and encrypted connections of these hosts said something when it began or ended: ${links}. That this was a call is an inference; nothing of its signalling can be read.`;
  }
}

export function ownerOf(group: CallGroup, book: CallBook): MediaOwner {
  return { callIds: group.legs.map((leg) => book.describe(leg).callId), conversations: [] };
}

function bar(stream: CallMediaStream, columns: CallColumns, begin: number): CallMediaBar {
  const { source, destination, start, end, ...rest } = stream;
  return {
    ...rest,
    from: columns.ofMedia(source),
    to: columns.ofMedia(destination),
    start: Math.max(0, start - begin),
    end: Math.max(0, end - begin),
  };
}

function bySeverity(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

function distinctPairs(steps: readonly CallStep[]): [number, number][] {
  const seen = new Set<string>();
  return steps.flatMap(({ from, to }): [number, number][] => {
    const key = `${from}/${to}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [[from, to]];
  });
}

const MOST_ARROWS = 5000;
const MOST_NAME = 80;
const MOST_STREAMS = 50;
