import { createAppStream } from '../../../core/app/app-stream.ts';
import type { AppSink, AppStream, InflatePort, MessagePlace } from '../../../core/app/events.ts';

/** What one announcement said, copied. */
export interface Announced {
  readonly what: string;
  readonly text: string;
  readonly summary: string;
  readonly direction: 0 | 1;
  readonly place: readonly [firstUnit: number, offsetInFirst: number, lastUnit: number, offsetInLast: number];
  readonly frame: number;
  readonly truncated: boolean;
  readonly derived: boolean;
  readonly callId: string;
  readonly cseq: string;
  readonly status: number;
  readonly isRequest: boolean;
}

export interface Recording {
  readonly stream: AppStream;
  readonly announced: Announced[];
  readonly protocols: string[];
  /** Bytes that went to the tunnel, by direction, as latin-1 text. */
  readonly tunnelled: [string, string];
}

const decoder = new TextDecoder('latin1');

export function textOf(bytes: Uint8Array, from: number, to: number): string {
  return from < 0 ? '' : decoder.decode(bytes.subarray(from, to));
}

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0) & 0xff);
}

/** An AppStream whose announcements are kept. */
export function recordAppStream(
  transport: 'stream' | 'datagram' = 'stream',
  inflate: InflatePort | null = null,
): Recording {
  const announced: Announced[] = [];
  const protocols: string[] = [];
  const tunnelled: [string, string] = ['', ''];
  const common = (message: MessagePlace) => ({
    text: textOf(message.bytes, message.from, message.to),
    direction: message.direction,
    place: [message.firstUnit, message.offsetInFirst, message.lastUnit, message.offsetInLast] as const,
    frame: message.frame,
    truncated: message.truncated,
    derived: message.derived,
  });
  const sink: AppSink = {
    sip: (message) =>
      announced.push({
        what: 'sip',
        summary: textOf(message.bytes, message.from, message.startLineEnd),
        ...common(message),
        callId: textOf(message.bytes, message.callIdFrom, message.callIdTo),
        cseq: textOf(message.bytes, message.cseqFrom, message.cseqTo),
        status: message.status,
        isRequest: message.isRequest,
      }),
    other: (message) =>
      announced.push({
        what: message.kind,
        summary: message.summary,
        ...common(message),
        callId: '',
        cseq: '',
        status: 0,
        isRequest: false,
      }),
    protocol: (name) => protocols.push(name),
    tunnel: (direction, bytes, from, to) => {
      tunnelled[direction] += textOf(bytes, from, to);
    },
  };
  return { stream: createAppStream(sink, transport, inflate), announced, protocols, tunnelled };
}

/** Feeds text in pieces that end at `cuts`, each piece a unit and frame of its own from `firstUnit` on. */
export function feed(
  recording: Recording,
  direction: 0 | 1,
  text: string,
  cuts: readonly number[] = [],
  firstUnit = 0,
): void {
  const bytes = bytesOf(text);
  const ends = [...new Set(cuts)].filter((cut) => cut > 0 && cut < bytes.length).sort((a, b) => a - b);
  let from = 0;
  let unit = firstUnit;
  for (const to of [...ends, bytes.length]) {
    recording.stream.chunk(direction, bytes, from, to, unit, unit + 1000);
    from = to;
    unit++;
  }
}
