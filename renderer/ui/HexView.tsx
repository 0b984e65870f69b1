import {
  useEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from 'react';
import { useSize } from './use-size.ts';

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

const LINE = 18;

/**
 * Bytes as offset, hexadecimal and text. Only the lines on the screen exist. A range can be marked from outside;
 * a click on a byte, or the arrow keys, say which byte is meant.
 */
export function HexView({
  label,
  bytes,
  marked,
  onByte,
}: {
  label: string;
  bytes: Uint8Array;
  marked: readonly ByteRange[];
  onByte: (offset: number) => void;
}): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const [top, setTop] = useState(0);
  const ruler = useRef<HTMLSpanElement>(null);
  const ten = useSize(ruler).width;
  // Sixteen bytes take 70 characters, beside the gaps between the columns.
  const perLine = width > 0 && ten > 0 && width < ten * 7 + 44 ? 8 : 16;
  const lines = Math.ceil(bytes.length / perLine);
  const first = Math.max(0, Math.floor(top / LINE) - 6);
  const last = Math.min(lines, Math.ceil((top + Math.max(height, 300)) / LINE) + 6);
  const start = marked[0]?.offset ?? null;
  const [caret, setCaret] = useState(0);

  useEffect(() => {
    if (start === null || box.current === null) return;
    const at = Math.floor(start / perLine) * LINE;
    const view = box.current;
    if (at < view.scrollTop || at + LINE > view.scrollTop + view.clientHeight) {
      view.scrollTop = Math.max(0, at - LINE * 2);
    }
  }, [start, perLine, bytes]);

  const isMarked = useMemo(
    () => (offset: number) =>
      marked.some((range) => offset >= range.offset && offset < range.offset + range.length),
    [marked],
  );
  const byteUnder = (event: MouseEvent): number | null => {
    const element = event.target instanceof Element ? event.target.closest('[data-at]') : null;
    const at = element?.getAttribute('data-at');
    return at === null || at === undefined ? null : Number(at);
  };
  const move = (event: KeyboardEvent): void => {
    const by = new Map([
      ['ArrowRight', 1],
      ['ArrowLeft', -1],
      ['ArrowDown', perLine],
      ['ArrowUp', -perLine],
    ]).get(event.key);
    if (by === undefined || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    const from = start ?? caret;
    const base = by > 0 ? endOf(marked, caret) : from;
    const next = Math.max(0, Math.min(bytes.length - 1, Math.abs(by) === 1 && by > 0 ? base : from + by));
    setCaret(next);
    onByte(next);
  };

  return (
    <div
      ref={box}
      className="hex"
      role="region"
      aria-label={label}
      tabIndex={0}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={move}
      onClick={(event) => {
        const at = byteUnder(event);
        if (at === null) return;
        setCaret(at);
        onByte(at);
      }}
    >
      <span ref={ruler} className="hex-ruler mono" aria-hidden="true">
        0000000000
      </span>
      <div className="hex-lines mono" style={{ height: `${lines * LINE + 8}px` }}>
        {Array.from({ length: Math.max(0, last - first) }, (_, index) => (
          <HexLine
            key={first + index}
            bytes={bytes}
            from={(first + index) * perLine}
            perLine={perLine}
            top={(first + index) * LINE + 4}
            isMarked={isMarked}
          />
        ))}
      </div>
    </div>
  );
}

function HexLine({
  bytes,
  from,
  perLine,
  top,
  isMarked,
}: {
  bytes: Uint8Array;
  from: number;
  perLine: number;
  top: number;
  isMarked: (offset: number) => boolean;
}): ReactNode {
  const row = [...bytes.subarray(from, from + perLine)];
  return (
    <div className="hex-line" style={{ top: `${top}px` }}>
      <span className="hex-offset">{from.toString(16).padStart(4, '0')}</span>
      <span className={`hex-bytes hex-bytes-${perLine}`}>
        {row.map((byte, index) => (
          <span
            key={index}
            data-at={from + index}
            className={`hex-byte${index === 8 ? ' hex-half' : ''}${isMarked(from + index) ? ' hex-marked' : ''}${
              isMarked(from + index) && isMarked(from + index + 1) && index + 1 < perLine ? ' hex-joined' : ''
            }`}
          >
            {byte.toString(16).padStart(2, '0')}
          </span>
        ))}
      </span>
      <span className="hex-text" aria-hidden="true">
        {row.map((byte, index) => (
          <span
            key={index}
            data-at={from + index}
            className={`hex-char${byte >= 0x20 && byte < 0x7f ? '' : ' hex-unprinted'}${
              isMarked(from + index) ? ' hex-marked' : ''
            }`}
          >
            {byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'}
          </span>
        ))}
      </span>
    </div>
  );
}

function endOf(marked: readonly ByteRange[], caret: number): number {
  const [range] = marked;
  return range === undefined ? caret + 1 : range.offset + range.length;
}
