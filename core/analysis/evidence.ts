import { type ConversationEvidence, decideCauses, type LoadedKeys } from '../diagnosis/decide-cause.ts';
import type { Stretch } from '../tls/epoch.ts';
import type { Handshake } from '../tls/handshake.ts';
import type { CauseId } from '../verdict.ts';
import type { Analysis } from './analysis.ts';
import { addressOf } from './conversations/endpoint-address.ts';
import { StreamHoles } from './stream-holes.ts';

/** What is observed of conversations and what is loaded: the ground on which causes are decided. */
export class Evidence {
  readonly holes: StreamHoles;
  private readonly analysis: Analysis;
  private readonly causeCache: ReadonlyMap<Stretch | null, readonly CauseId[]>;

  constructor(analysis: Analysis, causeCache: ReadonlyMap<Stretch | null, readonly CauseId[]>) {
    this.analysis = analysis;
    this.causeCache = causeCache;
    this.holes = new StreamHoles(analysis.structure.gaps);
  }

  /** For one of its handshakes; for the one that describes it where none is named. */
  of(conversation: number, handshake: Handshake | null = null): ConversationEvidence {
    const asked = handshake ?? this.analysis.sessionOf(conversation)?.describingHandshake ?? null;
    return { ...this.observedOf(conversation), resumedFrom: this.resumedFrom(asked) };
  }

  private observedOf(conversation: number): Omit<ConversationEvidence, 'resumedFrom'> {
    const { conversations, unseenAcknowledged } = this.analysis.structure;
    const { client } = this.analysis.rolesOf(conversation);
    const bySide = (read: (direction: 0 | 1) => number): [number, number] => [
      read(client),
      read(client === 0 ? 1 : 0),
    ];
    const holes = this.holes.of(conversation);
    return {
      conversation,
      session: this.analysis.sessionOf(conversation),
      bytes: bySide((direction) => conversations.bytes.read(2 * conversation + direction)),
      unseenAcknowledged: bySide((direction) => unseenAcknowledged.read(2 * conversation + direction)),
      lost: bySide((direction) => holes.lost[direction]),
      snapped: bySide((direction) => holes.snapped[direction]),
    };
  }

  loadedKeys(): LoadedKeys {
    const { keys, ports } = this.analysis;
    const rsaKeys = keys.rsaKeys().length;
    return {
      backend: ports.backend,
      rsaKeys,
      otherPrivateKeys: keys.privateKeys().length - rsaKeys,
      keyLogs: keys.keyLogs().length,
      psks: keys.psks().length,
      // A client's certificate may be of a kind that only signs.
      hasKeyFor: (fingerprint) =>
        keys.rsaKeyOf(fingerprint) !== null ||
        keys.privateKeys().some(({ handle }) => handle.sha256OfPublicKey === fingerprint),
      fingerprintOf: (certificate) => this.analysis.opening.fingerprintOf(certificate),
      servesAtClient: (conversation) => this.servesAtClient(conversation),
    };
  }

  private resumedFrom(handshake: Handshake | null): ConversationEvidence['resumedFrom'] {
    if (handshake === null || handshake.resumed === null || handshake.resumed === 'psk') return null;
    const { resumption } = this.analysis.opening;
    const byTicket =
      handshake.offeredTicket === null ? null : resumption.seenAt('ticket', handshake.offeredTicket);
    const seen = byTicket ?? resumption.seenAt('session-id', handshake.serverSessionId);
    // A conversation resumes its own session where it negotiates anew, or in another stream of SCTP.
    if (seen === null) return null;
    const { conversation } = seen;
    return { ...seen, id: this.analysis.idOf(conversation), cause: this.causeOfSeenSession(conversation) };
  }

  /** Why the full handshake of a resumed session gave no secret. */
  private causeOfSeenSession(conversation: number): CauseId | null {
    for (const stretch of this.analysis.opening.stretches)
      if (
        stretch.conversation === conversation &&
        stretch.handshake !== null &&
        stretch.handshake.resumed === null
      )
        return this.causesOfFull(stretch, conversation)[0] ?? null;
    return null;
  }

  /** Whether a full handshake itself is resumed need not be asked, and two that resume one another would ask for ever. */
  private causesOfFull(stretch: Stretch, conversation: number): readonly CauseId[] {
    const evidence = { ...this.observedOf(conversation), resumedFrom: null };
    return this.causeCache.get(stretch) ?? decideCauses(evidence, this.loadedKeys(), stretch);
  }

  private servesAtClient(conversation: number): boolean {
    const { conversations } = this.analysis.structure;
    const { client } = this.analysis.rolesOf(conversation);
    const clientAddress = addressOf(conversations, conversation, client);
    if (clientAddress === addressOf(conversations, conversation, client === 0 ? 1 : 0)) return false;
    for (const session of this.analysis.opening.sessions.values()) {
      if (session.conversation === conversation) continue;
      const serverDirection = session.clientDirection === 0 ? 1 : 0;
      if (addressOf(conversations, session.conversation, serverDirection) !== clientAddress) continue;
      for (const handshake of session.handshakes) {
        const certificate = handshake.serverCertificates[0];
        const fingerprint =
          certificate === undefined ? null : this.analysis.opening.fingerprintOf(certificate);
        if (fingerprint !== null && this.analysis.keys.rsaKeyOf(fingerprint) !== null) return true;
      }
    }
    return false;
  }
}
