import type { CallNegotiation } from '../../api-calls.ts';
import { describeMediaDetails } from '../../app/sdp/describe-media.ts';
import { sdpExchanges } from '../../app/calls/sdp-exchanges.ts';
import {
  compareOfferAnswer,
  type MediaFinding,
  type NegotiatedMedia,
  protectionOf,
} from '../../app/sdp/compare-offer-answer.ts';
import {
  type Codec,
  type MediaDescription,
  parseSdp,
  type SessionDescription,
} from '../../app/sdp/parse-sdp.ts';
import { bodyParts } from '../../app/sip/body-parts.ts';
import { parseSipMessage, type SipMessage } from '../../app/sip/parse-message.ts';
import type { CallBook } from './call-book.ts';

/** A remark of an offer and its answer, with their frames. */
export interface NegotiationRemark {
  readonly finding: MediaFinding;
  readonly frames: readonly number[];
  readonly renegotiation: boolean;
}

/** The messages and session descriptions of one call, each read once. */
export class CallTexts {
  private readonly book: CallBook;
  private readonly messages = new Map<number, SipMessage | null>();
  private readonly descriptions = new Map<number, SessionDescription | null>();

  constructor(book: CallBook) {
    this.book = book;
  }

  /** By the tracker's handle. */
  messageOf(handle: number): SipMessage | null {
    const known = this.messages.get(handle);
    if (known !== undefined) return known;
    const bytes = this.messages.size < MOST_TEXTS ? this.book.bytesOf(handle) : null;
    const message = bytes === null ? null : parseSipMessage(bytes);
    this.messages.set(handle, message);
    return message;
  }

  descriptionOf(handle: number): SessionDescription | null {
    const known = this.descriptions.get(handle);
    if (known !== undefined) return known;
    const message = this.messageOf(handle);
    const part = message === null ? undefined : bodyParts(message).find(isSdp);
    const description =
      message === null || part === undefined
        ? null
        : parseSdp(decoder.decode(message.bytes.slice(part.from, part.to)));
    this.descriptions.set(handle, description);
    return description;
  }
}

/** What the legs of a call offered and answered, each exchange once though it passed several hops. */
export function tellNegotiations(
  book: CallBook,
  legs: readonly number[],
  texts: CallTexts,
): { readonly rows: readonly CallNegotiation[]; readonly remarks: readonly NegotiationRemark[] } {
  const rows: CallNegotiation[] = [];
  const remarks: NegotiationRemark[] = [];
  const seen = new Set<string>();
  for (const leg of legs)
    for (const { offer, answer, renegotiation } of sdpExchanges(book.tracker, leg)) {
      if (rows.length >= MOST_NEGOTIATIONS) return { rows, remarks };
      const offered = texts.descriptionOf(offer);
      if (offered === null) continue;
      const answered = answer === null ? null : texts.descriptionOf(answer);
      const key = JSON.stringify([leg, identityOf(offered), answered === null ? null : identityOf(answered)]);
      if (seen.has(key)) continue;
      seen.add(key);
      const offerFrame = book.frameOfHandle(offer);
      const answerFrame = answer === null || answered === null ? null : book.frameOfHandle(answer);
      const common = { offerFrame, answerFrame, renegotiation };
      if (answered === null) {
        for (const media of offered.media) rows.push({ ...common, ...offeredOnly(media) });
        continue;
      }
      const { media, findings } = compareOfferAnswer(offered, answered);
      media.forEach((one, index) => {
        const own = findings.filter(
          (finding) => finding.media === index || (finding.media < 0 && index === 0),
        );
        rows.push({ ...common, ...agreed(one), remarks: own.map((finding) => finding.sentence) });
      });
      const frames = [offerFrame, ...(answerFrame === null ? [] : [answerFrame])];
      for (const finding of findings) remarks.push({ finding, frames, renegotiation });
    }
  return { rows, remarks };
}

/** By "address:port" of media, without brackets: the endpoint that named it first. */
export function mediaOwners(book: CallBook, legs: readonly number[], texts: CallTexts): Map<string, string> {
  const { tracker } = book;
  const handles = new Set<number>();
  for (const leg of legs)
    for (const { offer, answer } of sdpExchanges(tracker, leg)) {
      handles.add(offer);
      if (answer !== null) handles.add(answer);
    }
  const named: { readonly row: number; readonly media: string }[] = [];
  for (const leg of legs)
    for (const row of book.rowsOf(leg)) {
      const handle = tracker.messages.message.read(row);
      if (!handles.has(handle)) continue;
      for (const { address, port } of texts.descriptionOf(handle)?.media ?? [])
        named.push({ row, media: `${address}:${port}` });
    }
  const owners = new Map<string, string>();
  for (const { row, media } of named.sort((a, b) => a.row - b.row)) {
    const source = tracker.endpoints[tracker.messages.source.read(row)] ?? '';
    if (!owners.has(media)) owners.set(media, source);
  }
  return owners;
}

/** "PCMA, opus" of a description, for a line below an arrow; with what stops the sound. */
export function describeOffer(description: SessionDescription): string {
  return description.media
    .map((media) => {
      const codecs = codecNames(media.codecs).slice(0, MOST_CODECS_SHOWN);
      const direction = media.direction === 'sendrecv' ? '' : ` ${media.direction}`;
      const refused = media.port === 0 ? ' refused' : '';
      return `${media.type}${codecs.length === 0 ? '' : ` ${codecs.join(', ')}`}${direction}${refused}`;
    })
    .join('; ');
}

function agreed(
  media: NegotiatedMedia,
): Omit<CallNegotiation, 'offerFrame' | 'answerFrame' | 'renegotiation' | 'remarks'> {
  const { offererSends, answererSends } = media;
  return {
    type: media.type,
    active: media.active,
    codecs: codecNames(media.codecs),
    offerAddress: addressOf(media.offer),
    answerAddress: addressOf(media.answer),
    offerDetails: describeMediaDetails(media.offer),
    answerDetails: describeMediaDetails(media.answer),
    direction: offererSends
      ? answererSends
        ? 'sendrecv'
        : 'sendonly'
      : answererSends
        ? 'recvonly'
        : 'inactive',
    protection: media.protection,
  };
}

function offeredOnly(
  media: MediaDescription,
): Omit<CallNegotiation, 'offerFrame' | 'answerFrame' | 'renegotiation'> {
  return {
    type: media.type,
    active: false,
    codecs: codecNames(media.codecs),
    offerAddress: addressOf(media),
    answerAddress: '',
    offerDetails: describeMediaDetails(media),
    answerDetails: [],
    direction: media.direction,
    protection: protectionOf(media),
    remarks: ['No answer to this offer was seen.'],
  };
}

function codecNames(codecs: readonly Codec[]): string[] {
  return codecs.map((codec) => codec.name || `type ${codec.payloadType}`);
}

function addressOf(media: MediaDescription): string {
  const address = media.address.includes(':') ? `[${media.address}]` : media.address;
  return `${address}:${media.port}`;
}

/** The same description on the next hop is the same exchange. */
function identityOf(description: SessionDescription): unknown {
  return description.media.map((media) => [
    media.type,
    media.address,
    media.port,
    media.direction,
    media.codecs.map((codec) => codec.payloadType),
    description.origin?.version,
  ]);
}

function isSdp(part: { readonly contentType: string }): boolean {
  return part.contentType === 'application/sdp';
}

const decoder = new TextDecoder('utf-8');
const MOST_TEXTS = 2000;
const MOST_NEGOTIATIONS = 200;
const MOST_CODECS_SHOWN = 4;
