import type { Finding } from '../../api.ts';
import type { Complaint, DecodedCertificate, FindingContext } from '../../diagnosis/finding-context.ts';
import { findInConversation } from '../../diagnosis/findings.ts';
import { describeWays, judgeNeededKey, type NeededKey } from '../../diagnosis/needed-keys.ts';
import { type OpaqueRecord, ruleOutTls13 } from '../../diagnosis/ruled-out.ts';
import { FRAME_PAYLOAD, FRAME_TLS } from '../../store/frame-table.ts';
import {
  DECODER_FAILED,
  RECORD_AFTER_GAP,
  RECORD_DAMAGED,
  RECORD_DIRECTION,
  RECORD_HEADERLESS,
  RECORD_PARTIAL,
  VERDICT_DECRYPTED,
  VERDICT_OPAQUE,
} from '../../store/record-table.ts';
import { CLIENT, SERVER, type SeenAlert, type Side } from '../../tls/handshake.ts';
import { type Certificate } from '../../x509/certificate.ts';
import type { Analysis } from '../analysis.ts';
import { addressOf } from './endpoint-address.ts';
import { CertificateCache } from './certificate-cache.ts';
import { ConversationProducts } from './conversation-products.ts';
import { ConversationReporter } from './conversation-report.ts';
import { FrameReporter } from '../frames/frame-report.ts';
import { MessageIndex } from '../messages/message-index.ts';
import { reportRecord } from '../record-report.ts';
import { holesOf } from './holes.ts';
import { originOf } from './resumed-origin.ts';
import { serverInWords } from './server-in-words.ts';

/** What is remarked of each conversation, and what would decrypt it; kept until verdicts change. */
export class ConversationFindings {
  readonly analysis: Analysis;
  private readonly frames: FrameReporter;
  private readonly conversations: ConversationReporter;
  private readonly certificates = new CertificateCache();
  private readonly products: ConversationProducts;
  private version = -1;
  private shared: SharedFacts | null = null;
  private known = new Map<number, readonly Finding[]>();
  private within: ConversationFindings | null = null;
  private latest: { readonly conversation: number; readonly context: FindingContext } | null = null;

  constructor(
    analysis: Analysis,
    frames: FrameReporter,
    conversations: ConversationReporter,
    messages: MessageIndex,
  ) {
    this.analysis = analysis;
    this.frames = frames;
    this.conversations = conversations;
    this.products = new ConversationProducts(analysis, messages, this.certificates);
  }

  /** Errors first, then in the catalogue's order. */
  findingsOf(conversation: number): readonly Finding[] {
    this.refresh();
    const known = this.known.get(conversation);
    if (known !== undefined) return known;
    const found = findInConversation(this.contextOf(conversation));
    if (this.known.size < MOST_KEPT) this.known.set(conversation, found);
    return found;
  }

  /** Of the conversations inside these; null where there are none. */
  inside(): ConversationFindings | null {
    const { analysis } = this.analysis.inner;
    if (analysis === null) return null;
    if (this.within?.analysis !== analysis) {
      const messages = new MessageIndex(analysis);
      const frames = new FrameReporter(analysis, messages);
      const conversations = new ConversationReporter(analysis, frames);
      this.within = new ConversationFindings(analysis, frames, conversations, messages);
    }
    return this.within;
  }

  /** Each way to decrypt it by itself, in a few words; empty where there is none, or none is needed. */
  waysOf(conversation: number): string[] {
    const context = this.contextOf(conversation);
    return describeWays(context, judgeNeededKey(context));
  }

  neededOf(conversation: number): NeededKey {
    return judgeNeededKey(this.contextOf(conversation));
  }

  contextOf(conversation: number): FindingContext {
    this.refresh();
    // Findings, ways and the Why panel ask for the same one after another.
    if (this.latest?.conversation !== conversation)
      this.latest = { conversation, context: this.makeContext(conversation) };
    return this.latest.context;
  }

