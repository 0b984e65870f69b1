import type { ReactNode } from 'react';
import type { Finding } from '../../../core/api.ts';
import { ConversationLink, FrameLink } from '../diagnosis/links.tsx';
import { RichSentence } from '../diagnosis/RichSentence.tsx';
import { VerdictMark } from '../verdict/VerdictMark.tsx';

const SHOWN_FRAMES = 6;

/** One remark: how grave, the sentence, where it can be seen, what to do, and how sure. */
export function FindingItem({
  finding,
  withConversation,
}: {
  finding: Finding;
  withConversation: boolean;
}): ReactNode {
  const linked = finding.rich.some((part) => part.kind === 'frame');
  return (
    <li className={`finding tone-${finding.severity}`}>
      <VerdictMark verdict={finding.severity} named />
      <div className="finding-body">
        <p>
          {finding.rich.length === 0 ? finding.sentence : <RichSentence text={finding.rich} />}
          {finding.confidence === 'certain' ? null : (
            <span className="confidence" title="Inferred from what the capture shows">
              {finding.confidence}
            </span>
          )}
        </p>
        {finding.fix === '' ? null : <p className="finding-fix">{finding.fix}</p>}
        <p className="finding-where">
          <span className="mono">{finding.id}</span>
          {withConversation && finding.conversation !== null ? (
            <ConversationLink
              conversation={finding.conversation}
              label={`conversation ${finding.conversation}`}
            />
          ) : null}
          {linked
            ? null
            : finding.frames
                .slice(0, SHOWN_FRAMES)
                .map((frame) => <FrameLink key={frame} frame={frame} label={`frame ${frame}`} />)}
          {linked || finding.frames.length <= SHOWN_FRAMES
            ? null
            : `and ${finding.frames.length - SHOWN_FRAMES} more`}
        </p>
      </div>
    </li>
  );
}
