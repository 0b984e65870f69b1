import type { ReactNode } from 'react';
import type { KeyRow } from '../../../core/api.ts';
import { formatCount, formatPlural, shortenFingerprint } from '../../model/format.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { useApp, useKeys, useSession } from '../use-app.ts';
import { KeyRoles } from './KeyRoles.tsx';
import { UnlockForm } from './UnlockForm.tsx';

const KINDS: Readonly<Record<KeyRow['kind'], { readonly word: string; readonly icon: IconName }>> = {
  'rsa-private-key': { word: 'RSA private key', icon: 'key' },
  'ec-private-key': { word: 'EC private key', icon: 'key' },
  'ed25519-private-key': { word: 'Ed25519 private key', icon: 'key' },
  'other-private-key': { word: 'Private key', icon: 'key' },
  certificate: { word: 'Certificate', icon: 'certificate' },
  csr: { word: 'Certificate request', icon: 'certificate' },
  'public-key': { word: 'Public key', icon: 'certificate' },
  keylog: { word: 'Key log', icon: 'list' },
  psk: { word: 'Pre-shared key', icon: 'key' },
  locked: { word: 'Locked file', icon: 'lock' },
  unknown: { word: 'Unknown file', icon: 'question' },
};

/** These can open nothing, and are not to be blamed for it. */
const PUBLIC_KINDS: ReadonlySet<KeyRow['kind']> = new Set(['certificate', 'csr', 'public-key']);

/** One key: what it is, what it opens, and what is wrong with it. Never the key itself. */
export function KeyCard({ row }: { row: KeyRow }): ReactNode {
  const { keys } = useApp();
  const fresh = useKeys((state) => state.fresh.includes(row.key));
  const removing = useKeys((state) => state.removing === row.key);
  const kind = KINDS[row.kind];
  const locked = row.kind === 'locked';
  return (
    <li
      className={`key-card${row.usable ? '' : ' key-unusable'}${fresh ? ' key-fresh' : ''}`}
      aria-label={row.name}
    >
      <span className="key-icon">
        <Icon name={kind.icon} size={18} />
      </span>
      <div className="key-main">
        <h3 className="clip" title={row.name}>
          {row.name}
        </h3>
        <p className="key-kind">
          {kind.word}
          {row.bits === null ? '' : `, ${row.bits} bits`}
          {row.format === '' ? '' : ` · ${row.format}`}
          {row.encrypted && !locked ? ' · was protected by a password' : ''}
        </p>
        {row.subject === null ? null : (
          <p className="clip" title={row.subject}>
            {row.subject}
            {row.notAfter === null ? '' : `, valid until ${row.notAfter.slice(0, 10)}`}
          </p>
        )}
        {row.sha256OfPublicKey === null ? null : (
          <p className="key-fingerprint">
            Public key SHA-256{' '}
            <span className="mono" title={row.sha256OfPublicKey}>
              {shortenFingerprint(row.sha256OfPublicKey)}
            </span>
            <CopyButton text={row.sha256OfPublicKey} label="Copy the fingerprint of the public key" />
          </p>
        )}
        <KeyRoles row={row} />
        {row.problem === null || locked ? null : <p className="key-problem">{row.problem}</p>}
        {locked ? <UnlockForm row={row} /> : null}
      </div>
      <KeyUse row={row} />
      <div className="key-remove">
        {removing ? (
          <span className="key-confirm">
            <Button label="Remove" kind="danger" onPress={() => void keys.getState().remove(row.key)} />
            <Button label="Keep" kind="ghost" onPress={() => keys.getState().askToRemove(null)} />
          </span>
        ) : (
          <Button
            label={`Remove ${row.name}`}
            icon="trash"
            iconOnly
            kind="ghost"
            onPress={() => keys.getState().askToRemove(row.key)}
          />
        )}
      </div>
    </li>
  );
}

function KeyUse({ row }: { row: KeyRow }): ReactNode {
  const open = useSession((state) => state.status.phase !== 'empty');
  // What a key does not open is known only when all was tried.
  const trying = useSession(({ status }) => status.phase === 'reading' || status.phase === 'opening');
  if (row.lines !== null) {
    return (
      <p className="key-use">
        <b>{formatPlural(row.lines, 'line')}</b>
        <span>{open ? `${formatCount(row.linesUsed ?? 0)} used in this capture` : ''}</span>
      </p>
    );
  }
  if (!open || row.kind === 'locked' || row.kind === 'unknown') return <p className="key-use" />;
  return (
    <p className="key-use">
      {PUBLIC_KINDS.has(row.kind) ? null : (
        <b className={row.opens > 0 ? 'key-opens' : ''}>
          {row.opens > 0
            ? `opens ${formatPlural(row.opens, 'conversation')}`
            : trying
              ? 'being tried …'
              : 'opens none here'}
        </b>
      )}
      <span>
        {row.matches > 0
          ? `matches the certificate of ${formatCount(row.matches)}`
          : trying
            ? ''
            : 'matches no server certificate here'}
      </span>
    </p>
  );
}
