import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import { MediaDescriptions, type MediaEnd } from './media-descriptions.ts';
import { MediaKeys } from './media-keys.ts';
import type { MessageIndex } from '../messages/message-index.ts';

/**
 * Whether what looks like RTP is SRTP: by the session descriptions that could be read, and by DTLS handshakes between the
 * same ports. Knows nothing while the capture is still read.
 */
export class SecuredMedia {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private readonly frames: FrameReporter;
  private descriptions: MediaDescriptions;
  private keys: MediaKeys;
  private readonly known = new Map<number, boolean>();
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
    const { analysis } = this;
    if (!analysis.isSettled) return false;
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
    let secured = this.known.get(conversation);
    if (secured === undefined) {
      secured = this.decide(conversation);
      this.known.set(conversation, secured);
    }
    return secured;
  }

  private decide(conversation: number): boolean {
    if ((this.keys.dtlsProfileOf(conversation) ?? '') !== '') return true;
    const ends = ([0, 1] as const).flatMap((endpoint) => {
      const name = this.frames.endpointOf(conversation, endpoint);
      return [...this.descriptions.at(name), ...this.descriptions.controlAt(name)];
    });
    const { conversations } = this.analysis.structure;
    const last = conversations.lastFrame.read(conversation);
    // The word that was said last while the media flowed.
    const valid = ends.filter((end) => end.frame <= last);
    return (valid.length > 0 ? valid : ends).some(isSecure);
  }
}

function isSecure({ media, crypto }: MediaEnd): boolean {
  return /SAVP/i.test(media.protocol) && (crypto.length > 0 || media.fingerprints.length > 0 || media.zrtp);
}

/** A list asks for each of its rows. */
const MESSAGES_AT_ONCE = 100;
