import type { HandshakeTiming, RichText, TimingStep } from '../../api.ts';
import { stepsOf } from '../../diagnosis/handshake-outcome.ts';
import { formatDelay } from '../../diagnosis/format-delay.ts';
import { frameLink, rich } from '../../diagnosis/rich-text.ts';
import { CLIENT, type Handshake } from '../../tls/handshake.ts';
import { isTls13 } from '../../tls/tables/versions.ts';
import type { Analysis } from '../analysis.ts';

/** How long each step of each handshake of a conversation took, as the place of the capture saw it. */
export function timeHandshakes(analysis: Analysis, conversation: number): HandshakeTiming[] {
  const session = analysis.sessionOf(conversation);
  if (session === null) return [];
  return session.handshakes
    .slice(0, MOST_HANDSHAKES)
    .map((handshake) => timeHandshake(analysis, conversation, handshake));
}

/** Of one handshake of the conversation. */
export function timeHandshake(
  analysis: Analysis,
  conversation: number,
  handshake: Handshake,
): HandshakeTiming {
  const { frames } = analysis.structure;
  const secondsOf = (frame: number): number =>
    frames.seconds.read(frame - 1) + frames.nanoseconds.read(frame - 1) / 1e9;
  const known = [...openingSteps(analysis, conversation, handshake), ...namedSteps(handshake)].sort(
    (a, b) => a.frame - b.frame,
  );
  const first = known[0];
  const steps: TimingStep[] = [];
  const spent = { client: 0, server: 0 };
  let before = first === undefined ? 0 : secondsOf(first.frame);
  for (const step of known) {
    const at = secondsOf(step.frame);
    const delay = Math.max(0, at - before);
    if (steps.length > 0) spent[step.from] += delay;
    steps.push({
      label: step.label,
      from: step.from,
      frame: step.frame,
      relative: first === undefined ? 0 : at - secondsOf(first.frame),
      delay,
    });
    before = at;
  }
  const hello = known.find((step) => step.label.endsWith('Client Hello'));
  const last = known.at(-1);
  const complete = handshake.complete && hello !== undefined && last !== undefined;
  const duration = complete ? secondsOf(last.frame) - secondsOf(hello.frame) : null;
  const kind = handshake.resumed === null ? 'full' : 'resumed';
  // Waits before the Client Hello are TCP's and the program's, not the handshake's.
  const begun = hello === undefined ? 0 : steps.findIndex((step) => step.frame === hello.frame) + 1;
  const slowest = steps.slice(begun).sort((a, b) => b.delay - a.delay)[0];
  return {
    resumed: handshake.resumed !== null,
    duration,
    clientTime: spent.client,
    serverTime: spent.server,
    steps,
    sentence:
      duration === null || slowest === undefined
        ? tellUnfinished(handshake)
        : rich`The ${kind} handshake took ${formatDelay(duration)}. The longest wait was for the ${slowest.from}: ${formatDelay(slowest.delay)} before its ${slowest.label} (${frameLink(slowest.frame)}). Times hold for the place of the capture and include the network.`,
  };
}

function tellUnfinished({ version, serverHello, complete, ordinal, firstFrame }: Handshake): RichText {
  if (isTls13(version) && serverHello !== null && !complete)
    return rich`Behind the Server Hello (${frameLink(serverHello.frame)}) this handshake is encrypted and was not opened: how long it took cannot be told.`;
  if (ordinal === 0) return rich`The handshake is not complete in this capture.`;
  return serverHello === null
    ? rich`The later handshake, begun in ${frameLink(firstFrame)}, has no answer in this capture.`
    : rich`The later handshake, begun in ${frameLink(firstFrame)}, is not complete in this capture.`;
}

interface Step {
  readonly label: string;
  readonly from: 'client' | 'server';
  readonly frame: number;
}

function namedSteps(handshake: Handshake): Step[] {
  return stepsOf(handshake).map((step) => ({
    label: step.words.replace(/^(client|server)’s /, ''),
    from: step.side === CLIENT ? 'client' : 'server',
    frame: step.frame,
  }));
}

/** TCP's own handshake stands before the first of TLS. */
function openingSteps(analysis: Analysis, conversation: number, handshake: Handshake): Step[] {
  if (handshake.ordinal > 0) return [];
  const { conversations } = analysis.structure;
  const { client } = analysis.rolesOf(conversation);
  const steps: Step[] = [];
  const syn = conversations.synFrame.read(2 * conversation + client);
  const answer = conversations.synFrame.read(2 * conversation + (client === 0 ? 1 : 0));
  if (syn > 0) steps.push({ label: 'SYN', from: 'client', frame: syn });
  if (answer > 0) steps.push({ label: 'SYN, ACK', from: 'server', frame: answer });
  return steps;
}

const MOST_HANDSHAKES = 100;
