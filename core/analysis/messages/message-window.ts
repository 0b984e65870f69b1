import type { SipMessageRow } from '../../api.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import type { MessageIndex } from './message-index.ts';

/** The page's list of SIP messages. */
export class MessageRows {
  private readonly messages: MessageIndex;
  private readonly frames: FrameReporter;

  constructor(messages: MessageIndex, frames: FrameReporter) {
    this.messages = messages;
    this.frames = frames;
  }

  window(text: string, from: number, count: number): { total: number; from: number; rows: SipMessageRow[] } {
    const wanted = text.trim().toLowerCase();
    const rows: SipMessageRow[] = [];
    if (wanted === '') {
      for (let at = from; at < Math.min(this.messages.length, from + count); at += 1) {
        const row = this.row(at);
        if (row !== null) rows.push(row);
      }
      return { total: this.messages.length, from, rows };
    }
    let total = 0;
    for (let at = 0; at < this.messages.length; at += 1) {
      const row = this.row(at);
      if (row === null) continue;
      const shown =
        `${row.startLine}\n${row.callId}\n${row.cseq}\n${row.source}\n${row.destination}`.toLowerCase();
      if (!shown.includes(wanted) && !(this.messages.textOf(at) ?? '').toLowerCase().includes(wanted))
        continue;
      if (total >= from && rows.length < count) rows.push(row);
      total += 1;
    }
    return { total, from, rows };
  }

  row(at: number): SipMessageRow | null {
    const view = this.messages.view(at);
    if (view === null) return null;
    return {
      message: at,
      frame: view.frame,
      time: this.frames.timeOf(view.frame),
      conversation: String(view.conversation),
      source: this.frames.endpointOf(view.conversation, view.direction),
      destination: this.frames.endpointOf(view.conversation, view.direction === 0 ? 1 : 0),
      startLine: view.startLine,
      callId: view.callId,
      cseq: view.cseq,
      decrypted: view.decrypted,
    };
  }
}
