import type { TreeNode } from '../../core/api.ts';

/** A line of the protocol tree as it stands on the screen. */
export interface TreeLine {
  readonly node: TreeNode;
  /** Position of the node: indexes from the root, joined by dots. */
  readonly path: string;
  /** Like the path, but by the labels' stable beginnings: an expanded node stays expanded in the next frame. */
  readonly memory: string;
  readonly depth: number;
  readonly expanded: boolean;
}

/** The lines to be shown: children of expanded nodes only. */
export function linesOfTree(roots: readonly TreeNode[], expanded: ReadonlySet<string>): readonly TreeLine[] {
  const lines: TreeLine[] = [];
  const walk = (nodes: readonly TreeNode[], parent: string, memory: string, depth: number): void => {
    const seen = new Map<string, number>();
    nodes.forEach((node, index) => {
      const name = stableName(node.label);
      const nth = seen.get(name) ?? 0;
      seen.set(name, nth + 1);
      const own = `${memory}/${name}#${nth}`;
      const path = parent === '' ? String(index) : `${parent}.${index}`;
      const open = node.children.length > 0 && expanded.has(own);
      lines.push({ node, path, memory: own, depth, expanded: open });
      if (open) walk(node.children, path, own, depth + 1);
    });
  };
  walk(roots, '', '', 0);
  return lines;
}

/** The innermost node that covers a byte, as indexes from the root; null where none does. */
export function pathAtByte(
  roots: readonly TreeNode[],
  offset: number,
  record: number | null,
): readonly number[] | null {
  let best: { path: number[]; length: number } | null = null;
  const walk = (nodes: readonly TreeNode[], path: number[]): void => {
    nodes.forEach((node, index) => {
      const here = [...path, index];
      const { length } = node;
      if (node.record === record && node.offset !== null && length !== null) {
        const covers = offset >= node.offset && offset < node.offset + length;
        if (covers && (best === null || length <= best.length)) best = { path: here, length };
      }
      walk(node.children, here);
    });
  };
  walk(roots, []);
  return pathOf(best);
}

/** What must be expanded for a node to be on the screen. */
export function memoriesAbove(roots: readonly TreeNode[], path: readonly number[]): readonly string[] {
  const memories: string[] = [];
  let nodes = roots;
  let memory = '';
  for (const index of path.slice(0, -1)) {
    const node = nodes[index];
    if (node === undefined) break;
    const name = stableName(node.label);
    const nth = nodes.slice(0, index).filter((other) => stableName(other.label) === name).length;
    memory = `${memory}/${name}#${nth}`;
    memories.push(memory);
    nodes = node.children;
  }
  return memories;
}

/** "Internet Protocol Version 4, Src: 10.0.0.5" and the same of the next frame are one node. */
function stableName(label: string): string {
  return label.split(/[:,=(]/, 1)[0]?.trim() ?? label;
}

// The compiler does not see that the walk assigns.
function pathOf(best: { path: number[]; length: number } | null): readonly number[] | null {
  return best === null ? null : best.path;
}
