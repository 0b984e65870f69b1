import type { ReactNode } from 'react';
import type { CauseId } from '../../../core/verdict.ts';
import type { RichText, WhyPanel as Why } from '../../../core/api.ts';
import { formatMask } from '../../model/format.ts';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { useApp } from '../use-app.ts';
import { CAUSE_LABELS } from '../verdict/cause-labels.ts';
import { VerdictMark } from '../verdict/VerdictMark.tsx';
import { Checklist } from './Checklist.tsx';
import './diagnosis.css';
import { RichSentence } from './RichSentence.tsx';
import { StateMask } from './StateMask.tsx';

/** Causes that a key file can remedy. */
const WANTS_KEY = new Set([
  'no-key',
  'wrong-key',
  'key-of-the-client',
  'keylog-no-match',
  'keylog-incomplete',
]);
const WANTS_KEYLOG = new Set(['forward-secrecy', 'tls13-needs-keylog', 'psk-missing']);

/** Here keys are there, and it is the bytes that fail. */
const HAS_DECODER: ReadonlySet<CauseId> = new Set([
  'gap-in-stream',
  'record-incomplete',
  'snapped-short',
  'mac-mismatch',
  'tag-mismatch',
  'bad-padding',
  'wrong-secret',
  'damaged-record',
  'internal',
]);

/** The sentence that the product is for: why this frame is as it is, the proof, and what to do. */
export function WhyPanel({ why, busy = false }: { why: Why; busy?: boolean }): ReactNode {
  const { session } = useApp();
  const key = why.cause !== null && (WANTS_KEY.has(why.cause) || WANTS_KEYLOG.has(why.cause));
  return (
    <div className={`why tone-${why.verdict}`} aria-busy={busy}>
      <header className="why-head">
        <VerdictMark verdict={why.verdict} named />
        <div>
          <h2>{why.title}</h2>
          {why.cause === null ? null : <p className="why-cause mono">{why.cause}</p>}
        </div>
      </header>
      <p className="why-what">
        <RichSentence text={why.what} />
      </p>
      {key ? (
        <button
          type="button"
          className="button button-primary"
          onClick={() => session.getState().show('keys')}
        >
          <Icon name="key" />
          {WANTS_KEYLOG.has(why.cause ?? '') ? 'Add a key log' : 'Add a key'}
        </button>
      ) : null}
      <Sentences title="Now" icon="play" sentences={why.fixNow} />
      <Sentences title="At the next capture" icon="clock" sentences={why.fixNext} />
      <Sentences title="Proof" icon="search" sentences={why.proof} />
      {why.otherCauses.length === 0 ? null : (
        <section className="why-section">
          <h3>
            <Icon name="list" size={13} /> Also in the way
          </h3>
          <ul className="why-list">
            {why.otherCauses.map((cause) => (
              <li key={cause}>{CAUSE_LABELS[cause]}</li>
            ))}
          </ul>
        </section>
      )}
      {why.checklist.length === 0 ? null : (
        <section className="why-section">
          <h3>
            <Icon name="check" size={13} /> What decryption needs
          </h3>
          <Checklist items={why.checklist} />
        </section>
      )}
      {why.state === null ? null : (
        <section className="why-section">
          <h3>
            <Icon name="command" size={13} /> State mask{' '}
            <span className="mono">{formatMask(why.state.mask)}</span>
          </h3>
          <StateMask
            state={why.state}
            withoutDecoder={why.verdict === 'opaque' && why.cause !== null && !HAS_DECODER.has(why.cause)}
          />
        </section>
      )}
    </div>
  );
}

function Sentences({
  title,
  icon,
  sentences,
}: {
  title: string;
  icon: IconName;
  sentences: readonly RichText[];
}): ReactNode {
  if (sentences.length === 0) return null;
  return (
    <section className="why-section">
      <h3>
        <Icon name={icon} size={13} /> {title}
      </h3>
      <ul className="why-list">
        {sentences.map((sentence, index) => (
          <li key={index}>
            <RichSentence text={sentence} />
          </li>
        ))}
      </ul>
    </section>
  );
}
