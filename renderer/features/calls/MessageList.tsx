import type { ReactNode } from 'react';
import type { SipMessageRow } from '../../../core/api.ts';
import { formatAbsolute } from '../../model/format.ts';
import { focusRows } from '../../ui/focus-rows.ts';
import { useStepList } from '../../ui/use-step-list.ts';
import { useApp } from '../use-app.ts';
import { VerdictMark } from '../verdict/VerdictMark.tsx';

const LINE = 38;

/** Messages one below the other, with who sent them and when. Only those on the screen exist. */
export function MessageList({
  rows,
  selected,
  kept,
  onSelect,
}: {
  rows: readonly SipMessageRow[];
  selected: number;
  kept: number | null;
  onSelect: (at: number, beside: boolean) => void;
}): ReactNode {
  const { frames } = useApp();
  const list = useStepList({
    count: rows.length,
    stepHeight: LINE,
    selected,
    labelOf: (at) => rows[at]?.startLine ?? '',
    onSelect,
    onActivate: (at) => {
      const frame = rows[at]?.frame;
      if (frame !== undefined) void frames.getState().goTo(frame);
    },
    onLeave: focusRows,
  });
  const { box, from, to } = list;

  return (
    <div className="message-pane" data-pane="detail">
      <div
        ref={box}
        className="message-list"
        role="listbox"
        tabIndex={0}
        aria-label="Messages"
        aria-activedescendant={`message-${selected}`}
        onScroll={list.onScroll}
        onKeyDown={list.onKeyDown}
      >
        <div className="message-lines" style={{ height: `${rows.length * LINE}px` }} role="presentation">
          {rows.slice(from, to).map((row, index) => {
            const at = from + index;
            return (
              <div
                key={at}
                id={`message-${at}`}
                role="option"
                aria-selected={at === selected}
                aria-posinset={at + 1}
                aria-setsize={rows.length}
                className={`message-line${row.message === kept ? ' message-kept' : ''}`}
                style={{ top: `${at * LINE}px` }}
                onClick={(event) => onSelect(at, event.shiftKey)}
                onDoubleClick={() => void frames.getState().goTo(row.frame)}
              >
                <VerdictMark verdict={row.decrypted ? 'decrypted' : 'clear'} named />
                <span className="message-start clip mono">{row.startLine}</span>
                <span className="message-way clip mono">
                  {formatAbsolute(row.time).slice(11, 23)} {row.source} → {row.destination}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
