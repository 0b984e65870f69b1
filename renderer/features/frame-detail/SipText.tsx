import { useMemo, type ReactNode } from 'react';
import { runsOfSip } from '../../model/sip-runs.ts';
import './sip-text.css';

/** A SIP message, coloured. Text nodes only: whatever it holds can never become markup. */
export function SipText({ text, label }: { text: string; label: string }): ReactNode {
  const runs = useMemo(() => runsOfSip(text), [text]);
  return (
    <pre className="sip-text mono" tabIndex={0} role="region" aria-label={label}>
      {runs.map((run, index) =>
        run.kind === 'text' ? (
          run.text
        ) : (
          <span key={index} className={`sip-${run.kind}`}>
            {run.text}
          </span>
        ),
      )}
    </pre>
  );
}
