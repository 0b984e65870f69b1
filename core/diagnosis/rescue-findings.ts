import { CLIENT } from '../tls/handshake.ts';
import type { Rescue } from '../tls/session-host.ts';
import { describeAlert } from '../tls/tables/alerts.ts';
import type { FindingContext, Found } from './finding-context.ts';
import type { Hole } from './hole.ts';
import { betweenFrames, conversationLink, frameLink, rich, term } from './rich-text.ts';

/** Records that were opened although others before them were lost. */
export function findResynchronised(c: FindingContext): Found[] {
  const found: Found[] = [];
  for (const rescue of c.rescues) {
    if (found.length >= MOST_TOLD) break;
    const told = tellResynchronised(c, rescue);
    if (told !== null) found.push(told);
  }
  return found;
}

/** A DTLS connection that was followed by its connection id (RFC 9146 §6). */
export function findMoved(c: FindingContext): Found[] {
  const { movedFrom } = c;
  if (movedFrom === null) return [];
  const who = movedFrom.client === c.client ? 'server' : 'client';
  const [before, now] = who === 'client' ? [movedFrom.client, c.client] : [movedFrom.server, c.server];
  return [
    {
      severity: 'note',
      sentence: rich`This is the connection of ${conversationLink(movedFrom.conversation)}: the ${who} went on from ${now} instead of ${before} (${frameLink(c.firstFrame)}), and its ${CONNECTION_ID} shows it. Handshake and keys are those of that conversation.`,
      frames: [c.firstFrame],
      fix: '',
      confidence: 'likely',
    },
  ];
}

/** Text that could be read though its check value is missing. */
export function findUnauthenticatedPlaintext(c: FindingContext): Found[] {
  const frames = c.unauthenticated;
  if (frames.length === 0) return [];
  const first = frames[0] ?? 0;
  return [
    {
      severity: 'warning',
      sentence: rich`${frames.length} ${frames.length === 1 ? 'record' : 'records'} could be read but not ${AUTHENTICATED}, the first in ${frameLink(first)}. ${frames.length === 1 ? 'Its' : 'Their'} text is shown apart and counts as not decrypted: it may have been altered.`,
      frames: frames.slice(0, MOST_FRAMES),
      fix: '',
      confidence: 'certain',
    },
  ];
}

/** The certificate that would name the key is missing, so all keys were tried. */
export function findTriedAllKeys(c: FindingContext): Found[] {
  const h = c.handshake;
  const source = h?.keySource ?? null;
  if (h === null || source === null || source.kind !== 'rsa-key' || !source.tried) return [];
  const exchange = h.clientKeyExchange;
  return [
    {
      severity: 'note',
      sentence: rich`The server’s Certificate is not in the capture. All loaded RSA keys were tried on the Client Key Exchange${exchange === null ? '' : rich` in ${frameLink(exchange.frame)}`}: ${source.name} opens it, and the records prove it.`,
      frames: exchange === null ? [] : [exchange.frame],
      fix: '',
      confidence: 'certain',
    },
  ];
}

/** Keys found by trial where the handshake, or a part of it, is missing. */
export function findMidStreamByTrial(c: FindingContext): Found[] {
  const found: Found[] = [];
  for (const rescue of c.rescues) {
    const missing = MISSING_IN_TRIAL[rescue.kind];
    if (missing === undefined) continue;
    const frame = c.frameOfRow(rescue.row);
    const from = rescue.side === CLIENT ? 'client' : 'server';
    found.push({
      severity: 'note',
      sentence: rich`${missing} not in the capture. The secrets of the key log were tried one after another, and one opens the record from the ${from} in ${frameLink(frame)}${rescue.skipped > 0 ? ` as number ${rescue.skipped}` : ''}; its check value proves that it is the right one.`,
      frames: [frame],
      fix: '',
      confidence: 'certain',
    });
    if (found.length >= MOST_TOLD) break;
  }
  return found;
}

/** A session's secret that was known of another connection only. */
export function findSecretBorrowed(c: FindingContext): Found[] {
  return c.rescues
    .filter(({ kind }) => kind === 'secret-borrowed')
    .slice(0, MOST_TOLD)
    .map(({ row, side, from }) => {
      const frame = c.frameOfRow(row);
      const told =
        from === null
          ? 'Nothing names the session that this connection resumes. The secrets of the key log were tried one after another, and one'
          : rich`No loaded key is this handshake’s own, but ${conversationLink(c.idOf(from))} resumes the same session, and the secret that opens it also`;
      return {
        severity: 'note',
        sentence: rich`${told} opens the record from the ${side === CLIENT ? 'client' : 'server'} in ${frameLink(frame)}; its check value proves that it is the right one.`,
        frames: [frame],
        fix: '',
        confidence: 'certain',
      };
    });
}

