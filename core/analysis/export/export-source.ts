import { equalBytes } from '../../bytes/reader.ts';
import { isBlockLinkType } from '../../capture/captured-block.ts';
import type { ExportedEnd, ExportedFrame, ExportedMessage, SessionSecret } from '../../export/exported.ts';
import { codeOfLabel, labelOfCode } from '../../keys/keylog-labels.ts';
import { Secret } from '../../keys/secret.ts';
import { FRAME_FRAGMENT } from '../../store/frame-table.ts';
import { MESSAGE_DECRYPTED } from '../../store/message-table.ts';
import type { Stretch } from '../../tls/epoch.ts';
import type { Handshake, SecretSource } from '../../tls/handshake.ts';
import type { Analysis } from '../analysis.ts';
import { addressWordsOf, ipVersionOf } from '../conversations/endpoint-address.ts';
import type { MessageIndex } from '../messages/message-index.ts';

/**
 * What the chosen conversations of an analysis give to an export, as plain data. Pre-master secrets, pre-shared keys and
 * private keys are not in it: a session's own secrets open it, and nothing else.
 */
export class ExportSource {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  /** null: everything. */
  private readonly chosen: ReadonlySet<number> | null;
  /** Places of the message index; null: all that these conversations hold. */
  private readonly chosenMessages: ReadonlySet<number> | null;
  /** Frames beside those of the conversations. */
  private readonly chosenFrames: ReadonlySet<number>;
  /** The chosen ones and those in whose streams they run (TLS in TLS, HEP). */
  private readonly carried: ReadonlySet<number> | null;

  constructor(
    analysis: Analysis,
    messages: MessageIndex,
    chosen: ReadonlySet<number> | null,
    chosenMessages: ReadonlySet<number> | null = null,
    chosenFrames: ReadonlySet<number> = new Set(),
  ) {
    this.analysis = analysis;
    this.messages = messages;
    this.chosen = chosen;
    this.chosenMessages = chosenMessages;
    this.chosenFrames = chosenFrames;
    this.carried = chosen === null ? null : this.withCarriers(chosen);
  }

  /** The secrets that opened records of these conversations, each once, in the order in which they were needed. */
  secrets(): SessionSecret[] {
    const secrets: SessionSecret[] = [];
    const known = new Set<string>();
    for (const stretch of this.analysis.opening.stretches) {
      if (stretch.opened === 0 || this.carried?.has(stretch.conversation) === false) continue;
      for (const { label, clientRandom, secret } of this.secretsOf(stretch)) {
        const id = `${label} ${clientRandom.join()} ${secret.join()}`;
        if (known.has(id)) continue;
        known.add(id);
        secrets.push({
          label,
          clientRandom: clientRandom.slice(),
          secret: new Secret(secret.slice()),
          conversation: stretch.conversation,
        });
      }
    }
    return secrets;
  }

  /** Link types of the frames: one interface for each that a file of the set has. */
  linkTypes(): number[] {
    return this.links().map(({ linkType }) => linkType);
  }

  /**
   * The whole frames of these conversations in order, with the handshakes of the sessions that they resume. A frame
   * whose file is gone is left out.
   */
  *frames(): Generator<ExportedFrame> {
    const { structure, ports } = this.analysis;
    const { frames } = structure;
    const kept = this.keptFrames();
    const links = this.links();
    for (let row = 0; row < frames.length; row += 1) {
      if (kept !== null && kept[row] === 0) continue;
      const file = frames.file.read(row);
      const linkType = frames.linkType.read(row);
      // Blocks that are no packets: their makers say whether they may be copied, and only they can read them.
      if (isBlockLinkType(linkType)) continue;
      const bytes = new Uint8Array(frames.captured.read(row));
      if (!ports.store.read(file, frames.offset.read(row), bytes.length, bytes, 0)) continue;
      yield {
        link: links.findIndex((link) => link.file === file && link.linkType === linkType),
        seconds: frames.seconds.read(row),
        nanoseconds: frames.nanoseconds.read(row),
        originalLength: frames.original.read(row),
        bytes,
      };
    }
  }

