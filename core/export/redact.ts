import type { ExportedMessage } from './exported.ts';
import { redactMessage } from './redact-sip.ts';
import { REPLACED_KINDS, type ReplacedKind, Replacements } from './replacements.ts';

export interface Redacted {
  readonly messages: Iterable<ExportedMessage>;
  /** How many different originals there are, by kind; kinds without any are left out. */
  counts(): readonly { readonly kind: ReplacedKind; readonly count: number }[];
}

/**
 * Messages with their secrets and names replaced. `read` is called twice: to learn what there is, and to replace it. `learn`
 * may make known what stands elsewhere, and keep the replacements for it. `others` are not exported, but who is named in
 * them may be spoken of; they are not counted.
 */
export function redact(
  read: () => Iterable<ExportedMessage>,
  learn: (replacements: Replacements) => void = () => {},
  others: () => Iterable<ExportedMessage> = () => [],
): Redacted {
  const replacements = new Replacements();
  for (const message of read()) redactMessage(replacements, message);
  learn(replacements);
  const counts = replacements.counts();
  for (const message of others()) redactMessage(replacements, message);
  replacements.learning = false;
  return {
    messages: replaced(replacements, read),
    counts: () =>
      REPLACED_KINDS.flatMap((kind) => {
        const count = counts.get(kind) ?? 0;
        return count === 0 ? [] : [{ kind, count }];
      }),
  };
}

function* replaced(
  replacements: Replacements,
  read: () => Iterable<ExportedMessage>,
): Generator<ExportedMessage> {
  for (const message of read()) yield redactMessage(replacements, message);
}
