import type { ExportedMessage } from './exported.ts';
import { redactMessage } from './redact-sip.ts';
import { REPLACED_KINDS, type ReplacedKind, Replacements } from './replacements.ts';
import { finish, type Steps } from './steps.ts';

export interface Redacted {
  readonly messages: Iterable<ExportedMessage>;
  /** How many different originals there are, by kind; kinds without any are left out. */
  counts(): readonly { readonly kind: ReplacedKind; readonly count: number }[];
}

/**
 * Messages with their secrets and names replaced. `read` is called twice: to learn what there is, and to replace it.
 */
export function redact(read: () => Iterable<ExportedMessage>): Redacted {
  return finish(redactInSteps(read));
}

/**
 * The same with stops while it learns. `learn` may make known what stands elsewhere, and keep the replacements for it.
 * `others` are not exported, but who is named in them may be spoken of; they are not counted.
 */
export function* redactInSteps(
  read: () => Iterable<ExportedMessage>,
  learn: ((replacements: Replacements) => Steps<void>) | null = null,
  others: () => Iterable<ExportedMessage> = () => [],
): Steps<Redacted> {
  const replacements = new Replacements();
  yield* learnMessages(replacements, read());
  if (learn !== null) yield* learn(replacements);
  const counts = replacements.counts();
  yield* learnMessages(replacements, others());
  replacements.learning = false;
  if (learn !== null) yield* replacements.prepareSentences();
  return {
    messages: replaced(replacements, read),
    counts: () =>
      REPLACED_KINDS.flatMap((kind) => {
        const count = counts.get(kind) ?? 0;
        return count === 0 ? [] : [{ kind, count }];
      }),
  };
}

function* learnMessages(replacements: Replacements, messages: Iterable<ExportedMessage>): Steps<void> {
  let count = 0;
  for (const message of messages) {
    redactMessage(replacements, message);
    count += 1;
    if (count % MESSAGES_AT_ONCE === 0) yield;
  }
}

function* replaced(
  replacements: Replacements,
  read: () => Iterable<ExportedMessage>,
): Generator<ExportedMessage> {
  for (const message of read()) yield redactMessage(replacements, message);
}

const MESSAGES_AT_ONCE = 100;
