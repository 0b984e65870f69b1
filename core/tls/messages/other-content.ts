import { byteAt, u16be } from '../../bytes/reader.ts';
import type { MessageFault } from './message-reader.ts';

/** What records other than handshake and application data hold: bodies of alert, ChangeCipherSpec, heartbeat, ACK. */
export interface Alert {
  /** 1 warning, 2 fatal. */
  readonly level: number;
  /** Of IANA's TLS Alerts registry. */
  readonly description: number;
}

/**
 * A readable alert (RFC 8446 §6); null where the two bytes cannot be one, which in a record of another length or with
 * another level means that it is encrypted.
 */
export function decodeAlert(body: Uint8Array): Alert | null {
  const level = byteAt(body, 0);
  if (body.length !== 2 || (level !== 1 && level !== 2)) return null;
  return { level, description: byteAt(body, 1) };
}

/** True for the body of a ChangeCipherSpec that is not itself encrypted (RFC 5246 §7.1). */
export function isChangeCipherSpec(body: Uint8Array): boolean {
  return body.length === 1 && body[0] === 1;
}

export interface Heartbeat {
  readonly request: boolean;
  readonly payload: Uint8Array;
  readonly paddingLength: number;
  readonly fault: MessageFault | null;
}

/** RFC 6520 §4. A payload length beyond the message is what CVE-2014-0160 abuses: kept as the fault. */
export function decodeHeartbeat(body: Uint8Array): Heartbeat | null {
  const type = byteAt(body, 0);
  if (body.length < 3 || (type !== 1 && type !== 2)) return null;
  const length = u16be(body, 1);
  const payload = body.subarray(3, 3 + length);
  const missing = length - payload.length;
  const fault =
    missing > 0
      ? { offset: 1, sentence: `the payload should have ${missing} bytes more than there are` }
      : null;
  return { request: type === 1, payload, paddingLength: body.length - 3 - payload.length, fault };
}
