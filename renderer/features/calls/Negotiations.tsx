import type { ReactNode } from 'react';
import type { CallNegotiation } from '../../../core/api-calls.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { ScrollPage } from '../../ui/ScrollPage.tsx';
import { FrameLink } from '../diagnosis/links.tsx';

const PROTECTIONS: Readonly<
  Record<CallNegotiation['protection'], { readonly word: string; readonly icon: IconName }>
> = {
  none: { word: 'none', icon: 'unlock' },
  sdes: { word: 'SRTP, keys in SDP', icon: 'lock' },
  dtls: { word: 'SRTP, DTLS', icon: 'lock' },
  zrtp: { word: 'ZRTP', icon: 'lock' },
};

/** What was offered and answered for each medium (SDP, RFC 3264). */
export function Negotiations({ negotiations }: { negotiations: readonly CallNegotiation[] }): ReactNode {
  if (negotiations.length === 0) {
    return <EmptyState icon="message" title="No message of this call that can be read carries SDP." />;
  }
  return (
    <ScrollPage label="Offers and answers">
      <DataTable
        caption="Offers and answers"
        headings={[
          'Offer',
          'Answer',
          'Medium',
          'Codecs agreed',
          'Offered to receive at',
          'Answered to receive at',
          'Direction',
          'Protection',
          'Remarks',
        ]}
      >
        {negotiations.map((each, index) => (
          <Line key={index} negotiation={each} />
        ))}
      </DataTable>
    </ScrollPage>
  );
}

function Line({ negotiation }: { negotiation: CallNegotiation }): ReactNode {
  const { word, icon } = PROTECTIONS[negotiation.protection];
  return (
    <tr>
      <td>
        <FrameLink frame={negotiation.offerFrame} label={`Frame ${negotiation.offerFrame}`} />
        {negotiation.renegotiation ? <span className="call-small-note">changes the one before</span> : null}
      </td>
      <td>
        {negotiation.answerFrame === null ? (
          <span className="compare-none">none</span>
        ) : (
          <FrameLink frame={negotiation.answerFrame} label={`Frame ${negotiation.answerFrame}`} />
        )}
      </td>
      <td>
        {negotiation.type}
        {negotiation.active ? null : <span className="call-small-note">not taken</span>}
      </td>
      <td>
        {negotiation.codecs.length === 0 ? (
          <span className="compare-none">none</span>
        ) : (
          negotiation.codecs.join(', ')
        )}
      </td>
      <Place address={negotiation.offerAddress} details={negotiation.offerDetails} />
      <Place address={negotiation.answerAddress} details={negotiation.answerDetails} />
      <td>{negotiation.direction}</td>
      <td>
        <span className="with-icon">
          <Icon name={icon} size={13} /> {word}
        </span>
      </td>
      <td>
        {negotiation.remarks.length === 0 ? null : (
          <ul>
            {negotiation.remarks.map((remark, index) => (
              <li key={index} className="with-icon">
                <Icon name="info" size={13} /> {remark}
              </li>
            ))}
          </ul>
        )}
      </td>
    </tr>
  );
}

/** Where a side receives, and what else it said of the medium. */
function Place({ address, details }: { address: string; details: readonly string[] }): ReactNode {
  return (
    <td>
      <span className="mono">{address}</span>
      {details.map((detail, index) => (
        <span key={index} className="call-small-note call-break">
          {detail}
        </span>
      ))}
    </td>
  );
}
