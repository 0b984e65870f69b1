import type { ReactNode } from 'react';
import type { ConversationDetail } from '../../../core/api.ts';
import { formatAbsolute, formatCount, formatDuration } from '../../model/format.ts';
import { FrameLink } from '../diagnosis/links.tsx';
import { RichSentence } from '../diagnosis/RichSentence.tsx';
import { WhyPanel } from '../diagnosis/WhyPanel.tsx';
import { FindingItem } from '../findings/FindingItem.tsx';
import { CertificateChain } from './CertificateChain.tsx';

const RESUMED = {
  'session-id': 'by session id',
  ticket: 'by session ticket',
  psk: 'by pre-shared key',
} as const;

/** Headline, findings, facts, certificates and the reason. */
export function ConversationFacts({ detail }: { detail: ConversationDetail }): ReactNode {
  const { row } = detail;
  // What the headline says need not stand below once more.
  const headline = JSON.stringify(detail.headline);
  const findings = detail.findings.filter(({ rich }) => JSON.stringify(rich) !== headline);
  const now = detail.why?.fixNow ?? [];
  return (
    <div className="conversation-facts" tabIndex={0} role="region" aria-label="Facts of the conversation">
      <p className="conversation-headline">
        <RichSentence text={detail.headline} />
      </p>
      {now.length === 0 ? null : (
        <ul className="why-list conversation-now" aria-label="What to do now">
          {now.map((sentence, index) => (
            <li key={index}>
              <RichSentence text={sentence} />
            </li>
          ))}
        </ul>
      )}
      {detail.canBeDecryptedBy.length === 0 || row.verdict === 'decrypted' || row.key !== null ? null : (
        <p className="can-decrypt">
          <b>What would decrypt it:</b> {detail.canBeDecryptedBy.join('; ')}.
        </p>
      )}
      {findings.length === 0 ? null : (
        <section>
          <h3 className="section-title">Findings</h3>
          <ul className="finding-list">
            {findings.map((finding, index) => (
              <FindingItem key={`${finding.id} ${index}`} finding={finding} withConversation={false} />
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3 className="section-title">Facts</h3>
        <dl className="facts">
          <Fact name="Version">{row.version}</Fact>
          <Fact name="Cipher suite">{row.cipherSuite}</Fact>
          <Fact name="Key exchange">{detail.keyExchange?.toUpperCase() ?? null}</Fact>
          <Fact name="Resumed">{detail.resumed === null ? null : RESUMED[detail.resumed]}</Fact>
          <Fact name="Server name">{row.serverName}</Fact>
          <Fact name="Key">{row.key}</Fact>
          <Fact name="Records">
            {row.decrypted + row.opaque + row.clear === 0
              ? null
              : `${formatCount(row.decrypted)} decrypted, ${formatCount(row.opaque)} encrypted, ${formatCount(row.clear)} clear`}
          </Fact>
          <Fact name="SIP messages">{row.sipMessages === 0 ? null : formatCount(row.sipMessages)}</Fact>
          <dt>Frames</dt>
          <dd>
            {formatCount(row.frames)}, from <FrameLink frame={row.firstFrame} /> to{' '}
            <FrameLink frame={row.lastFrame} />
          </dd>
          <Fact name="Begins">{formatAbsolute(row.start)}</Fact>
          <Fact name="Lasts">{formatDuration(row.duration)}</Fact>
          <Fact name="Roles">{row.rolesAssumed ? 'assumed from the ports' : null}</Fact>
        </dl>
      </section>
      <CertificateChain
        title="Server certificates"
        certificates={detail.certificates}
        incomplete={lacksIssuer(detail, 'server')}
      />
      <CertificateChain
        title="Client certificates"
        certificates={detail.clientCertificates}
        incomplete={lacksIssuer(detail, 'client')}
      />
      {detail.why === null ? null : (
        <section className="conversation-why">
          <WhyPanel why={detail.why} />
        </section>
      )}
    </div>
  );
}

/** The chain of this side ends below an authority that must be sent along. */
function lacksIssuer(detail: ConversationDetail, side: 'client' | 'server'): boolean {
  const own = side === 'server' ? detail.certificates : detail.clientCertificates;
  const frame = own[0]?.frame ?? 0;
  return detail.findings.some(({ id, frames }) => id === 'chain-incomplete' && frames.includes(frame));
}

function Fact({ name, children }: { name: string; children: string | null }): ReactNode {
  if (children === null) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
