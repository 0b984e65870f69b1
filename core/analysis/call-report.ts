import { CallTracker, type TrackedMessage } from '../app/calls/call-tracker.ts';
import { describeLeg, type LegDescription } from '../app/calls/describe-leg.ts';
import { type CallGroup, joinLegs } from '../app/calls/join-legs.ts';
import type { Analysis } from './analysis.ts';
import type { ConversationReporter } from './conversation-report.ts';
import type { FrameReporter } from './frame-report.ts';
import type { MessageIndex } from './message-index.ts';

/** A call as people think of it: its legs across back-to-back user agents, and why they are taken for one. */
export interface CallReport {
  readonly legs: readonly LegDescription[];
  readonly joinedBy: CallGroup['joins'];
}

/** The calls, registrations and other dialogs of a capture, out of clear and decrypted SIP alike. */
export class CallReporter {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private readonly frames: FrameReporter;
  private readonly conversations: ConversationReporter;
  private tracker = new CallTracker();
  private version = -1;

  constructor(
    analysis: Analysis,
    messages: MessageIndex,
    frames: FrameReporter,
    conversations: ConversationReporter,
  ) {
    this.analysis = analysis;
    this.messages = messages;
    this.frames = frames;
    this.conversations = conversations;
  }

  /** Calls with their legs joined, in order of their first message. */
  calls(): CallReport[] {
    const tracker = this.tracked();
    return joinLegs(tracker).map((group) => ({
      legs: group.legs.map((leg) => this.describe(leg)),
      joinedBy: group.joins,
    }));
  }

  /** Every leg: calls, registrations, subscriptions, messages, pings. */
  legs(): LegDescription[] {
    const tracker = this.tracked();
    return Array.from({ length: tracker.legs.length }, (_, leg) => this.describe(leg));
  }

  private describe(leg: number): LegDescription {
    const { frames } = this.analysis.structure;
    const last = frames.length - 1;
    const end =
      last < 0 ? null : { seconds: frames.seconds.read(last), nanoseconds: frames.nanoseconds.read(last) };
    return describeLeg(this.tracked(), leg, end);
  }

  private tracked(): CallTracker {
    if (this.version !== this.analysis.version) {
      this.version = this.analysis.version;
      this.tracker = new CallTracker();
      for (let at = 0; at < this.messages.length; at += 1) this.addMessage(at);
    }
    return this.tracker;
  }

  private addMessage(at: number): void {
    const view = this.messages.view(at);
    const bytes = this.messages.bytesOf(at);
    if (view === null || bytes === null) return;
    const { frames } = this.analysis.structure;
    const message: TrackedMessage = {
      message: at,
      frame: view.frame,
      seconds: frames.seconds.read(view.frame - 1),
      nanoseconds: frames.nanoseconds.read(view.frame - 1),
      conversation: view.conversation,
      direction: view.direction,
      source: this.frames.endpointOf(view.conversation, view.direction),
      destination: this.frames.endpointOf(view.conversation, view.direction === 0 ? 1 : 0),
      transport: this.transportOf(view.conversation),
      decrypted: view.decrypted,
      bytes,
      from: 0,
      to: bytes.length,
    };
    this.tracker.add(message);
  }

  /** "UDP", "TCP", "TLS", "DTLS", "SCTP" … as Via writes it. */
  private transportOf(conversation: number): string {
    const protocol = this.conversations.protocolOf(conversation);
    if (protocol.endsWith('/DTLS') || protocol === 'DTLS') return 'DTLS';
    if (protocol.endsWith('/TLS') || protocol === 'TLS')
      return protocol.startsWith('WebSocket') ? 'WSS' : 'TLS';
    return this.conversations.report(conversation).transport.toUpperCase();
  }
}
