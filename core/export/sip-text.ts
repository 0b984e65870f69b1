import { decodeUtf8, encodeUtf8 } from '../bytes/text.ts';
import { describeUtcTime } from '../bytes/utc-time.ts';
import { describeEnd } from './describe-message.ts';
import type { ExportedMessage } from './exported.ts';

/** Messages one after the other for people to read, each behind a line that says where it was seen. */
export function* writeSipText(messages: Iterable<ExportedMessage>): Generator<Uint8Array> {
  for (const message of messages) {
    const ends = `${describeEnd(message.source)} → ${describeEnd(message.destination)}`;
    const time = describeUtcTime(message.seconds, message.nanoseconds);
    const seen = message.decrypted ? 'decrypted' : 'clear';
    yield encodeUtf8(
      `--- frame ${message.frame}  ${time}  ${ends}  conversation ${message.conversation}  ${seen}\n${plainLines(decodeUtf8(message.bytes))}\n\n`,
    );
  }
}

/** Line ends of one kind, and nothing that a terminal would obey. */
function plainLines(text: string): string {
  return text.replace(/\r\n?/g, '\n').trimEnd().replace(CONTROLS, '\uFFFD');
}

const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
