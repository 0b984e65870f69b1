import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import { MediaDescriptions, type MediaEnd } from './media-descriptions.ts';
import { MediaKeys } from './media-keys.ts';
import type { MessageIndex } from '../messages/message-index.ts';

/**
 * Whether what looks like RTP is media, and SRTP: by the session descriptions that could be read, and by DTLS handshakes between the
 * same ports. Knows nothing while the capture is still read.
 */
export class SecuredMedia {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private readonly frames: FrameReporter;
  private descriptions: MediaDescriptions;
  private keys: MediaKeys;
  private readonly known = new Map<number, Said>();
  private revision = -1;
  private complete = false;
  /** Somebody was answered before all descriptions were read, and may hear otherwise now. */
  private early = false;
  /** Rises when all descriptions are read and somebody was answered before that. */
  told = 0;

  constructor(analysis: Analysis, messages: MessageIndex, frames: FrameReporter) {
    this.analysis = analysis;
    this.messages = messages;
    this.frames = frames;
    this.descriptions = new MediaDescriptions(messages);
    this.keys = new MediaKeys(analysis, this.descriptions);
  }

  /** Reads all descriptions first where `thorough`, else a part of them in each call, so that nobody waits. */
  isSecured(conversation: number, thorough: boolean): boolean {
    return this.saidOf(conversation, thorough).secured;
  }

  /** Whether a description names one of the conversation's ends, so that one packet in it is media. */
  isDescribed(conversation: number, thorough: boolean): boolean {
    return this.saidOf(conversation, thorough).described;
  }

  /** Whether `advance` has something to do. */
  get isEarly(): boolean {
    return this.early && this.analysis.isSettled;
  }

  /** Goes on to read descriptions where somebody was answered before all were read. True where more is to be done. */
  advance(): boolean {
    if (this.isEarly) this.readOn(MESSAGES_AT_ONCE);
    return this.isEarly;
  }

  private saidOf(conversation: number, thorough: boolean): Said {
    if (!this.analysis.isSettled) return NOTHING_SAID;
    this.readOn(thorough ? Infinity : MESSAGES_AT_ONCE);
    let said = this.known.get(conversation);
    if (said === undefined) {
      said = this.decide(conversation);
      this.known.set(conversation, said);
    }
    this.early ||= !this.complete;
    return said;
  }

  private readOn(messages: number): void {
    const { analysis } = this;
    if (this.revision !== analysis.revision) {
      this.revision = analysis.revision;
      this.descriptions = new MediaDescriptions(this.messages);
      this.keys = new MediaKeys(analysis, this.descriptions);
      this.complete = false;
      this.early = false;
      this.known.clear();
    }
    if (this.complete) return;
    this.complete = this.descriptions.advance(messages);
    this.known.clear();
    if (!this.complete || !this.early) return;
    this.early = false;
    this.told += 1;
  }

  private decide(conversation: number): Said {
    if ((this.keys.dtlsProfileOf(conversation) ?? '') !== '') return { described: true, secured: true };
    const ends = ([0, 1] as const).flatMap((endpoint) => {
      const name = this.frames.endpointOf(conversation, endpoint);
      return [...this.descriptions.at(name), ...this.descriptions.controlAt(name)];
    });
    const { conversations } = this.analysis.structure;
    const last = conversations.lastFrame.read(conversation);
    // The word that was said last while the media flowed.
    const valid = ends.filter((end) => end.frame <= last);
    return {
      described: ends.length > 0,
      secured: (valid.length > 0 ? valid : ends).some(isSecure),
    };
  }
}

interface Said {
  readonly described: boolean;
  readonly secured: boolean;
}

const NOTHING_SAID: Said = { described: false, secured: false };

function isSecure({ media, crypto }: MediaEnd): boolean {
  return /SAVP/i.test(media.protocol) && (crypto.length > 0 || media.fingerprints.length > 0 || media.zrtp);
}

/** A list asks for each of its rows. */
const MESSAGES_AT_ONCE = 100;
