import { useState, type ReactNode } from 'react';
import { shownOf } from '../../model/loadable.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { ConversationLink, FrameLink } from '../diagnosis/links.tsx';
import { SipText } from '../frame-detail/SipText.tsx';
import { VerdictMark } from '../verdict/VerdictMark.tsx';
import { Loaded } from '../view-parts/Loaded.tsx';
import { MessageDiffView } from './MessageDiffView.tsx';
import { useSipText } from './use-sip-text.ts';

/** What is shown of a message, or compared. */
export interface ShownMessage {
  readonly message: number;
  readonly frame: number;
  readonly conversation: string | null;
  readonly label: string;
  readonly decrypted: boolean;
}

/** One message: its text, or how it differs from the one that was kept. */
export function MessageView({
  shown,
  kept,
  onKeep,
}: {
  shown: ShownMessage;
  kept: ShownMessage | null;
  onKeep: (message: number | null) => void;
}): ReactNode {
  const [wantsText, setWantsText] = useState(false);
  const other = kept === null || kept.message === shown.message ? null : kept;
  const compares = other !== null && !wantsText;
  return (
    <section className="call-message" aria-label="Message" data-pane="message">
      <header className="frame-heading">
        <VerdictMark verdict={shown.decrypted ? 'decrypted' : 'clear'} named />
        <h2 className="clip" title={shown.label}>
          {shown.label}
        </h2>
        <FrameLink frame={shown.frame} label={`Frame ${shown.frame}`} />
        {shown.conversation === null ? null : (
          <ConversationLink conversation={shown.conversation} label={`Conversation ${shown.conversation}`} />
        )}
        <FrameLink frame={shown.frame} label="Why" />
        <span className="call-message-actions">
          {other === null ? null : (
            <Button
              label="Difference"
              kind="ghost"
              pressed={compares}
              title={`Differences from ${other.label} of frame ${other.frame}`}
              onPress={() => setWantsText(compares)}
            />
          )}
          <Button
            label={kept?.message === shown.message ? 'Kept to compare' : 'Compare'}
            icon="compare"
            iconOnly
            kind="ghost"
            pressed={kept !== null}
            title={
              kept === null
                ? 'Keep this message, then select another one to see what differs'
                : `Kept: ${kept.label} of frame ${kept.frame}. Press to let it go`
            }
            onPress={() => {
              setWantsText(false);
              onKeep(kept === null ? shown.message : null);
            }}
          />
          <CopyMessage message={shown.message} />
        </span>
      </header>
      {kept !== null && other === null ? (
        <p className="call-hint" role="status">
          Kept to compare: now select another message.
        </p>
      ) : null}
      {compares ? <MessageDiffView left={other} right={shown} /> : <MessageText message={shown.message} />}
    </section>
  );
}

function MessageText({ message }: { message: number }): ReactNode {
  return (
    <Loaded of={useSipText(message)} loading="Reading the message…">
      {(text) => <SipText text={text} label="SIP message text" />}
    </Loaded>
  );
}

function CopyMessage({ message }: { message: number }): ReactNode {
  const text = shownOf(useSipText(message));
  return text === null ? null : <CopyButton text={text} label="Copy the message" />;
}
