import type { ReactNode } from 'react';
import { formatPlural } from '../../model/format.ts';
import { useKeys } from '../use-app.ts';
import { ConversationLinks } from './ConversationLinks.tsx';

/** What the capture's connections need to be decrypted, whatever is loaded. */
export function Needs(): ReactNode {
  const needs = useKeys((state) => state.needs);
  if (needs.length === 0) return null;
  return (
    <section className="needs" aria-label="What this capture needs">
      <h3>What the connections of this capture need</h3>
      <table>
        <thead className="unseen">
          <tr>
            <th scope="col">Need</th>
            <th scope="col">How many</th>
            <th scope="col">Conversations</th>
          </tr>
        </thead>
        <tbody>
          {needs.map(({ need, conversations }) => (
            <tr key={need}>
              <td>{need}</td>
              <td>{formatPlural(conversations.length, 'conversation')}</td>
              <td>
                <ConversationLinks ids={conversations} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
