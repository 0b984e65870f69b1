import type { Codec, MediaDescription, MediaDirection, SessionDescription } from './parse-sdp.ts';

/** How media are protected by what the description says. */
export type MediaProtection = 'none' | 'sdes' | 'dtls' | 'zrtp';

export const MEDIA_FINDINGS = [
  'media-count-differs',
  'media-refused',
  'no-common-codec',
  'protection-differs',
  'address-family-differs',
  'address-missing',
  'address-private',
  'one-way',
  'on-hold',
  'no-dtmf-events',
] as const;
export type MediaFindingKind = (typeof MEDIA_FINDINGS)[number];

export interface MediaFinding {
  readonly kind: MediaFindingKind;
  /** Index of the m= section, -1 for the session. */
  readonly media: number;
  readonly sentence: string;
}

/** What offer and answer agreed on for one m= section (RFC 3264). */
export interface NegotiatedMedia {
  readonly type: string;
  readonly offer: MediaDescription;
  readonly answer: MediaDescription;
  /** False where either side set port 0. */
  readonly active: boolean;
  /** In the answer's order: the first is the one to expect. */
  readonly codecs: readonly Codec[];
  readonly offererSends: boolean;
  readonly answererSends: boolean;
  readonly protection: MediaProtection;
}

export interface Negotiation {
  readonly media: readonly NegotiatedMedia[];
  readonly findings: readonly MediaFinding[];
}

export function protectionOf(media: MediaDescription): MediaProtection {
  if (media.crypto.length > 0) return 'sdes';
  if (media.fingerprints.length > 0) return 'dtls';
  return media.zrtp ? 'zrtp' : 'none';
}

/** Lays an answer beside its offer. */
export function compareOfferAnswer(offer: SessionDescription, answer: SessionDescription): Negotiation {
  const findings: MediaFinding[] = [];
  if (offer.media.length !== answer.media.length)
    findings.push({
      kind: 'media-count-differs',
      media: -1,
      sentence: `The offer has ${offer.media.length} media, the answer ${answer.media.length}; they must be as many.`,
    });
  const media: NegotiatedMedia[] = [];
  for (const [index, offered] of offer.media.entries()) {
    const answered = answer.media[index];
    if (answered === undefined) break;
    const one = negotiate(offered, answered);
    media.push(one);
    judge(one, index, findings);
  }
  return { media, findings };
}

function negotiate(offer: MediaDescription, answer: MediaDescription): NegotiatedMedia {
  const codecs = answer.codecs.filter((codec) => offer.codecs.some((other) => isSameCodec(codec, other)));
  const protection = protectionOf(answer);
  return {
    type: offer.type,
    offer,
    answer,
    active: offer.port !== 0 && answer.port !== 0,
    codecs,
    offererSends: sends(offer.direction) && receives(answer.direction),
    answererSends: sends(answer.direction) && receives(offer.direction),
    protection,
  };
}

/** Names are compared without case (RFC 8866 §6.6); dynamic types may have another number in the answer. */
function isSameCodec(one: Codec, other: Codec): boolean {
  if (one.name === '' || other.name === '') return one.payloadType === other.payloadType;
  const sameName = one.name.toLowerCase() === other.name.toLowerCase();
  return sameName && one.clockRate === other.clockRate && one.channels === other.channels;
}

function judge(media: NegotiatedMedia, index: number, findings: MediaFinding[]): void {
  const { offer, answer } = media;
  const add = (kind: MediaFindingKind, sentence: string): void => {
    findings.push({ kind, media: index, sentence });
  };
  if (!media.active) {
    if (offer.port !== 0) add('media-refused', `The answer refuses ${offer.type} (port 0).`);
    return;
  }
  if (offer.codecs.length > 0 && media.codecs.filter(isSpeech).length === 0)
    add(
      'no-common-codec',
      `No codec of the ${offer.type} answer (${namesOf(answer)}) stands in the offer (${namesOf(offer)}).`,
    );
  if (protectionOf(offer) !== protectionOf(answer) || isSecure(offer) !== isSecure(answer))
    add(
      'protection-differs',
      `The offer is ${offer.protocol} with ${protectionOf(offer)}, the answer ${answer.protocol} with ${protectionOf(answer)}.`,
    );
  if (offer.addressType !== answer.addressType)
    add(
      'address-family-differs',
      `The offer's address is ${offer.address}, the answer's ${answer.address}: one speaks IPv4, the other IPv6.`,
    );
  for (const [who, side] of [
    ['offer', offer],
    ['answer', answer],
  ] as const) {
    if (isUnspecified(side.address)) {
      // RFC 2543 put a call on hold so (RFC 3264 §8.4).
      if (side.address === '') add('address-missing', `The ${who} names no address for ${side.type}.`);
      else
        add(
          'on-hold',
          `The ${who}'s address for ${side.type} is ${side.address}: on hold in the old manner.`,
        );
    }
  }
  if (isPrivate(offer.address) !== isPrivate(answer.address)) {
    const side = isPrivate(offer.address) ? offer : answer;
    add(
      'address-private',
      `${side.address} is a private address, the other side's is not: media may not get there.`,
    );
  }
  if (media.offererSends !== media.answererSends)
    add(
      'one-way',
      `Only the ${media.offererSends ? 'offerer' : 'answerer'} sends ${media.type} (${offer.direction} against ${answer.direction}).`,
    );
  else if (!media.offererSends)
    add('on-hold', `Neither side sends ${media.type} (${offer.direction} against ${answer.direction}).`);
  if (media.type === 'audio' && hasEvents(offer.codecs) && !hasEvents(media.codecs))
    add(
      'no-dtmf-events',
      'The offer has telephone-event, the answer has not: DTMF goes in band or not at all.',
    );
}

function sends(direction: MediaDirection): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

function receives(direction: MediaDirection): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}

function isSecure(media: MediaDescription): boolean {
  return /SAVP/i.test(media.protocol);
}

/** Tones and comfort noise alone make no call. */
function isSpeech(codec: Codec): boolean {
  const name = codec.name.toLowerCase();
  return name !== 'telephone-event' && name !== 'cn';
}

function hasEvents(codecs: readonly Codec[]): boolean {
  return codecs.some((codec) => codec.name.toLowerCase() === 'telephone-event');
}

function namesOf(media: MediaDescription): string {
  return media.codecs.map((codec) => codec.name || `type ${codec.payloadType}`).join(', ') || 'none';
}

function isUnspecified(address: string): boolean {
  return address === '' || address === '0.0.0.0' || address === '::';
}

/** RFC 1918, RFC 4193, loopback and link-local addresses. */
export function isPrivate(address: string): boolean {
  if (/^(?:10\.|127\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(address)) return true;
  return /^(?:f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|::1$)/i.test(address);
}
