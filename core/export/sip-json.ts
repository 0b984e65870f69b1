import { decodeUtf8, encodeUtf8 } from '../bytes/text.ts';
import { describeEnd, describeTime } from './describe-message.ts';
import type { ExportedMessage } from './exported.ts';

/** One JSON document: an array with one message a line. */
export function* writeSipJson(messages: Iterable<ExportedMessage>): Generator<Uint8Array> {
  let before = '[\n';
  for (const message of messages) {
    const row = {
      frame: message.frame,
      time: describeTime(message),
      source: describeEnd(message.source),
      destination: describeEnd(message.destination),
      conversation: message.conversation,
      decrypted: message.decrypted,
      startLine: message.startLine,
      callId: message.callId,
      cseq: message.cseq,
      text: decodeUtf8(message.bytes),
    };
    yield encodeUtf8(`${before}${JSON.stringify(row)}`);
    before = ',\n';
  }
  yield encodeUtf8(before === '[\n' ? '[]\n' : '\n]\n');
}