  private makeContext(conversation: number): FindingContext {
    const { analysis } = this;
    const { structure, opening, keys } = analysis;
    const { conversations } = structure;
    const { client } = analysis.rolesOf(conversation);
    const server = client === 0 ? 1 : 0;
    const session = analysis.sessionOf(conversation);
    const failure = this.conversations.failureOf(conversation);
    const handshake = (failure === null ? session?.describingHandshake : session?.newestHandshake) ?? null;
    const chain = (list: readonly Uint8Array[] | undefined): DecodedCertificate[] =>
      (list ?? []).map((der) => this.certificates.decode(der));
    const serverEndpoint = this.frames.endpointOf(conversation, server);
    const shared = this.sharedFacts();
    const origin = originOf(analysis, handshake);
    return {
      conversation: analysis.idOf(conversation),
      client: this.frames.endpointOf(conversation, client),
      server: serverInWords(analysis, serverEndpoint, handshake),
      serverAddress: addressOf(conversations, conversation, server),
      serverPort: conversations.ports.read(2 * conversation + server),
      firstFrame: conversations.firstFrame.read(conversation),
      session,
      rescues: [...opening.sessionsIn(conversation)].flatMap((of) => of.rescues),
      handshake,
      origin:
        origin === null
          ? null
          : {
              conversation: analysis.idOf(origin.conversation),
              handshake: origin.handshake,
              serverChain: chain(origin.handshake.serverCertificates),
            },
      movedFrom: this.movedFrom(conversation),
      failure,
      notTls13: session === null ? null : ruleOutTls13(handshake, this.opaqueRecords(conversation)),
      syn: [
        conversations.synFrame.read(2 * conversation + client),
        conversations.synFrame.read(2 * conversation + server),
      ],
      closing: this.conversations.closingOf(conversation),
      chains: [chain(handshake?.clientCertificates), chain(handshake?.serverCertificates)],
      authorities: shared.authorities,
      spokenInClear: structure.protocols.nameOf(structure.clearProtocol.read(conversation)),
      spokenInTls: structure.protocols.nameOf(opening.openedProtocol.read(conversation)),
      clearFrame: this.firstClearFrame(conversation),
      tlsElsewhere: this.otherThan(shared.tls.get(serverEndpoint), conversation),
      sipElsewhere: this.otherThan(shared.sip.get(serverEndpoint), conversation),
      holes: holesOf(analysis, conversation),
      complaints: this.complaintsOf(conversation, session?.alerts ?? []),
      unauthenticated: this.unauthenticatedOf(conversation),
      products: this.products.of(conversation, handshake),
      keyLogs: keys.keyLogs().length,
      rsaKeys: keys.rsaKeys().length,
      secondsOf: (frame) =>
        frame <= 0
          ? 0
          : structure.frames.seconds.read(frame - 1) + structure.frames.nanoseconds.read(frame - 1) / 1e9,
      frameOfRow: (row) => structure.records.frame.read(row),
      isDecrypted: (row) => structure.records.verdict.read(row) === VERDICT_DECRYPTED,
      idOf: (other) => analysis.idOf(other),
    };
  }

  private movedFrom(conversation: number): FindingContext['movedFrom'] {
    const move = this.analysis.structure.dtls.moveInto(conversation);
    if (move === null) return null;
    const { client } = this.analysis.rolesOf(move.from);
    return {
      conversation: this.analysis.idOf(move.from),
      client: this.frames.endpointOf(move.from, client),
      server: this.frames.endpointOf(move.from, client === 0 ? 1 : 0),
    };
  }

  private *opaqueRecords(conversation: number): Generator<OpaqueRecord> {
    const { records } = this.analysis.structure;
    for (const row of this.conversations.recordsOf(conversation)) {
      if (records.verdict.read(row) !== VERDICT_OPAQUE) continue;
      // What is not whole may be a hello that could not be read.
      if ((records.flags.read(row) & NOT_WHOLE) !== 0) continue;
      yield {
        frame: records.frame.read(row),
        type: records.type.read(row),
        version: records.version.read(row),
      };
    }
  }

  private refresh(): void {
    if (this.version === this.analysis.version) return;
    this.version = this.analysis.version;
    this.shared = null;
    this.products.forget();
    this.latest = null;
    this.known = new Map();
  }

  /** What conversations tell of one another; one pass over all of them. */
  private sharedFacts(): SharedFacts {
    if (this.shared !== null) return this.shared;
    const { structure, opening } = this.analysis;
    const authorities = new Map<string, Certificate>();
    const tls = new Map<string, number[]>();
    const sound = new Map<string, number[]>();
    const sip = new Map<string, number[]>();
    for (const session of opening.sessions.values())
      for (const handshake of session.handshakes)
        for (const chain of [handshake.serverCertificates, handshake.clientCertificates])
          for (const der of chain.slice(1, MOST_IN_CHAIN)) {
            if (authorities.size >= MOST_AUTHORITIES) break;
            const certificate = this.certificates.decode(der);
            if (certificate.kind === 'certificate') authorities.set(certificate.sha256, certificate);
          }
    const add = (map: Map<string, number[]>, endpoint: string, conversation: number): void => {
      const list = map.get(endpoint);
      if (list === undefined) map.set(endpoint, [conversation]);
      else if (list.length < 2) list.push(conversation);
    };
    const { conversations } = structure;
    for (let conversation = 0; conversation < conversations.length; conversation += 1) {
      const inClear = structure.protocols.nameOf(structure.clearProtocol.read(conversation));
      const inTls = structure.protocols.nameOf(opening.openedProtocol.read(conversation));
      const speaksTls = structure.tlsDirections.read(conversation) === 3;
      if (!speaksTls && inClear !== 'SIP' && inTls !== 'SIP') continue;
      const { client } = this.analysis.rolesOf(conversation);
      const endpoint = this.frames.endpointOf(conversation, client === 0 ? 1 : 0);
      const hello = this.analysis.sessionOf(conversation)?.describingHandshake?.serverHello ?? null;
      if (speaksTls && hello !== null) {
        add(tls, endpoint, conversation);
        if (this.conversations.failureOf(conversation) === null) add(sound, endpoint, conversation);
      }
      if (inClear === 'SIP' || inTls === 'SIP') add(sip, endpoint, conversation);
    }
    // One in which the handshake came about tells more than one that failed as well.
    for (const [endpoint, conversations] of sound)
      tls.set(endpoint, [...conversations, ...(tls.get(endpoint) ?? [])]);
    this.shared = { authorities: [...authorities.values()], tls, sip };
    return this.shared;
  }

