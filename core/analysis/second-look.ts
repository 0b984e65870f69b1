import type { RecordTable } from '../store/record-table.ts';
import { DtlsSession } from '../tls/dtls/dtls-session.ts';
import type { ResumptionCache } from '../tls/resumption.ts';
import type { TlsSession } from '../tls/session.ts';
import { RecordOrder } from './record-order.ts';

/** What a second look needs of the opening. */
export interface SecondLookHost {
  readonly records: RecordTable;
  readonly resumption: ResumptionCache;
  everySession(): Iterable<TlsSession>;
  sessionOfRow(row: number): TlsSession;
  /** Erases the sessions of these conversations and all that their records gave. */
  withdraw(conversations: ReadonlySet<number>): void;
  settleAll(): Promise<void>;
  /** Lets a session have its next record, once those that it hangs on are settled. */
  walk(session: TlsSession, row: number): Promise<void>;
}

/** Opens conversations again, once the capture has ended, that hang on something found later. */
export class SecondLook {
  private readonly host: SecondLookHost;
  /** Conversations whose records were walked in the order in which they were sent. */
  private readonly ordered = new Set<number>();

  constructor(host: SecondLookHost) {
    this.host = host;
  }

  forget(): void {
    this.ordered.clear();
  }

  async look(): Promise<void> {
    await this.host.settleAll();
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const found = this.find();
      if (found.size === 0) return;
      await this.open(found);
    }
  }

  /**
   * Conversations that resume a session whose secret came to be known only after them, and once each those whose records
   * were not met in the order in which they were sent.
   */
  private find(): Set<number> {
    const found = new Set<number>();
    for (const session of this.host.everySession()) {
      const disordered = session.disordered && session.unread > 0 && !this.ordered.has(session.conversation);
      if (disordered || this.isSecretKnownNow(session)) found.add(session.conversation);
    }
    return found;
  }

  private isSecretKnownNow(session: TlsSession): boolean {
    const { resumption } = this.host;
    return session.handshakes.some(({ masterSecret, resumed, offeredTicket, serverSessionId }) => {
      if (masterSecret !== null || resumed === 'psk') return false;
      if (resumed === null) return resumption.shownLater(session.conversation) !== null;
      const byTicket = offeredTicket !== null && resumption.secretOf('ticket', offeredTicket) !== null;
      return byTicket || resumption.secretOf('session-id', serverSessionId) !== null;
    });
  }

  private async open(again: ReadonlySet<number>): Promise<void> {
    const { host } = this;
    const { records } = host;
    host.withdraw(again);
    const rows = new Map<TlsSession, number[]>();
    for (let row = 0; row < records.length; row += 1) {
      if (!again.has(records.conversation.read(row))) continue;
      records.clearRow(row);
      const session = host.sessionOfRow(row);
      const own = rows.get(session);
      if (own === undefined) rows.set(session, [row]);
      else own.push(row);
    }
    for (const conversation of again) this.ordered.add(conversation);
    for (const [session, own] of rows) await this.walkInOrder(session, own);
    await host.settleAll();
  }

  private async walkInOrder(session: TlsSession, rows: readonly number[]): Promise<void> {
    if (session instanceof DtlsSession) {
      for (const row of session.inFlights(rows)) await this.host.walk(session, row);
      return;
    }
    const order = new RecordOrder(this.host.records);
    for (const row of rows) order.add(row);
    for (;;) {
      const [first, second] = order.heads;
      if (first < 0) return;
      if (session.mustWait(first)) await this.host.settleAll();
      const awaited = order.handshakeBehind(second);
      const late = awaited >= 0 && session.answers(first, awaited) && !session.answers(awaited, first);
      const row = late ? second : first;
      order.take(row);
      await this.host.walk(session, row);
    }
  }
}

const MOST_ROUNDS = 8;
