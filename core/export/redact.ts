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
 * may make known what stands elsewhere, and keep the replacements for it.
 */
export function redact(
  read: () => Iterable<ExportedMessage>,
  learn: (replacements: Replacements) => void = () => {},
): Redacted {
  const replacements = new Replacements();
  for (const message of read()) redactMessage(replacements, message);
  learn(replacements);
  replacements.learning = false;
  return {
    messages: replaced(replacements, read),
    counts: () => {
      const counts = replacements.counts();
      return REPLACED_KINDS.flatMap((kind) => {
        const count = counts.get(kind) ?? 0;
        return count === 0 ? [] : [{ kind, count }];
      });
    },
  };
}

function* replaced(
  replacements: Replacements,
  read: () => Iterable<ExportedMessage>,
): Generator<ExportedMessage> {
  for (const message of read()) yield redactMessage(replacements, message);
}