  /** SIP of these conversations, clear and decrypted, in the order in which the messages end. */
  *sip(): Generator<ExportedMessage> {
    const { messages } = this;
    const { frames } = this.analysis.structure;
    for (let message = 0; message < messages.length; message += 1) {
      const place = messages.placeOf(message);
      if (place === null) continue;
      const conversation = place.table.conversation.read(place.row);
      const decrypted = (place.table.flags.read(place.row) & MESSAGE_DECRYPTED) !== 0;
      if (this.chosen?.has(conversation) === false || this.chosenMessages?.has(message) === false) continue;
      const view = messages.view(message);
      const bytes = messages.bytesOf(message);
      if (view === null || bytes === null) continue;
      yield {
        frame: view.frame,
        seconds: frames.seconds.read(view.frame - 1),
        nanoseconds: frames.nanoseconds.read(view.frame - 1),
        conversation,
        decrypted,
        source: this.endOf(conversation, view.direction),
        destination: this.endOf(conversation, view.direction === 0 ? 1 : 0),
        startLine: view.startLine,
        callId: view.callId,
        cseq: view.cseq,
        bytes,
      };
    }
  }

  /** Conversations whose handshake goes with the frames because a chosen one resumes its session, or goes on with it. */
  conversationsBehind(): { readonly conversation: number; readonly why: 'resumed' | 'moved' }[] {
    return [...this.handshakesBehind()].map(([conversation, { why }]) => ({ conversation, why }));
  }

  private secretsOf(
    stretch: Stretch,
  ): { readonly label: string; readonly clientRandom: Uint8Array; readonly secret: Uint8Array }[] {
    const { epoch } = stretch;
    if (epoch === null) return [];
    if (epoch.masterSecret !== null)
      return epoch.clientRandom === null
        ? []
        : [{ label: 'CLIENT_RANDOM', clientRandom: epoch.clientRandom, secret: epoch.masterSecret }];
    return this.linesOf(epoch.source, stretch.handshake?.clientRandom ?? null);
  }

  /** The lines of the loaded key logs that a source names: of a later generation too the line holds the first secret. */
  private linesOf(
    source: SecretSource,
    clientRandom: Uint8Array | null,
  ): { readonly label: string; readonly clientRandom: Uint8Array; readonly secret: Uint8Array }[] {
    if (source.kind !== 'keylog') return [];
    const code = codeOfLabel(source.label);
    const wanted = this.analysis.keys.keyLogs().filter((known) => known.source.name === source.name);
    const found = [];
    for (const { log } of wanted)
      for (const label of LABELS) {
        if (code < 0 || label !== labelOfCode(code)) continue;
        if (clientRandom !== null) {
          for (const { line, secret } of log.secretsFor(label, clientRandom))
            if (line === source.line) found.push({ label, clientRandom, secret });
        } else
          for (const { key, line, secret } of log.everySecret(label))
            if (line === source.line) found.push({ label, clientRandom: key, secret });
      }
    return found;
  }

  private withCarriers(chosen: ReadonlySet<number>): Set<number> {
    const { frames, records } = this.analysis.structure;
    const all = new Set(chosen);
    const add = (conversation: number, frame: number): boolean => {
      const carrier = frame > 0 ? frames.conversation.read(frame - 1) : -1;
      if (!all.has(conversation) || carrier < 0 || all.has(carrier)) return false;
      all.add(carrier);
      return true;
    };
    for (let depth = 0, grows = true; grows && depth < MOST_DEPTH; depth += 1) {
      grows = false;
      for (let row = 0; row < records.length; row += 1)
        if (add(records.conversation.read(row), records.frame.read(row))) grows = true;
      for (let message = 0; message < this.messages.length; message += 1) {
        const place = this.messages.placeOf(message);
        if (place === null) continue;
        if (add(place.table.conversation.read(place.row), place.table.frame.read(place.row))) grows = true;
      }
    }
    return all;
  }

