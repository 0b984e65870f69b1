import type { ReactNode } from 'react';
import type { FrameDetail } from '../../../core/api.ts';
import { formatUtc } from '../../model/format.ts';
import { Button } from '../../ui/Button.tsx';
import { ConversationLink, FrameLink } from '../diagnosis/links.tsx';
import { useApp } from '../use-app.ts';
import { VerdictMark } from '../verdict/VerdictMark.tsx';

/** Which frame this is, where it belongs, and the way to its neighbours. */
export function FrameHeading({ detail }: { detail: FrameDetail }): ReactNode {
  const { frames } = useApp();
  const { row } = detail;
  return (
    <header className="frame-heading">
      <VerdictMark verdict={row.verdict} named />
      <h2 className="mono">Frame {row.frame}</h2>
      <span className="clip mono" title={`${row.source} to ${row.destination}`}>
        {row.source} → {row.destination}
      </span>
      {row.conversation === null ? null : (
        <span className="with-filter">
          <ConversationLink conversation={row.conversation} label={`Conversation ${row.conversation}`} />
          <Button
            label={`Show only frames of conversation ${row.conversation}`}
            icon="filter"
            iconOnly
            kind="ghost"
            onPress={() => frames.getState().setConversation(row.conversation)}
          />
        </span>
      )}
      {detail.completedIn === null ? null : (
        <span>
          completed in <FrameLink frame={detail.completedIn} />
        </span>
      )}
      {detail.duplicateOf === null ? null : (
        <span>
          repeats <FrameLink frame={detail.duplicateOf} />
        </span>
      )}
      {detail.captured < row.length ? (
        <span className="warn-word">
          cut at {detail.captured} of {row.length} bytes
        </span>
      ) : null}
      <span
        className="clip frame-file"
        title={`${detail.file}, frame ${detail.frameInFile} there. ${formatUtc(row.time)}`}
      >
        {detail.file}
        {detail.frameInFile === row.frame ? '' : ` (${detail.frameInFile} there)`}
      </span>
      <Button
        label="Previous frame in the list"
        icon="back"
        iconOnly
        kind="ghost"
        shortcut="Ctrl+Up"
        onPress={() => void frames.getState().step(-1)}
      />
      <Button
        label="Next frame in the list"
        icon="forward"
        iconOnly
        kind="ghost"
        shortcut="Ctrl+Down"
        onPress={() => void frames.getState().step(1)}
      />
    </header>
  );
}
