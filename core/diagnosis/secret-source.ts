import type { RichText } from '../api.ts';
import type { SecretSource } from '../tls/handshake.ts';
import { conversationLink, rich } from './rich-text.ts';

/** Where a secret came from, for people: "line 5 of a.keys". `idOf` names conversations. */
export function tellSecretSource(source: SecretSource, idOf: (conversation: number) => string): RichText {
  switch (source.kind) {
    case 'rsa-key':
      return rich`${source.name}`;
    case 'keylog':
      return rich`line ${source.line} of ${source.name}`;
    case 'psk':
      return source.identity === ''
        ? rich`the pre-shared key`
        : rich`the pre-shared key of “${source.identity}”`;
    case 'resumed': {
      // One resumes another, which resumes a third: what opened the first opened them all.
      let first = source.source;
      while (first.kind === 'resumed') first = first.source;
      return rich`${tellSecretSource(first, idOf)}, by the session of ${conversationLink(idOf(source.from))} that is resumed`;
    }
  }
}