  /** 1 for each row that is to be written; null for all. */
  private keptFrames(): Uint8Array | null {
    const { carried } = this;
    if (carried === null) return null;
    const { frames, records } = this.analysis.structure;
    const kept = new Uint8Array(frames.length);
    const handshakes = this.handshakesBehind();
    for (let row = 0; row < frames.length; row += 1) {
      const conversation = frames.conversation.read(row);
      const until = handshakes.get(conversation)?.until ?? 0;
      if (carried.has(conversation) || row < until || this.chosenFrames.has(row + 1)) kept[row] = 1;
    }
    for (let row = 0; row < records.length; row += 1) {
      if (!carried.has(records.conversation.read(row))) continue;
      for (const frame of [records.firstFrame.read(row), records.frame.read(row)])
        if (frame > 0) kept[frame - 1] = 1;
    }
    // Fragments stand before the frame that completes their datagram.
    for (let row = frames.length - 1; row >= 0; row -= 1) {
      const link = frames.link.read(row);
      if ((frames.flags.read(row) & FRAME_FRAGMENT) !== 0 && link > 0 && kept[link - 1] === 1) kept[row] = 1;
    }
    return kept;
  }

  /** By conversation on whose handshake a chosen one stands: the frame in which that handshake ended. */
  private handshakesBehind(): Map<number, HandshakeBehind> {
    const { analysis, carried } = this;
    const found = new Map<number, HandshakeBehind>();
    const add = (
      conversation: number,
      handshake: Handshake | undefined,
      why: HandshakeBehind['why'],
    ): void => {
      if (conversation < 0 || carried?.has(conversation) !== false || handshake === undefined) return;
      const until = Math.max(
        ...handshake.finished,
        handshake.newSessionTicket?.frame ?? 0,
        handshake.firstFrame,
        found.get(conversation)?.until ?? 0,
      );
      found.set(conversation, { until, why });
    };
    for (const conversation of carried ?? []) {
      // Of DTLS with connection ids: it began under another address.
      const from = analysis.structure.dtls.moveInto(conversation)?.from ?? -1;
      for (const handshake of analysis.sessionOf(from)?.handshakes ?? []) add(from, handshake, 'moved');
      for (const handshake of analysis.sessionOf(conversation)?.handshakes ?? []) {
        if (handshake.resumed === null) continue;
        const { keySource } = handshake;
        const resumed =
          keySource?.kind === 'resumed'
            ? keySource.from
            : (analysis.evidenceOf(conversation, handshake).resumedFrom?.conversation ?? -1);
        add(resumed, this.fullHandshake(resumed, handshake), 'resumed');
      }
    }
    return found;
  }

  /** The handshake of a conversation in which the session began that another one resumes. */
  private fullHandshake(conversation: number, { masterSecret }: Handshake): Handshake | undefined {
    const handshakes = this.analysis.sessionOf(conversation)?.handshakes ?? [];
    const sameSecret = (other: Handshake): boolean =>
      masterSecret !== null && other.masterSecret !== null && equalBytes(other.masterSecret, masterSecret);
    return handshakes.find(sameSecret) ?? handshakes[0];
  }

  private links(): { readonly file: number; readonly linkType: number }[] {
    const { frames } = this.analysis.structure;
    const found: { readonly file: number; readonly linkType: number }[] = [];
    let last = -1;
    for (let row = 0; row < frames.length; row += 1) {
      const file = frames.file.read(row);
      const linkType = frames.linkType.read(row);
      if (isBlockLinkType(linkType)) continue;
      const key = file * 0x1_0000 + linkType;
      if (key === last) continue;
      last = key;
      if (!found.some((link) => link.file === file && link.linkType === linkType))
        found.push({ file, linkType });
    }
    return found;
  }

  private endOf(conversation: number, endpoint: 0 | 1): ExportedEnd {
    const { conversations } = this.analysis.structure;
    return {
      ipVersion: ipVersionOf(conversations, conversation),
      words: addressWordsOf(conversations, conversation, endpoint),
      port: conversations.ports.read(2 * conversation + endpoint),
    };
  }
}

interface HandshakeBehind {
  /** Its last frame. */
  readonly until: number;
  readonly why: 'resumed' | 'moved';
}

/** Labels of TLS 1.3 whose secrets open records. */
const LABELS = [
  'CLIENT_EARLY_TRAFFIC_SECRET',
  'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
  'SERVER_HANDSHAKE_TRAFFIC_SECRET',
  'CLIENT_TRAFFIC_SECRET_0',
  'SERVER_TRAFFIC_SECRET_0',
] as const;
/** Conversations in conversations are followed so far. */
const MOST_DEPTH = 8;
