import type { RichText } from '../api.ts';
import { CLIENT, type Handshake, SERVER, type SeenAlert, type Side } from '../tls/handshake.ts';
import { describeAlert } from '../tls/tables/alerts.ts';
import type { FindingContext, Found } from './finding-context.ts';
import { frameLink, rich, term } from './rich-text.ts';

/** A second handshake inside the connection (RFC 5246 §7.4.1.1) that came to nothing. */
export function findRenegotiationRefused(c: FindingContext): Found[] {
  const again = c.session?.renegotiation ?? null;
  if (c.session === null || again === null || again.complete || again.clientHello === null) return [];
  const hello = again.clientHello;
  const alerts = c.session.alerts.filter(({ row, description }) => row > hello.row && description > 0);
  const refusal = alerts.find(({ side }) => side === SERVER) ?? null;
  const broken = alerts.find(({ level }) => level === 2) ?? null;
  const closed = firstClosing(c, hello.frame);
  if (refusal === null && broken === null && closed === null) return [];
  // What the server said to it may be in what the capture lost.
  const unseen = c.closing.lost[SERVER] + c.closing.unseen[SERVER] > 0;
  if (refusal === null && again.serverHello === null && unseen) return [];
  const told: Ending[] = [];
  // A closing behind the alert follows from it.
  if (closed !== null && (broken === null || closed.frame < broken.frame)) told.push(closed);
  if (broken !== null && broken !== refusal)
    told.push({
      side: broken.side,
      did: `broke off with ${describeAlert(broken.description)}`,
      frame: broken.frame,
    });
  const frames = [hello.frame, refusal?.frame ?? 0, ...told.map(({ frame }) => frame)];
  return [
    {
      severity: 'warning',
      sentence: rich`In ${frameLink(hello.frame)} the client asked to negotiate the running connection anew (${RENEGOTIATION}), but ${tellOutcome(again, refusal, broken === refusal, told)}.`,
      frames: frames.filter((frame) => frame > 0),
      fix: `Turn renegotiation off on the client at ${c.client}, or allow it on the server at ${c.server}. Many servers no longer do.`,
      confidence: 'certain',
    },
  ];
}

/** What one side did at last, and where. */
interface Ending {
  readonly side: Side;
  readonly did: string;
  readonly frame: number;
}

/** What became of it, from the server's side to the end; the sentence goes on behind "but". */
function tellOutcome(
  again: Handshake,
  refusal: SeenAlert | null,
  fatal: boolean,
  endings: readonly Ending[],
): RichText {
  const byServer = refusal !== null || again.serverHello === null;
  const answer = tellAnswer(again, refusal, fatal);
  const rest = endings.flatMap(({ side, did, frame }, at) => {
    const goesOn = at === 0 && byServer && side === SERVER;
    const who = goesOn ? ' and' : `, and the ${side === SERVER ? 'server' : 'client'}`;
    return rich`${who} ${did} in ${frameLink(frame)}`;
  });
  return [...answer, ...rest];
}

function tellAnswer({ serverHello }: Handshake, refusal: SeenAlert | null, fatal: boolean): RichText {
  if (refusal !== null)
    return rich`the server ${fatal ? 'refused and broke off' : 'refused'} with ${describeAlert(refusal.description)} in ${frameLink(refusal.frame)}`;
  return serverHello === null
    ? rich`the server did not respond to that`
    : rich`what the server began in ${frameLink(serverHello.frame)} did not come to its end`;
}

/** Who first closed or reset the connection behind a frame. */
function firstClosing({ closing }: FindingContext, behind: number): Ending | null {
  const sides: readonly Side[] = [CLIENT, SERVER];
  const endings = sides.flatMap((side) => [
    { side, did: 'closed the connection', frame: closing.fin[side] },
    { side, did: 'reset the connection', frame: closing.rst[side] },
  ]);
  const later = endings.filter(({ frame }) => frame > behind).sort((a, b) => a.frame - b.frame);
  return later[0] ?? null;
}

const RENEGOTIATION = term(
  'renegotiation',
  'a second handshake inside the connection: for new keys, or for a client certificate asked for late; TLS 1.3 has none',
);
