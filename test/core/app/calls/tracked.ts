import { CallTracker, type TrackedMessage } from '../../../../core/app/calls/call-tracker.ts';
import type { LegDescription } from '../../../../core/app/calls/describe-leg.ts';
import { describeLeg } from '../../../../core/app/calls/describe-leg.ts';
import type { labPlaintext } from '../lab-plaintext.ts';
import { labRecordsInOrder } from '../lab-plaintext.ts';
import { bytesOf, recordAppStream } from '../record-app-stream.ts';

/** A tracker fed with what the endpoints of a lab capture said. */
export function trackLab(lab: ReturnType<typeof labPlaintext>): CallTracker {
  const tracker = new CallTracker();
  const recordings = lab.conversations.map(() => recordAppStream());
  let message = 0;
  for (const record of labRecordsInOrder(lab)) {
    const conversation = lab.conversations[record.conversation];
    const recording = recordings[record.conversation];
    if (conversation === undefined || recording === undefined) continue;
    recording.announced.length = 0;
    recording.stream.chunk(record.from, record.bytes, 0, record.bytes.length, record.frame, record.frame);
    for (const announced of recording.announced) {
      if (announced.what !== 'sip') continue;
      const bytes = bytesOf(announced.text);
      const ends = [conversation.client, conversation.server];
      tracker.add({
        message: message++,
        frame: record.frame,
        seconds: record.seconds,
        nanoseconds: record.nanoseconds,
        conversation: record.conversation,
        direction: record.from,
        source: ends[record.from] ?? '',
        destination: ends[1 - record.from] ?? '',
        transport: 'TLS',
        decrypted: true,
        bytes,
        from: 0,
        to: bytes.length,
      });
    }
  }
  return tracker;
}

/** One arrow of a script: seconds, from, to, first line ("INVITE" or "180"), CSeq "1 INVITE", and what differs from the usual. */
export interface ScriptLine {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly say: string;
  readonly cseq: string;
  readonly callId?: string;
  readonly branch: string;
  readonly toTag?: string;
  readonly fromTag?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly user?: string;
  readonly caller?: string;
}

/** The whole message of a line. */
export function textOf(line: ScriptLine): string {
  const user = line.user ?? 'bob';
  const start = /^\d/.test(line.say)
    ? `SIP/2.0 ${line.say} Reason`
    : `${line.say} sip:${user}@example.com SIP/2.0`;
  return [
    start,
    `Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${line.branch}`,
    `From: <sip:${line.caller ?? 'alice'}@example.com>;tag=${line.fromTag ?? 'a'}`,
    `To: <sip:${user}@example.com>${line.toTag === undefined ? '' : `;tag=${line.toTag}`}`,
    `Call-ID: ${line.callId ?? 'one'}`,
    `CSeq: ${line.cseq}`,
    ...(line.headers ?? []),
    ...(line.body === undefined ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${line.body?.length ?? 0}`,
    '',
    line.body ?? '',
  ].join('\r\n');
}

export function script(lines: readonly ScriptLine[]): CallTracker {
  const tracker = new CallTracker();
  for (const [message, line] of lines.entries()) addLine(tracker, line, message);
  return tracker;
}

export function addLine(tracker: CallTracker, line: ScriptLine, message: number): void {
  const bytes = bytesOf(textOf(line));
  const given: TrackedMessage = {
    message,
    frame: message + 1,
    seconds: 1000 + Math.floor(line.at),
    nanoseconds: Math.round((line.at % 1) * 1e9),
    conversation: 0,
    direction: 0,
    source: line.from,
    destination: line.to,
    transport: 'UDP',
    decrypted: false,
    bytes,
    from: 0,
    to: bytes.length,
  };
  tracker.add(given);
}

export function legsOf(tracker: CallTracker, endSeconds = 1100): LegDescription[] {
  return Array.from({ length: tracker.legs.length }, (_, leg) =>
    describeLeg(tracker, leg, { seconds: endSeconds, nanoseconds: 0 }),
  );
}
