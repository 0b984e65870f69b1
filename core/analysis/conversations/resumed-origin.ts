import type { Handshake } from '../../tls/handshake.ts';
import type { Analysis } from '../analysis.ts';

/** A full handshake, and the conversation it is in. */
export interface SessionOrigin {
  readonly conversation: number;
  readonly handshake: Handshake;
}

/** The full handshake whose session a handshake resumes by id or ticket, where it is in the capture. */
export function originOf(analysis: Analysis, resuming: Handshake | null): SessionOrigin | null {
  const { resumption } = analysis.opening;
  let handshake = resuming;
  // A resumed connection may issue the ticket of the next one: back to the first of the line.
  for (let step = 0; step < MOST_STEPS && handshake !== null; step += 1) {
    if (handshake.resumed !== 'session-id' && handshake.resumed !== 'ticket') return null;
    const byTicket: ReturnType<typeof resumption.seenAt> =
      handshake.offeredTicket === null ? null : resumption.seenAt('ticket', handshake.offeredTicket);
    const seen = byTicket ?? resumption.seenAt('session-id', handshake.serverSessionId);
    if (seen === null) return null;
    const earlier: Handshake | undefined = analysis
      .sessionOf(seen.conversation)
      ?.handshakes.filter((one) => one.firstFrame <= seen.frame)
      .at(-1);
    if (earlier === undefined || earlier === handshake) return null;
    if (earlier.resumed === null) return { conversation: seen.conversation, handshake: earlier };
    handshake = earlier;
  }
  return null;
}

const MOST_STEPS = 100;
