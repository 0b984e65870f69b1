import type { Analysis } from './analysis.ts';

/**
 * All conversations of a capture: by number, then those inside others. `of` is what the caller makes of the analysis in
 * which a conversation is found, made once for each.
 */
export function* everyConversation<T>(
  analysis: Analysis,
  make: (analysis: Analysis) => T,
): Generator<{ readonly id: number | string; readonly conversation: number; readonly of: T }> {
  const own = make(analysis);
  const count = analysis.structure.conversations.length;
  for (let conversation = 0; conversation < count; conversation += 1)
    yield { id: conversation, conversation, of: own };
  const made = new Map<Analysis, T>();
  for (const child of analysis.inner.children()) {
    let of = made.get(child.analysis);
    if (of === undefined) {
      of = make(child.analysis);
      made.set(child.analysis, of);
    }
    yield { id: child.id, conversation: child.conversation, of };
  }
}
