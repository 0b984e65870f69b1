import { CLIENT, SERVER } from '../tls/handshake.ts';
import { formatDelay } from './format-delay.ts';
import type { FindingContext, Found } from './finding-context.ts';
import { frameLink, rich } from './rich-text.ts';

/** The port is closed: the server's host answers the SYN with a reset. */
export function findConnectionRefused(c: FindingContext): Found[] {
  const { syn, closing } = c;
  const reset = closing.rst[SERVER];
  if (!isTcp(c) || spoke(c) || syn[CLIENT] === 0 || syn[SERVER] > 0 || reset === 0) return [];
  return [
    {
      severity: matters(c) ? 'error' : 'note',
      sentence: rich`${c.server} refused the TCP connection: the SYN in ${frameLink(syn[CLIENT])} was answered with a reset in ${frameLink(reset)}. TLS did not even begin.`,
      frames: [syn[CLIENT], reset],
      fix: `Nothing listens on port ${c.serverPort} of ${c.serverAddress}, or a firewall refuses it: check that the server runs, that TLS is turned on, and which port it uses.`,
      confidence: 'certain',
    },
  ];
}

/** Nobody answers the SYN. */
export function findConnectionUnanswered(c: FindingContext): Found[] {
  const { syn, closing } = c;
  if (!isTcp(c) || spoke(c) || syn[CLIENT] === 0 || closing.frames[SERVER] > 0) return [];
  if (closing.secondsToEnd < SECONDS_OF_SILENCE) return [];
  const tries = closing.frames[CLIENT];
  return [
    {
      severity: matters(c) ? 'error' : 'note',
      sentence: rich`${c.server} did not answer the SYN in ${frameLink(syn[CLIENT])}${tries > 1 ? ` (${tries} tries)` : ''}: no TCP connection, so no TLS.`,
      frames: [syn[CLIENT]],
      fix: `Check that ${c.serverAddress} can be reached from ${c.client}, and that no firewall drops port ${c.serverPort}.`,
      confidence: 'likely',
    },
  ];
}

/** A connection in which nobody says anything: a monitor, or two who wait for each other. */
export function findNothingSaid(c: FindingContext): Found[] {
  const { syn, closing } = c;
  if (!isTcp(c) || spoke(c) || syn[CLIENT] === 0 || syn[SERVER] === 0) return [];
  if (closing.unseen[CLIENT] + closing.unseen[SERVER] > 1 || !matters(c)) return [];
  const end = [...closing.fin, ...closing.rst].filter((frame) => frame > 0).sort((a, b) => a - b)[0];
  if (end === undefined) return [];
  const lasted = formatDelay(c.secondsOf(end) - c.secondsOf(syn[CLIENT]));
  return [
    {
      severity: 'note',
      sentence: rich`The connection was opened in ${frameLink(syn[CLIENT])} and closed in ${frameLink(end)}, ${lasted} later, and neither side sent a byte. Whoever opened it may only have tested the port, as a monitor does; in TLS the client speaks first.`,
      frames: [syn[CLIENT], end],
      fix: '',
      confidence: 'likely',
    },
  ];
}

function isTcp(c: FindingContext): boolean {
  return !c.closing.datagrams;
}

function spoke(c: FindingContext): boolean {
  return c.closing.payload[CLIENT] + c.closing.payload[SERVER] > 0;
}

/** Among all that a host connects to, these are the ones that telephony waits for. */
function matters(c: FindingContext): boolean {
  return SIP_PORTS.has(c.serverPort) || c.tlsElsewhere !== null || c.sipElsewhere !== null;
}

const SIP_PORTS: ReadonlySet<number> = new Set([5060, 5061, 5062, 5063, 5080, 5081]);
const SECONDS_OF_SILENCE = 1;
