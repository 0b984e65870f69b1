import type { RecordTable } from '../../store/record-table.ts';
import type { TlsSession } from '../../tls/session.ts';
import type { Analysis } from '../analysis.ts';

/**
 * Finds up to which frame the SIP messages of a capture that is still being read are final: none can be added before it
 * and none withdrawn. What can do either holds it back: bytes that wait behind a hole, for the rest of a record or of a
 * message; records that are not settled; a connection that would be opened again, should more be known of it.
 */
export class SettledFrames {
  private readonly analysis: Analysis;
  /** Messages that end before this frame are final. */
  private below = 1;
  private settledRows = 0;
  /** Records whose frames were compared with the one before; the last that is of an earlier frame than that, 0 for none. */
  private orderedRows = 0;
  private lastDisorder = 0;

  constructor(analysis: Analysis) {
    this.analysis = analysis;
  }

  /** The first frame whose messages are not final yet; it never goes back. */
  find(): number {
    const { structure, opening } = this.analysis;
    // What may be opened again may yet give messages from where it was last seen whole.
    for (const session of opening.everySession()) if (this.mayOpenAgain(session)) return this.below;
    const newest = structure.frames.length + 1;
    // What is inside of TLS inside TLS is read at the end.
    const waiting = Math.min(opening.oldestHeldFrame(), this.analysis.inner.firstFrame);
    const held = Math.min(structure.oldestHeldFrame(), this.oldestUnsettled(), waiting);
    this.below = Math.max(this.below, Math.min(newest, held));
    return this.below;
  }

  /** Everything that keys gave was erased. */
  restart(): void {
    this.settledRows = 0;
  }

  /** The lowest frame among the records from the first that has no verdict yet. */
  private oldestUnsettled(): number {
    const { records } = this.analysis.structure;
    this.passSettled(records);
    this.findDisorder(records);
    const first = this.settledRows;
    if (first === records.length) return Infinity;
    // Records are found in the order of their frames, but for those that a hole held up.
    return this.lastDisorder <= first ? records.frame.read(first) : lowestFrame(records, first);
  }

  private passSettled({ length, verdict }: RecordTable): void {
    let row = this.settledRows;
    while (row < length && verdict.read(row) !== 0) row += 1;
    this.settledRows = row;
  }

  private findDisorder({ length, frame }: RecordTable): void {
    for (let row = Math.max(1, this.orderedRows); row < length; row += 1)
      if (frame.read(row) < frame.read(row - 1)) this.lastDisorder = row;
    this.orderedRows = length;
  }

  /**
   * Whether records of a connection that were not read could be read by what comes later: keys that the capture brings,
   * a secret that another connection shows, another order of its records (Opening.finish).
   */
  private mayOpenAgain(session: TlsSession): boolean {
    const { keys, ports } = this.analysis;
    const unread = session.unread > 0;
    if (unread && ports.store.secretsMayCome?.() === true) return true;
    if (keys.isEmpty) return false;
    for (const { masterSecret, resumed } of session.handshakes)
      if (masterSecret === null && resumed !== null && resumed !== 'psk') return true;
    return unread && !isBeyondReach(session, keys.keyLogs().length > 0);
  }
}

function lowestFrame({ length, frame }: RecordTable, from: number): number {
  let lowest = Infinity;
  for (let row = from; row < length; row += 1) lowest = Math.min(lowest, frame.read(row));
  return lowest;
}

/** Nothing that orders its records anew gives keys to it: its handshake was seen whole and named none, or not at all. */
function isBeyondReach(session: TlsSession, keyLogs: boolean): boolean {
  if (session.disordered) return false;
  if (session.flows[0].epoch !== null || session.flows[1].epoch !== null) return false;
  const handshake = session.handshakes.at(-1) ?? null;
  if (handshake === null) return !keyLogs;
  if (session.handshakes.length !== 1) return false;
  const { clientHello, serverHello, masterSecret, complete, version } = handshake;
  if (clientHello === null || serverHello === null || masterSecret !== null) return false;
  return complete || version === TLS_1_3;
}

const TLS_1_3 = 0x0304;
