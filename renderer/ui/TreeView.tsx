import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { Icon } from './Icon.tsx';

export interface TreeViewLine {
  readonly id: string;
  readonly label: string;
  readonly depth: number;
  readonly expanded: boolean;
  readonly leaf: boolean;
  readonly className?: string;
}

/** A tree as a list of its visible lines. Up and Down move, Right opens, Left closes or goes to the parent. */
export function TreeView({
  label,
  lines,
  selected,
  onSelect,
  onToggle,
}: {
  label: string;
  lines: readonly TreeViewLine[];
  selected: string | null;
  onSelect: (id: string) => void;
  onToggle: (id: string) => void;
}): ReactNode {
  const list = useRef<HTMLUListElement>(null);
  const at = Math.max(
    0,
    lines.findIndex((line) => line.id === selected),
  );
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [selected]);

  const move = (event: KeyboardEvent): void => {
    const line = lines[at];
    if (line === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const go = (index: number): void => {
      const next = lines[Math.max(0, Math.min(lines.length - 1, index))];
      if (next !== undefined) onSelect(next.id);
    };
    switch (event.key) {
      case 'ArrowDown':
        go(selected === null ? 0 : at + 1);
        break;
      case 'ArrowUp':
        go(at - 1);
        break;
      case 'Home':
        go(0);
        break;
      case 'End':
        go(lines.length - 1);
        break;
      case 'ArrowRight':
        if (!line.leaf && !line.expanded) onToggle(line.id);
        else go(at + 1);
        break;
      case 'ArrowLeft':
        if (line.expanded) onToggle(line.id);
        else go(parentOf(lines, at));
        break;
      case 'Enter':
      case ' ':
        if (!line.leaf) onToggle(line.id);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <ul
      ref={list}
      className="tree"
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={selected === null ? undefined : `tree-${selected}`}
      onKeyDown={move}
    >
      {lines.map((line) => (
        <li
          key={line.id}
          id={`tree-${line.id}`}
          role="treeitem"
          aria-level={line.depth + 1}
          aria-expanded={line.leaf ? undefined : line.expanded}
          aria-selected={line.id === selected}
          className={`tree-line ${line.className ?? ''}`}
          style={{ paddingLeft: `${6 + line.depth * 15}px` }}
          title={line.label}
          onClick={() => onSelect(line.id)}
          onDoubleClick={() => (line.leaf ? undefined : onToggle(line.id))}
        >
          <span
            className="tree-toggle"
            aria-hidden="true"
            onClick={(event) => {
              event.stopPropagation();
              if (!line.leaf) onToggle(line.id);
            }}
          >
            {line.leaf ? null : <Icon name={line.expanded ? 'down' : 'right'} size={11} />}
          </span>
          <span className="clip">{line.label}</span>
        </li>
      ))}
    </ul>
  );
}

function parentOf(lines: readonly TreeViewLine[], at: number): number {
  const depth = lines[at]?.depth ?? 0;
  for (let index = at - 1; index >= 0; index -= 1) if ((lines[index]?.depth ?? 0) < depth) return index;
  return at;
}
