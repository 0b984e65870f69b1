import { useMemo, type ReactNode } from 'react';
import type { FrameDetail, RecordDetail } from '../../../core/api.ts';
import { linesOfTree, type TreeLine } from '../../model/protocol-tree.ts';
import { TreeView } from '../../ui/TreeView.tsx';
import { RecordList } from './RecordList.tsx';

/** The records that end in the frame, and its protocol tree. */
export function StructurePane({
  detail,
  expanded,
  path,
  record,
  onNode,
  onToggle,
  onRecord,
}: {
  detail: FrameDetail;
  expanded: ReadonlySet<string>;
  path: string | null;
  record: number | null;
  onNode: (line: TreeLine) => void;
  onToggle: (memory: string) => void;
  onRecord: (record: RecordDetail) => void;
}): ReactNode {
  const lines = useMemo(() => linesOfTree(detail.tree, expanded), [detail, expanded]);
  const find = (id: string): TreeLine | undefined => lines.find((line) => line.path === id);
  return (
    <div className="structure">
      {detail.records.length === 0 ? null : (
        <RecordList records={detail.records} selected={record} frame={detail.row.frame} onSelect={onRecord} />
      )}
      <h3 className="pane-title">Protocol tree</h3>
      <TreeView
        label="Protocol tree"
        lines={lines.map((line) => ({
          id: line.path,
          label: line.node.label,
          depth: line.depth,
          expanded: line.expanded,
          leaf: line.node.children.length === 0,
          className: line.depth === 0 ? 'tree-root' : '',
        }))}
        selected={path}
        onSelect={(id) => {
          const line = find(id);
          if (line !== undefined) onNode(line);
        }}
        onToggle={(id) => {
          const line = find(id);
          if (line !== undefined) onToggle(line.memory);
        }}
      />
    </div>
  );
}
