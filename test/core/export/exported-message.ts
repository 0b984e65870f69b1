import type { ExportedMessage } from '../../../core/export/exported.ts';

/** A decrypted message of frame 1, between two made-up hosts where `more` names no others. */
export function exportedMessage(text: string, more: Partial<ExportedMessage> = {}): ExportedMessage {
  return {
    frame: 1,
    seconds: 1,
    nanoseconds: 0,
    conversation: 0,
    decrypted: true,
    source: { ipVersion: 4, words: [0x0a090807, 0, 0, 0], port: 5060 },
    destination: { ipVersion: 4, words: [0x0a090806, 0, 0, 0], port: 5060 },
    startLine: text.split('\r\n')[0] ?? '',
    callId: '',
    cseq: '',
    bytes: Buffer.from(text),
    ...more,
  };
}
