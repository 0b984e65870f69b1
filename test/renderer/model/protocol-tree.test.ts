import { describe, expect, it } from 'vitest';
import type { TreeNode } from '../../../core/api.ts';
import { linesOfTree, memoriesAbove, pathAtByte } from '../../../renderer/model/protocol-tree.ts';

const leaf = (label: string, offset: number, length: number, record: number | null = null): TreeNode => ({
  label,
  offset,
  length,
  record,
  children: [],
});
const tree = (source: string): TreeNode[] => [
  { ...leaf(`Ethernet II, Src: ${source}`, 0, 14), children: [leaf('Type: IPv4', 12, 2)] },
  {
    ...leaf('TLS record: handshake', 54, 20),
    children: [{ ...leaf('Version: TLS 1.2', 55, 2), children: [leaf('Major: 3', 55, 1)] }],
  },
  { ...leaf('TLS record: handshake', 74, 20), children: [leaf('Version: TLS 1.0', 75, 2)] },
  { ...leaf('Session Initiation Protocol', 0, 40, 9), children: [leaf('INVITE', 0, 20, 9)] },
];

describe('linesOfTree', () => {
  it('shows the children of expanded nodes only', () => {
    const roots = tree('aa');
    const closed = linesOfTree(roots, new Set());
    expect(closed.map((line) => line.path)).toEqual(['0', '1', '2', '3']);
    const second = closed[1]?.memory ?? '';
    const open = linesOfTree(roots, new Set([second]));
    expect(open.map((line) => line.path)).toEqual(['0', '1', '1.0', '2', '3']);
    expect(open[2]?.depth).toBe(1);
  });
  it('keeps a node open in the next frame, whatever its values are, but not its namesake', () => {
    const [, first, second] = linesOfTree(tree('aa'), new Set());
    const [ethernet] = linesOfTree(tree('bb'), new Set());
    expect(linesOfTree(tree('aa'), new Set())[0]?.memory).toBe(ethernet?.memory);
    expect(first?.memory).not.toBe(second?.memory);
  });
});

describe('pathAtByte', () => {
  it('finds the innermost node of the same bytes', () => {
    expect(pathAtByte(tree('aa'), 55, null)).toEqual([1, 0, 0]);
    expect(pathAtByte(tree('aa'), 56, null)).toEqual([1, 0]);
    expect(pathAtByte(tree('aa'), 13, null)).toEqual([0, 0]);
  });
  it('does not take a plaintext offset for one of the frame', () => {
    expect(pathAtByte(tree('aa'), 5, 9)).toEqual([3, 0]);
    expect(pathAtByte(tree('aa'), 5, 8)).toBeNull();
    expect(pathAtByte(tree('aa'), 900, null)).toBeNull();
  });
  it('names what must be open for it to be seen', () => {
    const roots = tree('aa');
    const lines = linesOfTree(roots, new Set(memoriesAbove(roots, [1, 0, 0])));
    expect(lines.map((line) => line.path)).toContain('1.0.0');
  });
});