  /** The first frame whose bytes were recognised as something spoken in clear. */
  private firstClearFrame(conversation: number): number {
    const { frames, conversations, clearProtocol, protocols } = this.analysis.structure;
    const name = protocols.nameOf(clearProtocol.read(conversation));
    if (name === '') return 0;
    const last = conversations.lastFrame.read(conversation);
    const from = conversations.firstFrame.read(conversation);
    for (let frame = from; frame <= last && frame < from + MOST_SCANNED; frame += 1) {
      if (frames.conversation.read(frame - 1) !== conversation) continue;
      const flags = frames.flags.read(frame - 1);
      if ((flags & FRAME_PAYLOAD) !== 0 && (flags & FRAME_TLS) === 0) return frame;
    }
    return 0;
  }

  /** Alerts that speak of damaged records, each with the record it answers to and what our own check says of that. */
  private complaintsOf(conversation: number, alerts: readonly SeenAlert[]): Complaint[] {
    const { records } = this.analysis.structure;
    return alerts
      .filter((alert) => DAMAGE_ALERTS.has(alert.description))
      .slice(0, MOST_COMPLAINTS)
      .map((alert) => {
        const rows = this.conversations.recordsOf(conversation);
        const before = rows.filter((row) => row < alert.row && this.sideOf(row) !== alert.side);
        // The receiver stops at the first record that fails for it: where one failed for us as well, that is the one.
        const row = before.findLast((at) => records.decoder.read(at) === DECODER_FAILED) ?? before.at(-1);
        const by = alert.side === CLIENT ? 'client' : 'server';
        if (row === undefined)
          return { alertFrame: alert.frame, by, description: alert.description, record: null };
        const outcome =
          records.decoder.read(row) === DECODER_FAILED
            ? 'failed'
            : records.verdict.read(row) === VERDICT_DECRYPTED
              ? 'passed'
              : 'unknown';
        return {
          alertFrame: alert.frame,
          by,
          description: alert.description,
          record: { frame: records.frame.read(row), outcome },
        };
      });
  }

  private otherThan(conversations: readonly number[] | undefined, self: number): string | null {
    const found = conversations?.find((conversation) => conversation !== self);
    return found === undefined ? null : this.analysis.idOf(found);
  }

  private sideOf(row: number): Side {
    const { records } = this.analysis.structure;
    const direction = (records.flags.read(row) & RECORD_DIRECTION) === 0 ? 0 : 1;
    return direction === this.analysis.rolesOf(records.conversation.read(row)).client ? CLIENT : SERVER;
  }

  private unauthenticatedOf(conversation: number): number[] {
    if (this.analysis.gapRows(conversation).length === 0) return [];
    const rows = this.conversations.recordsOf(conversation);
    return rows
      .filter((row) => reportRecord(this.analysis, row, false).authenticated === false)
      .map((row) => this.analysis.structure.records.frame.read(row));
  }
}

interface SharedFacts {
  readonly authorities: readonly Certificate[];
  /** By server endpoint: the first conversations that set TLS up there (whole handshakes first), that speak SIP there. */
  readonly tls: ReadonlyMap<string, readonly number[]>;
  readonly sip: ReadonlyMap<string, readonly number[]>;
}

/** bad_record_mac, decryption_failed. */
const DAMAGE_ALERTS: ReadonlySet<number> = new Set([20, 21]);
const NOT_WHOLE = RECORD_HEADERLESS | RECORD_DAMAGED | RECORD_PARTIAL | RECORD_AFTER_GAP;
const MOST_COMPLAINTS = 10;
const MOST_SCANNED = 100_000;
const MOST_KEPT = 20_000;
const MOST_IN_CHAIN = 16;
const MOST_AUTHORITIES = 10_000;
