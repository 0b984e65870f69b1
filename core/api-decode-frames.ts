/** The shapes of what core/api-frames.ts says; api-decode.ts checks with them. */
import type { FrameDetail, FrameRequests, FrameRow, RecordDetail, TreeNode, WhyPanel } from './api-frames.ts';
import {
  MOST_ROWS,
  cause,
  causes,
  frameFilter,
  frameVerdict,
  frames,
  recordVerdict,
  richText,
  rowCount,
  rowOrder,
  sipRow,
  words,
  type ShapesOf,
} from './api-decode-common.ts';
import { arrayOf, count, finite, flag, never, object, oneOf, orNull, text, type Shape } from './shape.ts';
import { DECODER_STATES, namesOfState } from './verdict.ts';

const frameRow: Shape<FrameRow> = object({
  frame: count,
  relative: finite,
  time: text,
  delta: orNull(finite),
  source: text,
  destination: text,
  conversation: orNull(text),
  protocol: text,
  length: count,
  verdict: frameVerdict,
  cause,
  state: orNull(count),
  decoder: orNull(oneOf(...DECODER_STATES)),
  info: text,
});

const recordDetail: Shape<RecordDetail> = object({
  record: count,
  type: text,
  innerType: orNull(text),
  version: text,
  length: count,
  from: oneOf('client', 'server'),
  frames,
  verdict: recordVerdict,
  cause,
  otherCauses: causes,
  state: count,
  decoder: oneOf(...DECODER_STATES),
  decoderWords: text,
  cipherSuite: orNull(text),
  sequence: orNull(count),
  key: orNull(text),
  epoch: orNull(count),
  resynchronised: orNull(finite),
  authenticated: orNull(flag),
  content: text,
  bytesInFrame: arrayOf(object({ offset: count, length: count })),
  hasPlaintext: flag,
});

const treeNode: Shape<TreeNode> = treeOf(64);

/** A tree of at most `depth` levels: what a hostile capture nests deeper is cut by the host. */
function treeOf(depth: number): Shape<TreeNode> {
  const node = (children: Shape<readonly TreeNode[]>): Shape<TreeNode> =>
    object({ label: text, offset: orNull(count), length: orNull(count), record: orNull(count), children });
  let tree = node(arrayOf(never, 0));
  for (let level = 1; level < depth; level += 1) tree = node(arrayOf(tree));
  return tree;
}

export const whyPanel: Shape<WhyPanel> = object({
  verdict: frameVerdict,
  cause,
  otherCauses: causes,
  title: text,
  what: richText,
  proof: arrayOf(richText),
  fixNow: arrayOf(richText),
  fixNext: arrayOf(richText),
  checklist: arrayOf(
    object({
      item: text,
      status: oneOf('present', 'missing', 'not-needed', 'unknown'),
      frame: orNull(count),
      note: richText,
    }),
  ),
  state: orNull(
    object({
      mask: count,
      bits: arrayOf(object({ flag: oneOf(...namesOfState(0xffff)), value: count, set: flag, meaning: text })),
    }),
  ),
});

const frameDetail: Shape<FrameDetail> = object({
  row: frameRow,
  file: text,
  frameInFile: count,
  captured: count,
  completedIn: orNull(count),
  duplicateOf: orNull(count),
  tree: arrayOf(treeNode),
  records: arrayOf(recordDetail),
  sip: arrayOf(object({ message: sipRow, text })),
  why: whyPanel,
  bytes: text,
});

export const FRAME_REQUESTS: ShapesOf<FrameRequests> = {
  'frames.window': {
    params: object({ filter: frameFilter, order: rowOrder('frames'), from: count, count: rowCount }),
    result: object({
      revision: count,
      total: count,
      settled: flag,
      ordered: flag,
      from: count,
      rows: arrayOf(frameRow, MOST_ROWS),
    }),
  },
  'frames.rowOf': {
    params: object({ filter: frameFilter, order: rowOrder('frames'), frame: count }),
    result: orNull(count),
  },
  'frame.detail': { params: object({ frame: count }), result: frameDetail },
  'record.plaintext': {
    params: object({ record: count }),
    result: object({ bytes: text, authenticated: flag }),
  },
  'sip.window': {
    params: object({ text: words, order: rowOrder('sip'), from: count, count: rowCount }),
    result: object({ total: count, ordered: flag, from: count, rows: arrayOf(sipRow, MOST_ROWS) }),
  },
  'sip.text': { params: object({ message: count }), result: object({ text }) },
};
