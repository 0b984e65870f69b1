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

  private saidOf(conversation: number, thorough: boolean): Said {
    const { analysis } = this;
    if (!analysis.isSettled) return NOTHING_SAID;
    if (this.revision !== analysis.revision) {
      this.revision = analysis.revision;
      this.descriptions = new MediaDescriptions(this.messages);
      this.keys = new MediaKeys(analysis, this.descriptions);
      this.complete = false;
      this.known.clear();
    }
    if (!this.complete) {
      this.complete = this.descriptions.advance(thorough ? Infinity : MESSAGES_AT_ONCE);
      this.known.clear();
    }
    let said = this.known.get(conversation);
    if (said === undefined) {
      said = this.decide(conversation);
      this.known.set(conversation, said);
    }
    return said;
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
