import { useState, type ReactNode } from 'react';
import type { FrameDetail, RecordDetail } from '../../../core/api.ts';
import { memoriesAbove, pathAtByte, type TreeLine } from '../../model/protocol-tree.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { useApp, useFrames } from '../use-app.ts';
import { Loaded } from '../view-parts/Loaded.tsx';
import { Panes } from '../view-parts/Panes.tsx';
import { ContentPane, type ContentTab, type Marked } from './ContentPane.tsx';
import './frame-detail.css';
import { FrameHeading } from './FrameHeading.tsx';
import { StructurePane } from './StructurePane.tsx';

/** The selected frame: records and protocol tree beside its SIP text and bytes; each points out the other. */
export function FrameDetailPane({ withWhy }: { withWhy: boolean }): ReactNode {
  const { frames } = useApp();
  const detail = useFrames((state) => state.detail);
  return (
    <Loaded
      of={detail}
      loading="Reading the frame…"
      idle={<EmptyState icon="frames" title="Select a frame to see what it holds." />}
      onRetry={() => frames.getState().reload()}
    >
      {(shown, busy) => <Detail detail={shown} busy={busy} withWhy={withWhy} />}
    </Loaded>
  );
}

const NOTHING: Marked = { record: null, ranges: [] };

function Detail({
  detail,
  busy,
  withWhy,
}: {
  detail: FrameDetail;
  busy: boolean;
  withWhy: boolean;
}): ReactNode {
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [tab, setTab] = useState<ContentTab>('sip');
  // What is chosen belongs to one frame: another frame begins with nothing chosen.
  const [choice, setChoice] = useState<Choice>({ detail, path: null, record: null, marked: NOTHING });
  const { path, record, marked } =
    choice.detail.row.frame === detail.row.frame ? choice : { path: null, record: null, marked: NOTHING };

  const chooseNode = (line: TreeLine): void => {
    const { offset, length, record: source } = line.node;
    const ranges = offset === null || length === null ? [] : [{ offset, length }];
    setChoice({ detail, path: line.path, record: source, marked: { record: source, ranges } });
    if (ranges.length > 0) setTab(source === null ? 'frame' : `record-${source}`);
  };
  const chooseRecord = (chosen: RecordDetail): void => {
    const [first] = chosen.bytesInFrame;
    const at = first === undefined ? null : pathAtByte(detail.tree, first.offset, null);
    setChoice({
      detail,
      path: at === null ? null : at.slice(0, 1).join('.'),
      record: chosen.record,
      marked: { record: null, ranges: chosen.bytesInFrame },
    });
    setTab(chosen.hasPlaintext && tab.startsWith('record-') ? `record-${chosen.record}` : 'frame');
  };
  const chooseByte = (source: number | null, offset: number): void => {
    const at = pathAtByte(detail.tree, offset, source);
    if (at === null) {
      setChoice({
        detail,
        path: null,
        record: source,
        marked: { record: source, ranges: [{ offset, length: 1 }] },
      });
      return;
    }
    setExpanded(new Set([...expanded, ...memoriesAbove(detail.tree, at)]));
    const node = nodeAt(detail, at);
    const range =
      node === null || node.offset === null || node.length === null || node.length === 0
        ? { offset, length: 1 }
        : { offset: node.offset, length: node.length };
    setChoice({ detail, path: at.join('.'), record: source, marked: { record: source, ranges: [range] } });
  };
  const toggle = (memory: string): void => {
    const next = new Set(expanded);
    if (!next.delete(memory)) next.add(memory);
    setExpanded(next);
  };

  return (
    <section
      className="frame-detail"
      aria-label={`Frame ${detail.row.frame}`}
      aria-busy={busy}
      data-pane="detail"
    >
      <FrameHeading detail={detail} />
      <Panes
        pane="bytes"
        direction="columns"
        label="Width of content"
        first={
          <StructurePane
            detail={detail}
            expanded={expanded}
            path={path}
            record={record}
            onNode={chooseNode}
            onToggle={toggle}
            onRecord={chooseRecord}
          />
        }
        second={
          <ContentPane
            key={detail.row.frame}
            detail={detail}
            busy={busy}
            withWhy={withWhy}
            tab={tab}
            marked={marked}
            onTab={setTab}
            onByte={chooseByte}
          />
        }
      />
    </section>
  );
}

interface Choice {
  readonly detail: FrameDetail;
  readonly path: string | null;
  readonly record: number | null;
  readonly marked: Marked;
}

function nodeAt(detail: FrameDetail, path: readonly number[]): FrameDetail['tree'][number] | null {
  let nodes = detail.tree;
  let node: FrameDetail['tree'][number] | null = null;
  for (const index of path) {
    node = nodes[index] ?? null;
    nodes = node?.children ?? [];
  }
  return node;
}
