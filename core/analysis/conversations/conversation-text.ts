import { RECORD_DIRECTION } from '../../store/record-table.ts';
import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import type { MessageIndex } from '../messages/message-index.ts';
import { recordsBesideSip, textOfData } from '../messages/readable-data.ts';
import type { ConversationReporter } from './conversation-report.ts';

/** All that can be read of a conversation, message by message, each under a line with its frame, time and endpoints. */
export function* tellConversationText(
  analysis: Analysis,
  frames: FrameReporter,
  conversations: ConversationReporter,
  messages: MessageIndex,
  conversation: number,
): Generator<string> {
  const { records } = analysis.structure;
  const sip = messages.ofConversation(conversation);
  const others = recordsBesideSip(analysis, messages, conversation, conversations.recordsOf(conversation));
  const part = (direction: 0 | 1, frame: number, text: string): string => {
    const source = frames.endpointOf(conversation, direction);
    const destination = frames.endpointOf(conversation, direction === 0 ? 1 : 0);
    return `--- frame ${frame}, ${frames.utcTimeOf(frame)}, ${source} → ${destination}\n${text}\n`;
  };
  for (const { frame, direction } of frames.http2.clearFramesOf(conversation))
    yield part(direction, frame, frames.http2.textOfClearFrame(frame));
  // Both are in order of frames; of one frame the message stands first.
  for (let m = 0, r = 0; m < sip.length || r < others.length;) {
    const message = sip[m];
    const record = others[r];
    const messageFrame = message === undefined ? Infinity : messages.frameOf(message);
    const recordFrame = record === undefined ? Infinity : records.frame.read(record);
    if (message !== undefined && messageFrame <= recordFrame) {
      const direction = messages.view(message)?.direction ?? 0;
      yield part(direction, messageFrame, messages.textOf(message) ?? '');
      m += 1;
    } else if (record !== undefined) {
      const direction = (records.flags.read(record) & RECORD_DIRECTION) === 0 ? 0 : 1;
      const bytes = analysis.opening.plaintextOf(record) ?? NO_BYTES;
      yield part(direction, recordFrame, frames.http2.textOfRecord(record) ?? textOfData(bytes));
      r += 1;
    }
  }
}

const NO_BYTES = new Uint8Array(0);
