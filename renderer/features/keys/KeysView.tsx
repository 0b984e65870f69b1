import type { ReactNode } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { runCommand } from '../commands.ts';
import { useApp, useKeys } from '../use-app.ts';
import { Needs } from './Needs.tsx';
import { KeyCard } from './KeyCard.tsx';
import './keys.css';

/** The loaded keys, what each opens, and how to add more. */
export function KeysView(): ReactNode {
  const model = useApp();
  const keys = useKeys((state) => state.keys);
  const problems = useKeys((state) => state.problems);
  const busy = useKeys((state) => state.busy);
  return (
    <section className="keys" aria-label="Keys">
      <header className="keys-head">
        <div>
          <h2>Keys</h2>
          <p>
            Private keys (PEM, DER, PFX), key logs and certificates. They are kept in memory only, and are
            gone when Sipher is closed.
          </p>
        </div>
        <span className="button-row">
          <Button
            label="Add key files…"
            icon="key"
            kind="primary"
            disabled={busy}
            shortcut="Ctrl+K"
            onPress={() => runCommand('add-keys', model)}
          />
          <Button
            label="Paste text…"
            icon="paste"
            disabled={busy}
            onPress={() => runCommand('paste-key', model)}
          />
        </span>
      </header>
      <div role="alert" className="keys-problems">
        {problems.map((problem, index) => (
          <p key={index} className="problem tone-error">
            <Icon name="error" size={14} />
            <span>{problem}</span>
            {index === 0 ? (
              <Button
                label="Dismiss"
                icon="close"
                iconOnly
                kind="ghost"
                onPress={() => model.keys.getState().dismissProblems()}
              />
            ) : null}
          </p>
        ))}
      </div>
      {busy ? (
        <p className="keys-busy" role="status">
          <span className="spinner" aria-hidden="true" /> Reading…
        </p>
      ) : null}
      {keys.length === 0 ? (
        <NoKeys />
      ) : (
        <ul className="key-list">
          {keys.map((key) => (
            <KeyCard key={key.key} row={key} />
          ))}
        </ul>
      )}
      <Needs />
    </section>
  );
}

function NoKeys(): ReactNode {
  return (
    <div className="no-keys">
      <p className="no-keys-lead">
        No key is loaded yet. Drop files anywhere in this window, or add them above.
      </p>
      <dl>
        <dt>
          <Icon name="key" /> Private key of the server
        </dt>
        <dd>
          Opens TLS up to 1.2 where the key exchange is RSA. It lies on the PBX or SBC that answers the
          connection, often as a <code>.pem</code> or <code>.key</code> file; from Windows it is exported as a{' '}
          <code>.pfx</code> with “Yes, export the private key”.
        </dd>
        <dt>
          <Icon name="list" /> Key log
        </dt>
        <dd>
          Opens everything, TLS 1.3 and Diffie-Hellman included. One end must write it while it talks:
          programs that honour <code>SSLKEYLOGFILE</code> do so by themselves, others have a setting for it.
        </dd>
        <dt>
          <Icon name="certificate" /> Certificate
        </dt>
        <dd>Opens nothing. It tells which private key is wanted.</dd>
      </dl>
      <p>
        Not sure which one is needed? Open the capture: Sipher says for each conversation what would decrypt
        it, and on which host that key lies.
      </p>
    </div>
  );
}
