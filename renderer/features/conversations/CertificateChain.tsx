import type { ReactNode } from 'react';
import type { CertificateDetail } from '../../../core/api.ts';
import { shortenFingerprint } from '../../model/format.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { FrameLink } from '../diagnosis/links.tsx';

/** Certificates as they were sent, leaf first, each joined to its issuer; what is missing above is drawn as missing. */
export function CertificateChain({
  title,
  certificates,
  incomplete,
}: {
  title: string;
  /** A certificate is missing that the other side needs. */
  incomplete: boolean;
  certificates: readonly CertificateDetail[];
}): ReactNode {
  if (certificates.length === 0) return null;
  const last = certificates.at(-1);
  const open = last !== undefined && last.issuer !== last.subject;
  return (
    <section>
      <header className="section-head">
        <h3 className="section-title">{title}</h3>
        <Button
          label={`Save the ${title.toLowerCase()} as PEM`}
          icon="download"
          iconOnly
          kind="ghost"
          onPress={() =>
            saveFile(fileNameOf(title), 'application/x-pem-file', certificates.map(({ pem }) => pem).join(''))
          }
        />
      </header>
      <ol className="chain">
        {certificates.map((certificate, index) => {
          const next = certificates[index + 1];
          const joined = next === undefined || next.subject === certificate.issuer;
          return (
            <li
              key={`${certificate.sha256} ${index}`}
              className={joined ? 'chain-link' : 'chain-link chain-broken'}
            >
              <Certificate certificate={certificate} />
              {joined ? null : (
                <p className="chain-note">
                  <Icon name="warning" size={13} /> The next certificate is not its issuer (
                  {commonName(certificate.issuer)}).
                </p>
              )}
            </li>
          );
        })}
        {open ? (
          <li className="chain-link chain-missing">
            <span className="with-icon" title={last.issuer}>
              {incomplete ? <Icon name="warning" size={13} /> : null} Issued by {commonName(last.issuer)}: not
              sent{incomplete ? ', and needed here' : ' (a root need not be)'}
            </span>
          </li>
        ) : null}
      </ol>
    </section>
  );
}

function Certificate({ certificate }: { certificate: CertificateDetail }): ReactNode {
  return (
    <details className="certificate">
      <summary>
        <Icon name="certificate" size={14} />
        <span className="clip certificate-name" title={certificate.subject}>
          {commonName(certificate.subject)}
        </span>
        <span className="certificate-brief">
          {certificate.publicKey} · until {certificate.notAfter.slice(0, 10)}
        </span>
      </summary>
      <dl className="facts">
        <dt>Subject</dt>
        <dd>{certificate.subject}</dd>
        <dt>Issuer</dt>
        <dd>{certificate.issuer}</dd>
        <dt>Valid</dt>
        <dd>
          {certificate.notBefore} to {certificate.notAfter}
        </dd>
        <dt>Names</dt>
        <dd>{certificate.names.length === 0 ? 'none' : certificate.names.join(', ')}</dd>
        <dt>Public key</dt>
        <dd>{certificate.publicKey}</dd>
        <dt>Signature</dt>
        <dd>{certificate.signature}</dd>
        <dt>Serial</dt>
        <dd className="mono">{certificate.serial}</dd>
        <dt>SHA-256</dt>
        <dd className="mono with-copy">
          <span title={certificate.sha256}>{shortenFingerprint(certificate.sha256)}</span>
          <CopyButton text={certificate.sha256} label="Copy the SHA-256 of the certificate" />
        </dd>
        <dt>Of the key</dt>
        <dd className="mono with-copy">
          <span title={certificate.sha256OfPublicKey}>
            {shortenFingerprint(certificate.sha256OfPublicKey)}
          </span>
          <CopyButton text={certificate.sha256OfPublicKey} label="Copy the SHA-256 of the public key" />
        </dd>
        <dt>Sent in</dt>
        <dd>
          <FrameLink frame={certificate.frame} label={`frame ${certificate.frame}`} />
        </dd>
      </dl>
      {certificate.pem === '' ? null : (
        <span className="certificate-keep">
          <CopyButton text={certificate.pem} label="Copy as PEM" iconOnly={false} />
        </span>
      )}
    </details>
  );
}

function fileNameOf(title: string): string {
  return `${title.toLowerCase().replaceAll(' ', '-')}.pem`;
}

/** The CN of a distinguished name, or all of it. */
function commonName(name: string): string {
  return /(?:^|[,/]\s*)CN=("[^"]*"|[^,/]*)/.exec(name)?.[1]?.trim() || name || '(no name)';
}
