import { headerValue, parseSipMessage } from '../app/sip/parse-message.ts';
import { decodeLatin1 } from '../bytes/text.ts';
import type { ExportedMessage } from './exported.ts';
import type { Steps } from './steps.ts';

/** What of an export of SIP in clear is worth keeping to oneself. */
export interface Confidences {
  readonly messages: number;
  readonly decrypted: number;
  /** Messages with SRTP keys (RFC 4568), and with digest responses or other credentials. */
  readonly withMediaKeys: number;
  readonly withCredentials: number;
  /** False where there are more messages than `limit`. */
  readonly complete: boolean;
}

export function* countConfidences(messages: Iterable<ExportedMessage>, limit = Infinity): Steps<Confidences> {
  let count = 0;
  let decrypted = 0;
  let withMediaKeys = 0;
  let withCredentials = 0;
  let complete = true;
  for (const message of messages) {
    if (count === limit) {
      complete = false;
      break;
    }
    count += 1;
    if (count % MESSAGES_AT_ONCE === 0) yield;
    if (message.decrypted) decrypted += 1;
    if (/\na=crypto:|\nk=|\na=key-mgmt:/i.test(decodeLatin1(message.bytes))) withMediaKeys += 1;
    const parsed = parseSipMessage(message.bytes);
    if (CREDENTIALS.some((name) => headerValue(parsed, name) !== null)) withCredentials += 1;
  }
  return { messages: count, decrypted, withMediaKeys, withCredentials, complete };
}

const MESSAGES_AT_ONCE = 200;
const CREDENTIALS = ['authorization', 'proxy-authorization'];
