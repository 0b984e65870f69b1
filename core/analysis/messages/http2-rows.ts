import type { OtherScratch } from '../../app/events.ts';
import { HTTP2_BODY, HTTP2_DECRYPTED, HTTP2_DIRECTION, type Http2Table } from '../../store/http2-table.ts';

/**
 * Appends what was announced of HTTP/2. `offset` is the place of its first byte in its unit's plaintext or in the file,
 * -1 where it is not one run.
 */
export function addHttp2Row(
  table: Http2Table,
  message: OtherScratch,
  conversation: number,
  frame: number,
  decrypted: boolean,
  offset: number,
): void {
  const { http2 } = message;
  if (http2 === null || table.full) return;
  const { type, flags, stream, length, fields } = http2;
  let marks = message.direction === 0 ? 0 : HTTP2_DIRECTION;
  if (decrypted) marks |= HTTP2_DECRYPTED;
  if (fields === null) marks |= HTTP2_BODY;
  const unit = message.lastUnit;
  const size = message.to - message.from;
  const at = message.firstUnit === unit ? offset : -1;
  const row = { frame, conversation, marks, unit, type, flags, stream, length, offset: at, size };
  table.add(row, fields === null ? '' : writeFields(fields));
}

/** "name: value", a line each, in which what is no text is escaped; `readFields` reads them back. */
export function writeFields(fields: readonly { readonly name: string; readonly value: string }[]): string {
  return fields.map(({ name, value }) => `${escapeName(name)}: ${escapeControls(value)}`).join('\n');
}

export function readFields(lines: string): { readonly name: string; readonly value: string }[] {
  if (lines === '') return [];
  return lines.split('\n').map((line) => {
    const colon = line.indexOf(': ');
    return { name: line.slice(0, colon), value: line.slice(colon + 2) };
  });
}

/** A colon begins the names of pseudo-header fields, and stands nowhere else in a name (RFC 9113 §8.3). */
function escapeName(name: string): string {
  return escapeControls(name).replace(/(?<=.):/g, '\\x3a');
}

function escapeControls(text: string): string {
  return text.replace(CONTROLS, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

const CONTROLS = /\p{Cc}/gu;
