import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';

/**
 * Two panes with a bar between them that can be dragged, moved by the arrow keys, and reset by a double click.
 * `size` is the share of the second pane, in percent.
 */
export function Splitter({
  direction,
  size,
  initial,
  label,
  min = 12,
  max = 85,
  firstMax,
  alone = false,
  first,
  second,
  onSize,
}: {
  direction: 'rows' | 'columns';
  size: number;
  initial: number;
  label: string;
  min?: number;
  max?: number;
  /** Pixels that the first pane needs at most: the second takes what is left. */
  firstMax?: number;
  /** True where the second pane has nothing to show: the first has all the room. */
  alone?: boolean;
  first: ReactNode;
  second: ReactNode;
  onSize: (size: number) => void;
}): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const clamp = (value: number): number => Math.min(max, Math.max(min, value));
  const shown = clamp(size);

  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = frame.current?.getBoundingClientRect();
    if (box === undefined) return;
    const whole = direction === 'rows' ? box.height : box.width;
    const share = (direction === 'rows' ? box.bottom - event.clientY : box.right - event.clientX) / whole;
    // A bar that cannot follow the pointer is not to remember where that went.
    const least = firstMax === undefined ? min : 100 - (firstMax / whole) * 100;
    onSize(clamp(Math.max(least, share * 100)));
  };
  const step = (event: KeyboardEvent): void => {
    const grow = direction === 'rows' ? 'ArrowUp' : 'ArrowLeft';
    const shrink = direction === 'rows' ? 'ArrowDown' : 'ArrowRight';
    const by = event.shiftKey ? 10 : 2;
    const next = new Map([
      [grow, shown + by],
      [shrink, shown - by],
      ['Home', min],
      ['End', max],
    ]).get(event.key);
    if (next === undefined) return;
    event.preventDefault();
    onSize(clamp(next));
  };

  return (
    <div ref={frame} className={`splitter splitter-${direction}`}>
      <div
        className="splitter-pane"
        style={{
          flexBasis: alone ? '100%' : `${100 - shown}%`,
          ...(firstMax === undefined
            ? {}
            : direction === 'rows'
              ? { maxHeight: firstMax }
              : { maxWidth: firstMax }),
        }}
      >
        {first}
      </div>
      {alone ? null : (
        <>
          <div
            className="splitter-bar"
            role="separator"
            tabIndex={0}
            aria-label={label}
            aria-orientation={direction === 'rows' ? 'horizontal' : 'vertical'}
            aria-valuenow={Math.round(shown)}
            aria-valuemin={min}
            aria-valuemax={max}
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={drag}
            onKeyDown={step}
            onDoubleClick={() => onSize(initial)}
          />
          <div className="splitter-pane" style={{ flexBasis: `${shown}%` }}>
            {second}
          </div>
        </>
      )}
    </div>
  );
}