function tellResynchronised(c: FindingContext, rescue: Rescue): Found | null {
  const frame = c.frameOfRow(rescue.row);
  const from = rescue.side === CLIENT ? 'client' : 'server';
  const hole = c.holes.findLast((known) => known.from === from && known.before > 0 && known.before <= frame);
  const between = hole === undefined ? rich`` : betweenFrames(hole.before, hole.after);
  const lost = lostWords(hole, rescue.lost);
  const frames = hole === undefined ? [frame] : [hole.before, frame];
  const base = { severity: 'note', frames, fix: '', confidence: 'certain' } as const;
  switch (rescue.kind) {
    case 'resynchronised':
      return {
        ...base,
        sentence: rich`Resynchronised after ${lost} from the ${from}${between}: sequence +${rescue.skipped}. ${c.isDecrypted(rescue.row) ? rich`The record in ${frameLink(frame)} and those behind it` : rich`The records behind the one in ${frameLink(frame)}`} are decrypted.`,
      };
    case 'keys-updated-unseen':
      return {
        ...base,
        sentence: rich`A Key Update from the ${from} was lost${between}; the next keys were derived and open the record in ${frameLink(frame)}.`,
      };
    case 'change-cipher-spec-missed':
      return {
        ...base,
        sentence: rich`The ${from}’s Change Cipher Spec was lost${between}; encryption is taken to have begun before ${frameLink(frame)}.`,
      };
    default:
      return null;
  }
}

const MISSING_IN_TRIAL: Partial<Record<Rescue['kind'], string>> = {
  'mid-stream-by-trial': 'The handshake of this connection is',
  'client-hello-by-trial': 'The Client Hello of this connection is',
  'server-hello-by-trial': 'The Server Hello of this connection is',
};
const CONNECTION_ID = term(
  'connection id',
  'a name that DTLS gives a connection, by which it is known when an address or a port changes',
);
const AUTHENTICATED = term(
  'authenticated',
  'held against the check value (MAC or tag) that shows whether bytes were altered',
);
const MOST_TOLD = 20;
const MOST_FRAMES = 20;

/** An endpoint complained of a damaged record: our own check of the same bytes tells whose fault it is. */
export function findRecordRefused(c: FindingContext): Found[] {
  // Where the handshake ended with it, that is the story: the two sides have different keys.
  if (c.failure !== null && c.complaints.every(({ alertFrame }) => alertFrame === c.failure?.frame))
    return [];
  return c.complaints.map(({ alertFrame, by, description, record }) => {
    const other = by === 'client' ? 'server' : 'client';
    const alert = rich`The ${by} ended the connection with ${describeAlert(description)} in ${frameLink(alertFrame)}`;
    const base = { severity: 'error', confidence: 'likely' } as const;
    if (record === null) return { ...base, sentence: rich`${alert}.`, frames: [alertFrame], fix: '' };
    const frames = [record.frame, alertFrame];
    switch (record.outcome) {
      case 'failed':
        return {
          ...base,
          sentence: rich`${alert}: a record from the ${other} failed its check. It fails our check as well (${frameLink(record.frame)}), so it was damaged by the ${other} or on the way, before the place of this capture.`,
          frames,
          fix: `Look for something on the way that changes packets (a faulty switch, a VPN, a firewall), and capture at the ${other} itself: if the record is damaged there as well, the ${other}’s software or memory is at fault.`,
        };
      case 'passed':
        return {
          ...base,
          sentence: rich`${alert}: a record from the ${other} failed its check. The ${other}’s records before it pass our check (the last in ${frameLink(record.frame)}), so they left the ${other} sound. One was damaged behind the place of this capture, or the ${by} is at fault.`,
          frames,
          fix: `Capture at the ${by} itself: if the record is sound there as well, the ${by}’s software is at fault; else something between the two captures alters packets.`,
        };
      case 'unknown':
        return {
          ...base,
          sentence: rich`${alert}: a record from the ${other} failed its check. Without the keys it cannot be said whether the record was damaged by the ${other}, on the way, or not at all.`,
          frames,
          fix: 'Load the key or key log of this connection: then our own check tells which of them it was.',
        };
    }
  });
}

function lostWords(hole: Hole | undefined, bytes: number): string {
  if (hole === undefined) return `${bytes} lost bytes`;
  if (hole.chunks > 0) return `${hole.chunks} lost SCTP ${hole.chunks === 1 ? 'chunk' : 'chunks'}`;
  return `${hole.bytes} ${hole.snapped ? 'bytes cut off' : 'lost bytes'}`;
}
