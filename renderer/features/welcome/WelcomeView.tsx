import type { ReactNode } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { runCommand } from '../commands.ts';
import { Logo } from '../shell/Logo.tsx';
import { useApp, useKeys, useSession } from '../use-app.ts';
import { formatPlural } from '../../model/format.ts';
import './welcome.css';

/** The page before a capture is open: what this is, and the first step. */
export function WelcomeView(): ReactNode {
  const model = useApp();
  const opening = useSession((state) => state.opening);
  const fallback = useSession((state) => state.host?.fallbackReason ?? null);
  const keys = useKeys((state) => state.keys.length);
  return (
    <main className="welcome">
      <div className="welcome-inner">
        <header className="welcome-head">
          <Logo size={52} />
          <div>
            <h1>Sipher</h1>
            <p>
              Opens captures of encrypted telephony, shows the SIP inside, and says for every frame that stays
              encrypted exactly why.
            </p>
          </div>
        </header>
        {fallback === null ? null : (
          <p className="welcome-fallback">
            <Icon name="info" size={14} /> {fallback}
          </p>
        )}
        <div className="welcome-drop">
          <Icon name="upload" size={26} />
          <p>Drop a capture and its keys anywhere in this window</p>
          <span className="button-row">
            <Button
              label={opening ? 'Opening…' : 'Open capture…'}
              icon="folder"
              kind="primary"
              disabled={opening}
              shortcut="Ctrl+O"
              onPress={() => runCommand('open-capture', model)}
            />
            <Button
              label="Open the sample"
              icon="play"
              disabled={opening}
              onPress={() => runCommand('open-sample', model)}
            />
            <Button
              label={keys === 0 ? 'Add keys…' : `Keys (${formatPlural(keys, 'file')} loaded)`}
              icon="key"
              onPress={() => runCommand(keys === 0 ? 'add-keys' : 'show-keys', model)}
            />
          </span>
          <p className="welcome-sample">
            The sample is a short capture with its key: one connection decrypts, another was set up before the
            capture began. It shows all that Sipher does.
          </p>
        </div>
        <section aria-label="What you need">
          <h2>What you need</h2>
          <dl className="welcome-needs">
            <dt>A capture that holds the handshake</dt>
            <dd>
              Both directions, whole packets (<code>tcpdump -s 0</code>), begun before the phone connects:
              restart the phone while you capture. pcap and pcapng, also compressed.
            </dd>
            <dt>A key</dt>
            <dd>
              The server’s private key where the key exchange is RSA; a key log for Diffie-Hellman and TLS
              1.3. Without any, Sipher still tells which one is needed and where it lies.
            </dd>
            <dt>Nothing else</dt>
            <dd>All is done on this machine. Keys stay in memory; nothing is sent anywhere.</dd>
          </dl>
        </section>
      </div>
    </main>
  );
}
