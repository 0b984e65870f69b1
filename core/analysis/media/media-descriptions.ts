import type { MediaDescription } from '../../app/sdp/parse-sdp.ts';
import { parseSdp } from '../../app/sdp/parse-sdp.ts';
import { bodyParts } from '../../app/sip/body-parts.ts';
import { parseSipMessage } from '../../app/sip/parse-message.ts';
import { parseIpv6 } from '../../export/stand-in-address.ts';
import { type CryptoLine, readCryptoLines } from '../../media/srtp/parse-crypto.ts';
import { formatEndpoint, formatIpv6 } from '../../net/addresses.ts';
import type { MessageIndex } from '../messages/message-index.ts';

/** One medium as one party described it: where that party receives, and the keys with which it sends. */
export interface MediaEnd {
  readonly id: number;
  readonly callId: string;
  /** Frame in which the message with the description ends, and the conversation that carried it. */
  readonly frame: number;
  readonly conversation: number;
  readonly media: MediaDescription;
  /** Its a=crypto lines; the keys in them print as nothing. */
  readonly crypto: readonly CryptoLine[];
}

/** The media that the readable signalling of a capture describes. */
export class MediaDescriptions {
  readonly ends: MediaEnd[] = [];
  private readonly byAddress = new Map<string, MediaEnd[]>();
  private readonly byControlAddress = new Map<string, MediaEnd[]>();
  private readonly byCall = new Map<string, MediaEnd[]>();
  private readonly messages: MessageIndex;
  private next = 0;

  constructor(messages: MessageIndex) {
    this.messages = messages;
  }

  /** Reads at most so many messages more; true where none is left. */
  advance(most: number): boolean {
    const { messages } = this;
    const end = Math.min(messages.length, this.next + most);
    for (; this.next < end && this.ends.length < MOST_ENDS; this.next += 1) this.read(this.next);
    return this.next >= messages.length || this.ends.length >= MOST_ENDS;
  }

  /** The ends that receive at "address:port", in order. */
  at(endpoint: string): readonly MediaEnd[] {
    return this.byAddress.get(endpoint) ?? NONE;
  }

  /** The ends that receive RTCP there. */
  controlAt(endpoint: string): readonly MediaEnd[] {
    return this.byControlAddress.get(endpoint) ?? NONE;
  }

  ofCall(callId: string): readonly MediaEnd[] {
    return this.byCall.get(callId) ?? NONE;
  }

  private read(message: number): void {
    const view = this.messages.view(message);
    // Only what is part of an offer or answer describes media (RFC 3264, RFC 6337 §2).
    if (view === null || !/\b(?:INVITE|ACK|UPDATE|PRACK)\s*$/i.test(view.cseq)) return;
    const bytes = this.messages.bytesOf(message);
    if (bytes === null || !holdsMedia(bytes)) return;
    const parsed = parseSipMessage(bytes);
    for (const part of bodyParts(parsed)) {
      if (part.contentType !== 'application/sdp') continue;
      const text = UTF_8.decode(bytes.slice(part.from, part.to));
      const description = parseSdp(text);
      if (description === null) continue;
      const crypto = readCryptoLines(text);
      description.media.forEach((media, index) => {
        if (media.port === 0 || this.ends.length >= MOST_ENDS) return;
        const { callId, frame, conversation } = view;
        const id = this.ends.length;
        this.add({ id, callId, frame, conversation, media, crypto: crypto[index] ?? [] });
      });
    }
  }

  private add(end: MediaEnd): void {
    this.ends.push(end);
    push(this.byCall, end.callId, end);
    const { address, port, rtcpPort, candidates } = end.media;
    push(this.byControlAddress, endpointOf(address, rtcpPort), end);
    const places = new Set([endpointOf(address, port)]);
    for (const candidate of candidates)
      if (candidate.transport === 'udp' && candidate.component === 1)
        places.add(endpointOf(candidate.address, candidate.port));
    for (const place of places) push(this.byAddress, place, end);
  }
}

/** As conversations write their endpoints: IPv6 in its canonical form. */
function endpointOf(address: string, port: number): string {
  const words = address.includes(':') ? parseIpv6(address) : null;
  return formatEndpoint(words === null ? address : formatIpv6(words), port);
}

/** Whether a line begins with "m=". */
function holdsMedia(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1))
    if (bytes[at + 1] === 0x6d && bytes[at + 2] === 0x3d) return true;
  return false;
}

function push(map: Map<string, MediaEnd[]>, key: string, end: MediaEnd): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [end]);
  else list.push(end);
}

const NONE: readonly MediaEnd[] = [];
const UTF_8 = new TextDecoder('utf-8');
const LINE_FEED = 10;
const MOST_ENDS = 100_000;
