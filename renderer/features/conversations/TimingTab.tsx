import { useEffect, type ReactNode } from 'react';
import type { HandshakeTiming } from '../../../core/api.ts';
import { formatDuration } from '../../model/format.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FrameLink } from '../diagnosis/links.tsx';
import { RichSentence } from '../diagnosis/RichSentence.tsx';
import { useApp, useConversations } from '../use-app.ts';
import { Loaded } from '../view-parts/Loaded.tsx';
import './course-tabs.css';

/** How long each handshake took, step by step, and who waited for whom. */
export function TimingTab(): ReactNode {
  const { conversations } = useApp();
  const timing = useConversations((state) => state.timing);
  useEffect(() => {
    if (timing.kind === 'idle') conversations.getState().loadTiming();
  }, [conversations, timing.kind]);

  return (
    <Loaded
      of={timing}
      loading="Timing the handshakes…"
      onRetry={() => conversations.getState().loadTiming()}
    >
      {(shown) =>
        shown.length === 0 ? (
          <EmptyState icon="clock" title="No handshake of this conversation is in the capture." />
        ) : (
          <div className="timing" tabIndex={0} role="region" aria-label="Timing of the handshakes">
            {shown.map((handshake, index) => (
              <Handshake key={index} handshake={handshake} title={titleOf(handshake, index, shown.length)} />
            ))}
          </div>
        )
      }
    </Loaded>
  );
}

function Handshake({ handshake, title }: { handshake: HandshakeTiming; title: string }): ReactNode {
  const longest = Math.max(...handshake.steps.map(({ delay }) => delay), 1e-9);
  return (
    <section>
      <h3 className="section-title">{title}</h3>
      <p>
        <RichSentence text={handshake.sentence} />
      </p>
      <p className="timing-sums">
        Waited for the client {formatDuration(handshake.clientTime)}, for the server{' '}
        {formatDuration(handshake.serverTime)}
      </p>
      <table className="timing-steps">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">From</th>
            <th scope="col">Frame</th>
            <th scope="col" className="cell-end">
              At
            </th>
            <th scope="col">After the step before</th>
          </tr>
        </thead>
        <tbody>
          {handshake.steps.map((step, index) => (
            <tr key={index}>
              <td>{step.label}</td>
              <td>{step.from}</td>
              <td>
                <FrameLink frame={step.frame} />
              </td>
              <td className="mono cell-end">{formatDuration(step.relative)}</td>
              <td>
                <span
                  className={`timing-bar timing-${step.from}`}
                  style={{ width: `${(step.delay / longest) * 55}%` }}
                />
                <span className="mono">{formatDuration(step.delay)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function titleOf({ resumed, duration }: HandshakeTiming, index: number, count: number): string {
  const kind = resumed ? 'Resumed handshake' : 'Full handshake';
  const number = count > 1 ? ` ${index + 1}` : '';
  return `${kind}${number}: ${duration === null ? 'not completed in the capture' : formatDuration(duration)}`;
}
