import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { SipMessageRow } from '../../../core/api.ts';
import { formatAbsolute } from '../../model/format.ts';
import { focusRows } from '../../ui/focus-rows.ts';
import { useSize } from '../../ui/use-size.ts';
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
  const box = useRef<HTMLDivElement>(null);
  const { height } = useSize(box);
  const [top, setTop] = useState(0);
  const from = Math.max(0, Math.floor(top / LINE) - 4);
  const to = Math.min(rows.length, Math.ceil((top + Math.max(height, 300)) / LINE) + 4);

  useEffect(() => {
    const view = box.current;
    if (view === null) return;
    if (selected * LINE < view.scrollTop) view.scrollTop = selected * LINE;
    else if ((selected + 1) * LINE > view.scrollTop + view.clientHeight) {
      view.scrollTop = (selected + 1) * LINE - view.clientHeight;
    }
  }, [selected]);

  const move = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = new Map([
      ['ArrowDown', selected + 1],
      ['ArrowUp', selected - 1],
      ['Home', 0],
      ['End', rows.length - 1],
    ]).get(event.key);
    const row = rows[selected];
    if (next !== undefined) {
      event.preventDefault();
      onSelect(Math.max(0, Math.min(rows.length - 1, next)), event.shiftKey);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      focusRows();
    } else if (event.key === 'Enter' && row !== undefined) {
      event.preventDefault();
      void frames.getState().goTo(row.frame);
    }
  };

  return (
    <div className="message-pane" data-pane="detail">
      <div
        ref={box}
        className="message-list"
        role="listbox"
        tabIndex={0}
        aria-label="Messages"
        aria-activedescendant={`message-${selected}`}
        onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
        onKeyDown={move}
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
