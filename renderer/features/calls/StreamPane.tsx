import type { ReactNode } from 'react';
import type { MediaStreamRow } from '../../../core/api-calls.ts';
import { formatCount, formatDuration, formatPlural } from '../../model/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { ConversationLink, FrameLink } from '../diagnosis/links.tsx';
import { RichSentence } from '../diagnosis/RichSentence.tsx';
import { useApp } from '../use-app.ts';
import { VerdictMark } from '../verdict/VerdictMark.tsx';
import {
  formatLoss,
  formatMilliseconds,
  formatMos,
  PROTECTION_WORDS,
  toneOfStream,
  wordOfStream,
} from './media-words.ts';
import { StreamPlayer } from './StreamPlayer.tsx';

const SHOWN_GAPS = 12;
const SHOWN_DIGITS = 64;

/** One stream: how it fared on its way, how it is protected, and its sound. */
export function StreamPane({ row, withCall }: { row: MediaStreamRow; withCall: boolean }): ReactNode {
  const { calls } = useApp();
  const { call } = row;
  return (
    <section className="stream" aria-label={`Stream ${row.ssrc}`}>
      <header className="stream-heading">
        <span className={`verdict-badge ${toneOfStream(row)}`}>
          <span className={`verdict-mark ${toneOfStream(row)}`} aria-hidden="true" />
          {wordOfStream(row)}
        </span>
        <h2 className="mono">
          {row.source} → {row.destination}
        </h2>
        <span>{row.codec}</span>
        <StreamPlayer row={row} />
      </header>
      <div className="stream-columns">
        <dl className="facts">
          <dt>Packets</dt>
          <dd>
            {formatCount(row.packets)} of {formatCount(row.expected)} expected, in{' '}
            {formatDuration(row.duration)}
          </dd>
          <dt>Lost</dt>
          <dd>{formatLoss(row)}</dd>
          <dt>Out of order</dt>
          <dd>
            {formatCount(row.reordered)}, {formatPlural(row.duplicates, 'duplicate')}
          </dd>
          <dt>Jitter</dt>
          <dd>
            mean {formatMilliseconds(row.jitterMean)}, largest {formatMilliseconds(row.jitterMax)}
          </dd>
          <dt>Longest wait</dt>
          <dd>{formatMilliseconds(row.deltaMax)} between two packets</dd>
          <dt>MOS</dt>
          <dd>
            {row.mos === null ? (
              'not estimated: no speech codec that the E-model knows'
            ) : (
              <>
                {formatMos(row.mos)} <span className="confidence">estimate</span>
                <span className="call-small-note">by the E-model (ITU-T G.107); nobody listened</span>
              </>
            )}
          </dd>
          {row.rtcp === null ? null : (
            <>
              <dt>RTCP</dt>
              <dd>{describeRtcp(row.rtcp)}</dd>
            </>
          )}
        </dl>
        <dl className="facts">
          <dt>SSRC</dt>
          <dd className="mono">{row.ssrc}</dd>
          <dt>Payload types</dt>
          <dd>{row.payloadTypes.join(', ')}</dd>
          <dt>Frames</dt>
          <dd>
            <FrameLink frame={row.firstFrame} /> to <FrameLink frame={row.lastFrame} /> of{' '}
            <ConversationLink conversation={row.conversation} label={`conversation ${row.conversation}`} />
          </dd>
          {withCall ? (
            <>
              <dt>Call</dt>
              <dd className="call-break">
                {call === null ? (
                  'no description that could be read names it'
                ) : (
                  <button type="button" className="link mono" onClick={() => calls.getState().goTo(call)}>
                    {call}
                  </button>
                )}
              </dd>
            </>
          ) : null}
          <dt>Protection</dt>
          <dd>
            {PROTECTION_WORDS[row.protection]}
            {row.authenticated + row.failed === 0
              ? ''
              : `: ${formatCount(row.authenticated)} authenticated, ${formatCount(row.failed)} not`}
          </dd>
          {row.dtmf.length === 0 ? null : (
            <>
              <dt>DTMF</dt>
              <dd>
                {row.dtmf.slice(0, SHOWN_DIGITS).map(({ frame, digit, relative }, index) => (
                  <span key={index} className="stream-digit" title={`at second ${relative.toFixed(3)}`}>
                    <FrameLink frame={frame} label={digit} />{' '}
                  </span>
                ))}
                {row.dtmf.length > SHOWN_DIGITS ? `and ${row.dtmf.length - SHOWN_DIGITS} more` : null}
              </dd>
            </>
          )}
          {row.gaps.length === 0 ? null : (
            <>
              <dt>Gaps</dt>
              <dd>
                {row.gaps.slice(0, SHOWN_GAPS).map(({ frame, packets, relative }, index) => (
                  <span key={index} className="stream-gap">
                    {formatPlural(packets, 'packet')} at second {relative.toFixed(1)},{' '}
                    <FrameLink frame={frame} label={`frame ${frame}`} />
                  </span>
                ))}
                {row.gaps.length > SHOWN_GAPS ? `and ${row.gaps.length - SHOWN_GAPS} more` : null}
              </dd>
            </>
          )}
        </dl>
      </div>
      {row.srtp.length === 0 ? null : (
        <p className={`stream-srtp ${toneOfStream(row)}`}>
          <VerdictMark verdict={row.authenticated > 0 ? 'decrypted' : 'opaque'} named />
          <span>
            <RichSentence text={row.srtp} />
          </span>
        </p>
      )}
      {row.remarks.length === 0 ? null : (
        <ul className="stream-remarks">
          {row.remarks.map((remark, index) => (
            <li key={index} className="with-icon">
              <Icon name="warning" size={13} /> {remark}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function describeRtcp({
  reports,
  lostMax,
  jitterMax,
  roundTrip,
}: NonNullable<MediaStreamRow['rtcp']>): string {
  return [
    formatPlural(reports, 'report'),
    ...(lostMax === null ? [] : [`loss up to ${(lostMax * 100).toFixed(1)} %`]),
    ...(jitterMax === null ? [] : [`jitter up to ${formatMilliseconds(jitterMax)}`]),
    ...(roundTrip === null ? [] : [`round trip ${formatDuration(roundTrip)}`]),
  ].join(', ');
}
