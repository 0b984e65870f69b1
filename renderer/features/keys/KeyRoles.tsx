import type { ReactNode } from 'react';
import type { KeyRow } from '../../../core/api.ts';
import { RichSentence } from '../diagnosis/RichSentence.tsx';
import { useKeys } from '../use-app.ts';
import { ConversationLinks } from './ConversationLinks.tsx';

/** Conversations that the sentence of a role names of each kind. */
const IN_SENTENCE = 8;

/** Which connections a key opens, and why not the others. */
export function KeyRoles({ row }: { row: KeyRow }): ReactNode {
  const role = useKeys((state) => state.roles.find(({ key }) => key === row.key));
  if (role === undefined || !row.usable) return null;
  const groups = [
    ['Opens', role.opens],
    ['Fits, but something else is missing', role.lacking],
    ['Only signed there: forward secrecy or TLS 1.3', role.onlySigned],
    ['Its host is the client: can never open', role.asClient],
  ] as const;
  // The sentence names the first few; lists are for more than it can name.
  const long = groups.some(([, ids]) => ids.length > IN_SENTENCE) || role.sentence.length === 0;
  return (
    <div className="key-roles">
      {role.sentence.length === 0 ? null : (
        <p>
          <RichSentence text={role.sentence} />
        </p>
      )}
      {long ? (
        <dl>
          {groups.map(([title, ids]) =>
            ids.length === 0 ? null : (
              <div key={title}>
                <dt>{title}</dt>
                <dd>
                  <ConversationLinks ids={ids} />
                </dd>
              </div>
            ),
          )}
        </dl>
      ) : null}
    </div>
  );
}
