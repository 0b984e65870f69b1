import type { ReactNode } from 'react';
import type { FrameRow } from '../../../core/api.ts';
import { ContextMenu } from '../../ui/ContextMenu.tsx';
import { copyText } from '../../ui/copy-text.ts';
import { focusRows } from '../../ui/focus-rows.ts';
import type { RowContext, RowColumn } from '../../ui/RowGrid.tsx';
import { useApp } from '../use-app.ts';

/** What can be done with the frame under the pointer: copy, narrow the list, follow the connection, ask why. */
export function FrameMenu({
  context,
  columns,
  onExplain,
  onClose,
}: {
  context: RowContext<FrameRow>;
  columns: readonly RowColumn<FrameRow>[];
  onExplain: () => void;
  onClose: () => void;
}): ReactNode {
  const { frames, conversations, session } = useApp();
  const { row, column } = context;
  const { conversation } = row;
  const value = column.text(row);
  const copy = (text: string): void => {
    void copyText(text).then((done) => {
      if (!done) session.getState().say('error', 'The clipboard cannot be written here.');
    });
  };
  return (
    <ContextMenu
      label={`Frame ${row.frame}`}
      x={context.x}
      y={context.y}
      onClose={() => {
        onClose();
        focusRows();
      }}
      groups={[
        [
          { label: `Explain frame ${row.frame}`, run: onExplain },
          {
            label: conversation === null ? 'Follow its connection' : `Follow conversation ${conversation}`,
            disabled: conversation === null,
            run: () => {
              if (conversation !== null) void conversations.getState().goTo(conversation);
            },
          },
        ],
        [
          {
            label: 'Only frames of this conversation',
            disabled: conversation === null,
            run: () => frames.getState().setConversation(conversation),
          },
          {
            label: value === '' ? 'Filter by this value' : `Filter by “${value}”`,
            disabled: value === '' || !FILTERED.has(column.id),
            run: () => frames.getState().setText(value),
          },
        ],
        [
          { label: `Copy ${column.header}`, disabled: value === '', run: () => copy(value) },
          { label: 'Copy the row', run: () => copy(columns.map(({ text }) => text(row)).join('\t')) },
        ],
      ]}
    />
  );
}

/** Columns whose text the filter looks at. */
const FILTERED: ReadonlySet<string> = new Set(['source', 'destination', 'protocol', 'info']);
