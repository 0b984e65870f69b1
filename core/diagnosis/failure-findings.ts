import type { RichText } from '../api.ts';
import { capitalise } from '../bytes/text.ts';
import { CLIENT } from '../tls/handshake.ts';
import type { FindingContext, Found } from './finding-context.ts';
import { type HandshakeFailure, describeFailure } from './handshake-outcome.ts';
import { frameLink, rich } from './rich-text.ts';
import { explainFailure } from './explain-failure.ts';
import { formatDelay } from './format-delay.ts';
import { uniqueFrames } from './unique-frames.ts';

/** A handshake that was broken off: by whom, at which step, how long after what, and what that means. */
export function findHandshakeFailed(c: FindingContext): Found[] {
  const { failure } = c;
  if (failure === null) return [];
  const story = explainFailure(c, failure);
  return [
    {
      severity: 'error',
      sentence: rich`${tellFailure(c, failure)} ${story.meaning}`,
      frames: uniqueFrames([failure.answers?.frame ?? failure.stepFrame, failure.frame, ...story.frames]),
      fix: story.fix,
      confidence: failure.inferred ? 'likely' : story.confidence,
    },
  ];
}

/** Who, at which step, how long after what: one sentence. */
export function tellFailure(c: FindingContext, failure: HandshakeFailure): RichText {
  const who = failure.by === CLIENT ? 'The client' : 'The server';
  if (failure.how === 'no-answer')
    return rich`The server at ${c.server} did not answer the Client Hello in ${frameLink(failure.stepFrame)}.`;
  if (failure.how === 'not-tls')
    return rich`The server at ${c.server} answered the Client Hello in ${frameLink(failure.stepFrame)} with something that is not TLS${c.clearFrame > 0 ? rich` (${frameLink(c.clearFrame)})` : ''}.`;
  const did = capitalise(describeFailure(failure));
  const after = failure.answers;
  const delay =
    after === null ? '' : formatDelay(Math.max(0, c.secondsOf(failure.frame) - c.secondsOf(after.frame)));
  const when =
    after === null
      ? rich` after the ${failure.step} (${frameLink(failure.stepFrame)})`
      : rich`, ${delay} after the ${after.words} (${frameLink(after.frame)})`;
  const inferred = failure.inferred
    ? rich` What it says can only be told from its place and its length.`
    : rich``;
  const silent = failure.how === 'alert' ? '' : ` ${who} gave no reason.`;
  return rich`${did} in ${frameLink(failure.frame)}${when}.${inferred}${silent}`;
}
