import type { RecordDetail, TreeNode } from '../../api.ts';
import { describeLayers } from '../../net/describe-layers.ts';
import { DECODER_OPENED, RECORD_DTLS, VERDICT_CLEAR } from '../../store/record-table.ts';
import { decodeHandshake } from '../../tls/messages/handshake-message.ts';
import { describeHandshakeTree } from '../../tls/messages/describe-handshake-tree.ts';
import { HANDSHAKE } from '../../tls/tables/content-types.ts';
import { isDtls } from '../../tls/tables/versions.ts';
import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from './frame-report.ts';

/** The protocol tree of one frame. */
export class FrameTree {
  private readonly analysis: Analysis;
  private readonly frames: FrameReporter;

  constructor(analysis: Analysis, frames: FrameReporter) {
    this.analysis = analysis;
    this.frames = frames;
  }

  /** The layers of a frame, then its records. */
  of(frame: number, records: readonly RecordDetail[]): TreeNode[] {
    const scratch = this.frames.reread.scratchOf(frame);
    const nodes: TreeNode[] = scratch === null ? [] : describeLayers(scratch).map(fromLayer);
    for (const record of records) nodes.push(this.recordTree(record));
    return nodes;
  }

  private recordTree(record: RecordDetail): TreeNode {
    const run = record.bytesInFrame[0];
    return {
      label: `Transport Layer Security: ${record.content}`,
      offset: run?.offset ?? null,
      length: run?.length ?? null,
      record: null,
      children: [
        leaf(`Content type: ${record.type}`),
        leaf(`Version: ${record.version}`),
        leaf(`Length: ${record.length}`),
        ...this.handshakeTree(record),
      ],
    };
  }

  private handshakeTree(record: RecordDetail): TreeNode[] {
    const { records } = this.analysis.structure;
    const opened = records.decoder.read(record.record) === DECODER_OPENED;
    const type = opened ? records.innerType.read(record.record) : records.type.read(record.record);
    if (type !== HANDSHAKE) return [];
    const clear = records.verdict.read(record.record) === VERDICT_CLEAR;
    const bytes = opened
      ? this.analysis.opening.plaintextOf(record.record)
      : clear
        ? this.analysis.opening.bodyOf(record.record)
        : null;
    if (bytes === null) return [];
    const session = this.analysis.sessionOf(records.conversation.read(record.record));
    const handshake = session?.handshakeAt(record.record) ?? null;
    const run = record.bytesInFrame.length === 1 ? record.bytesInFrame[0] : undefined;
    const nodes: TreeNode[] = [];
    if ((records.flags.read(record.record) & RECORD_DTLS) !== 0) return [];
    for (let at = 0; at + 4 <= bytes.length && nodes.length < 32;) {
      const length = ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
      if (at + 4 + length > bytes.length) break;
      const body = bytes.subarray(at + 4, at + 4 + length);
      const handshakeType = bytes[at] ?? 0;
      const message = decodeHandshake(handshakeType, body, {
        dtls: isDtls(handshake?.version ?? 0),
        version: handshake?.version ?? 0,
        keyExchange: handshake?.suite?.keyExchange ?? 'unknown',
      });
      const base = opened ? at : run === undefined ? null : run.offset + 5 + at;
      nodes.push(
        fromMessage(
          describeHandshakeTree(handshakeType, body, message, 4),
          base,
          opened ? record.record : null,
        ),
      );
      at += 4 + length;
    }
    return nodes;
  }
}

function leaf(label: string): TreeNode {
  return { label, offset: null, length: null, record: null, children: [] };
}

interface LayerLike {
  readonly label: string;
  readonly offset: number;
  readonly length: number;
  readonly children: readonly LayerLike[];
}

function fromLayer(node: LayerLike): TreeNode {
  return {
    label: node.label,
    offset: node.offset,
    length: node.length,
    record: null,
    children: node.children.map(fromLayer),
  };
}

/** Offsets of a message tree count from the message's header; `base` is where that stands. */
function fromMessage(node: LayerLike, base: number | null, record: number | null): TreeNode {
  return {
    label: node.label,
    offset: base === null ? null : base + node.offset,
    length: base === null ? null : node.length,
    record,
    children: node.children.map((child) => fromMessage(child, base, record)),
  };
}
