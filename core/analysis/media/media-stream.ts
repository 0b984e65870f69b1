import type { Codec } from '../../app/sdp/parse-sdp.ts';
import { STATIC_PAYLOAD_TYPES } from '../../app/sdp/payload-types.ts';
import { StreamStatistics } from '../../media/rtp/stream-statistics.ts';
import { ToneReader } from '../../media/rtp/telephone-event.ts';
import type { SrtpFollower } from '../../media/srtp/srtp-follower.ts';
import type { MediaEnd } from './media-descriptions.ts';
import type { StreamKeys } from './media-keys.ts';
import type { Carrier } from './media-packets.ts';

/** What RTCP says of the packets of one source. */
export interface ControlFacts {
  reports: number;
  /** Packets lost, and jitter in units of the clock: the largest reported. */
  lostMax: number;
  jitterMax: number;
  /** Seconds from the place of the capture to the reporter and back, and who reported; -1 where not known. */
  way: number;
  reporter: number;
}

/** One source in one direction of one conversation, as it was followed. */
export class MediaStream {
  readonly conversation: number;
  readonly direction: 0 | 1;
  readonly ssrc: number;
  /** "address:port". */
  readonly source: string;
  readonly destination: string;
  /** What the receiver, and what the sender said of itself; null where no description that can be read does. */
  readonly receiver: MediaEnd | null;
  readonly sender: MediaEnd | null;
  readonly firstFrame: number;
  lastFrame: number;
  readonly statistics = new StreamStatistics();
  readonly tones = new ToneReader();
  /** Packets by payload type. */
  readonly types = new Uint32Array(128);
  /** Length of the payloads on the wire, and how many had that of the first one. */
  payloadLength = -1;
  sameLength = 0;
  /** What carries its packets between the ends of their conversation. */
  carrier: Carrier = '';
  /** Packets that the capture cut. */
  snapped = 0;
  keys: StreamKeys | null = null;
  follower: SrtpFollower | null = null;
  /** Its place among the streams; -1: it is none. */
  number = -1;
  /** The one seen before it in the same direction of the same conversation. */
  sibling: MediaStream | null = null;
  private readonly ends: readonly MediaEnd[];
  private readonly codecs: (Codec | null | undefined)[] = [];

  constructor(
    conversation: number,
    direction: 0 | 1,
    ssrc: number,
    ends: {
      readonly source: string;
      readonly destination: string;
      readonly receiver: MediaEnd | null;
      readonly sender: MediaEnd | null;
      /** All that may say what a payload type means, the likeliest first. */
      readonly all: readonly MediaEnd[];
    },
    firstFrame: number,
  ) {
    this.conversation = conversation;
    this.direction = direction;
    this.ssrc = ssrc;
    this.source = ends.source;
    this.destination = ends.destination;
    this.receiver = ends.receiver;
    this.sender = ends.sender;
    this.ends = ends.all;
    this.firstFrame = this.lastFrame = firstFrame;
  }

  /** The Call-ID of the description that it was found by. */
  get callId(): string | null {
    return (this.receiver ?? this.sender)?.callId ?? null;
  }

  /** The codec of a payload type; null where nobody says. */
  codecOf(payloadType: number): Codec | null {
    const known = this.codecs[payloadType];
    if (known !== undefined) return known;
    const found = this.findCodec(payloadType);
    this.codecs[payloadType] = found;
    return found;
  }

  /** The payload type of most packets, telephone events and comfort noise aside. */
  get mainType(): number {
    let main = -1;
    for (let type = 0; type < this.types.length; type += 1) {
      const packets = this.types[type]!;
      if (packets === 0 || isAside(this.codecOf(type)?.name ?? '')) continue;
      if (main < 0 || packets > this.types[main]!) main = type;
    }
    return main >= 0 ? main : this.types.findIndex((packets) => packets > 0);
  }

  private findCodec(payloadType: number): Codec | null {
    for (const end of this.ends)
      for (const codec of end.media.codecs) if (codec.payloadType === payloadType) return codec;
    const known = STATIC_PAYLOAD_TYPES[payloadType];
    if (known === undefined) return null;
    const [name, clockRate, channels] = known;
    return { payloadType, name, clockRate, channels, parameters: '' };
  }
}

export function isTelephoneEvent(codec: Codec | null): boolean {
  return codec !== null && codec.name.toLowerCase() === 'telephone-event';
}

export function isComfortNoise(codec: Codec | null, payloadType: number): boolean {
  // 19 was comfort noise before 13 (RFC 3551 §6).
  return payloadType === 13 || payloadType === 19 || codec?.name.toUpperCase() === 'CN';
}

function isAside(codec: string): boolean {
  const name = codec.toLowerCase();
  return name === 'telephone-event' || name === 'cn';
}
