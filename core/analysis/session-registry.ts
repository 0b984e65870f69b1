import type { RecordTable } from '../store/record-table.ts';
import { TRANSPORT_UDP } from '../stream/conversation-table.ts';
import { DtlsSession } from '../tls/dtls/dtls-session.ts';
import type { SessionHost } from '../tls/session-host.ts';
import { TlsSession } from '../tls/session.ts';
import type { Structure } from './structure.ts';

/** The sessions of a capture's connections, made as their records come. */
export class SessionRegistry {
  /** By conversation. */
  readonly sessions = new Map<number, TlsSession>();
  /** By stream (see TlsSession.stream), where a conversation has several connections: SCTP. `sessions` has the first. */
  readonly connections = new Map<number, TlsSession>();
  private readonly host: SessionHost;
  private readonly structure: Structure;
  private readonly records: RecordTable;

  constructor(host: SessionHost, structure: Structure) {
    this.host = host;
    this.structure = structure;
    this.records = structure.records;
  }

  ofRow(row: number): TlsSession {
    const conversation = this.records.conversation.read(row);
    const connection = this.records.connection.read(row);
    if (connection === 0) return this.sessionOf(conversation);
    const stream = conversation + connection * 0x100000000;
    let session = this.connections.get(stream);
    if (session === undefined) {
      session = new TlsSession(this.host, conversation, this.guessClient(conversation), stream);
      this.connections.set(stream, session);
      if (!this.sessions.has(conversation)) this.sessions.set(conversation, session);
    }
    return session;
  }

  /** All sessions, those of further connections of one conversation too. */
  *every(): IterableIterator<TlsSession> {
    for (const session of this.sessions.values()) if (session.stream === session.conversation) yield session;
    yield* this.connections.values();
  }

  /** Those of one conversation: several where SCTP carries several connections. */
  *within(conversation: number): IterableIterator<TlsSession> {
    const first = this.sessions.get(conversation);
    if (first === undefined) return;
    if (first.stream === conversation) yield first;
    for (const session of this.connections.values()) if (session.conversation === conversation) yield session;
  }

  forget({ conversation, stream }: TlsSession): void {
    this.sessions.delete(conversation);
    this.connections.delete(stream);
  }

  clear(): void {
    this.sessions.clear();
    this.connections.clear();
  }

  /** Until a hello tells: who sent the SYN, else the side whose port is not a well-known one, else the higher port. */
  guessClient(conversation: number): 0 | 1 {
    const { conversations } = this.structure;
    const opener = conversations.openerOf(conversation);
    if (opener >= 0) return opener === 0 ? 0 : 1;
    const first = conversations.ports.read(2 * conversation);
    const second = conversations.ports.read(2 * conversation + 1);
    const known = (port: number): boolean => SERVER_PORTS.has(port);
    if (known(first) !== known(second)) return known(first) ? 1 : 0;
    return first < second ? 1 : 0;
  }

  private sessionOf(conversation: number): TlsSession {
    let session = this.sessions.get(conversation);
    if (session === undefined) {
      const udp = this.structure.conversations.transport.read(conversation) === TRANSPORT_UDP;
      const client = this.guessClient(conversation);
      session = udp
        ? new DtlsSession(this.host, conversation, client, this.beforeMove(conversation))
        : new TlsSession(this.host, conversation, client);
      this.sessions.set(conversation, session);
    }
    return session;
  }

  /** The session of a DTLS connection that was in another conversation before one of its endpoints moved. */
  private beforeMove(conversation: number): { session: DtlsSession; turned: boolean } | null {
    const move = this.structure.dtls.moveInto(conversation);
    const session = move === null ? null : this.sessionOf(move.from);
    return move !== null && session instanceof DtlsSession ? { session, turned: move.turned } : null;
  }
}

/** Ports that servers of TLS and SIP listen on, for connections whose beginning was not captured. */
const SERVER_PORTS = new Set([
  443, 5060, 5061, 5062, 5063, 5067, 5080, 5081, 8443, 8089, 8088, 7443, 465, 993, 995, 636, 989, 990,
]);
