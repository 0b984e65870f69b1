import type { OrderColumn } from '../../api-order.ts';
import type { Analysis } from '../analysis.ts';
import type { OrderKeys } from '../lists/list-order.ts';
import type { FrameReporter } from './frame-report.ts';

/** What frames are ordered by, read from the columns as far as these say it. */
export function frameOrderKeys(analysis: Analysis, reporter: FrameReporter): OrderKeys<'frames', number> {
  const { frames, records } = analysis.structure;
  return {
    verdict: [(frame) => frames.verdict.read(frame - 1)],
    frame: [(frame) => frame],
    time: [(frame) => frames.seconds.read(frame - 1), (frame) => frames.nanoseconds.read(frame - 1)],
    source: [(frame) => reporter.endpointsOf(frame).source],
    destination: [(frame) => reporter.endpointsOf(frame).destination],
    conversation: [
      (frame) => {
        const conversation = frames.conversation.read(frame - 1);
        return conversation < 0 ? null : conversation;
      },
    ],
    protocol: [(frame) => reporter.protocolOf(frame)],
    length: [(frame) => frames.original.read(frame - 1)],
    state: [
      (frame) => {
        const record = lastRecordOf(frame);
        return record < 0 ? null : records.state.read(record);
      },
    ],
    // As the column tells it: what the decoder did, then why it did no more.
    decoder: [
      (frame) => {
        const record = lastRecordOf(frame);
        return record < 0 ? null : records.decoder.read(record);
      },
      (frame) => (lastRecordOf(frame) < 0 ? null : frames.cause.read(frame - 1)),
    ],
    info: [(frame) => reporter.infoOf(frame)],
  };

  function lastRecordOf(frame: number): number {
    let last = -1;
    for (let next = frames.firstRecord.read(frame - 1); next !== 0; next = records.next.read(next - 1))
      last = next - 1;
    return last;
  }
}

/** Columns for which frames may be read from the file again. */
export const READ_AGAIN: ReadonlySet<OrderColumn<'frames'>> = new Set([
  'source',
  'destination',
  'protocol',
  'info',
]);
