import type { ReactNode } from 'react';
import type { CallArrow, CallDetail, CallLock, CallMediaBar } from '../../../core/api-calls.ts';
import type { CallStep } from '../../model/call-ladder.ts';
import { formatDuration, formatPlural } from '../../model/format.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { RichSentence } from '../diagnosis/RichSentence.tsx';
import { useApp } from '../use-app.ts';
import { CAUSE_LABELS } from '../verdict/cause-labels.ts';
import { MessageView, type ShownMessage } from './MessageView.tsx';

/** What the selected step of the ladder is: a message, a locked stretch, or a stream. */
export function StepPane({
  step,
  kept,
  detail,
  onKeep,
  onMedia,
}: {
  step: CallStep;
  kept: CallArrow | null;
  detail: CallDetail;
  onKeep: (message: number | null) => void;
  onMedia: () => void;
}): ReactNode {
  switch (step.kind) {
    case 'arrow':
      return (
        <MessageView
          shown={messageOfArrow(step.arrow)}
          kept={kept === null ? null : messageOfArrow(kept)}
          onKeep={onKeep}
        />
      );
    case 'lock':
      return <LockPane lock={step.lock} detail={detail} />;
    case 'media':
      return <MediaPane bar={step.bar} detail={detail} onMedia={onMedia} />;
  }
}

function messageOfArrow({ message, frame, conversation, label, decrypted }: CallArrow): ShownMessage {
  return { message, frame, conversation, label, decrypted };
}

/** Why a stretch of the call cannot be read, and the ways on. */
function LockPane({ lock, detail }: { lock: CallLock; detail: CallDetail }): ReactNode {
  const { conversations, frames, session } = useApp();
  const hosts = `${hostAt(detail, lock.from)} and ${hostAt(detail, lock.to)}`;
  return (
    <section
      className="call-message scroll-page"
      data-pane="message"
      aria-label="Locked stretch"
      tabIndex={0}
      data-cause={lock.cause}
    >
      <h2 className="call-lock-title">
        <Icon name="lock" /> Locked: {CAUSE_LABELS[lock.cause]}
      </h2>
      <p className="call-lock-sentence">
        <RichSentence text={lock.sentence} />
      </p>
      <dl className="facts">
        <dt>Between</dt>
        <dd className="mono">{hosts}</dd>
        <dt>In the call</dt>
        <dd>
          from second {lock.start.toFixed(3)} to {lock.end.toFixed(3)}
        </dd>
        <dt>Encrypted</dt>
        <dd>{formatPlural(lock.records, 'record')}</dd>
        <dt>Cause</dt>
        <dd className="mono">{lock.cause}</dd>
      </dl>
      <p className="call-inferred">
        That it belongs to this call is an inference from its place and time: what it holds cannot be read.
      </p>
      <span className="button-row">
        <Button
          label="Why it cannot be read"
          icon="help"
          onPress={() => void conversations.getState().goTo(lock.conversation)}
        />
        <Button
          label="Its frames"
          icon="filter"
          onPress={() => {
            frames.getState().setConversation(lock.conversation);
            session.getState().show('frames');
          }}
        />
        <Button label="Add a key" icon="key" onPress={() => session.getState().show('keys')} />
      </span>
    </section>
  );
}

function MediaPane({
  bar,
  detail,
  onMedia,
}: {
  bar: CallMediaBar;
  detail: CallDetail;
  onMedia: () => void;
}): ReactNode {
  return (
    <section className="call-message scroll-page" data-pane="message" aria-label="Media" tabIndex={0}>
      <h2>
        {bar.problem ? <Icon name="warning" label="With problems" /> : null} {bar.label}
      </h2>
      <dl className="facts">
        <dt>From</dt>
        <dd className="mono">{hostAt(detail, bar.from)}</dd>
        <dt>To</dt>
        <dd className="mono">{hostAt(detail, bar.to)}</dd>
        <dt>In the call</dt>
        <dd>
          from second {bar.start.toFixed(3)} to {bar.end.toFixed(3)} ({formatDuration(bar.end - bar.start)})
        </dd>
      </dl>
      <span className="button-row">
        <Button label="Loss, jitter and sound" icon="play" onPress={onMedia} />
      </span>
    </section>
  );
}

function hostAt({ columns }: CallDetail, column: number): string {
  const found = columns[column];
  if (found === undefined) return '';
  return found.name === '' ? found.host : `${found.host} (${found.name})`;
}
