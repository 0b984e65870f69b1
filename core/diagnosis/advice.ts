import type { CauseId } from '../verdict.ts';
import type { CauseContext } from './cause-context.ts';
import {
  adviseGap,
  adviseHandshakeIncomplete,
  adviseHandshakeNotCaptured,
  adviseOneDirection,
  adviseRecordIncomplete,
  adviseResumed,
  adviseSnapped,
  adviseTranscript,
} from './advice-on-captures.ts';
import {
  adviseDamaged,
  adviseForwardSecrecy,
  adviseInternal,
  adviseMismatch,
  adviseTls13,
  adviseUnsupportedCipher,
  adviseUnsupportedCompression,
  adviseUnsupportedVersion,
} from './advice-on-ciphers.ts';
import {
  adviseKeyLogIncomplete,
  adviseKeyLogNoMatch,
  adviseKeyOfTheClient,
  adviseNoKey,
  advisePskMissing,
  adviseWrongKey,
  adviseWrongSecret,
} from './advice-on-keys.ts';
import type { Advice } from './advice-shape.ts';

/** The story of a cause in this capture. */
export function advise(cause: CauseId, context: CauseContext): Advice {
  return ADVICE[cause](context);
}

/** A cause without advice does not compile. */
const ADVICE = {
  'no-key': adviseNoKey,
  'wrong-key': adviseWrongKey,
  'key-of-the-client': adviseKeyOfTheClient,
  'keylog-no-match': adviseKeyLogNoMatch,
  'keylog-incomplete': adviseKeyLogIncomplete,
  'psk-missing': advisePskMissing,
  'handshake-not-captured': adviseHandshakeNotCaptured,
  'handshake-incomplete': adviseHandshakeIncomplete,
  'one-direction': adviseOneDirection,
  'resumed-unseen-session': adviseResumed,
  'gap-in-stream': adviseGap,
  'record-incomplete': adviseRecordIncomplete,
  'snapped-short': adviseSnapped,
  'ems-transcript-incomplete': adviseTranscript,
  'forward-secrecy': adviseForwardSecrecy,
  'tls13-needs-keylog': adviseTls13,
  'unsupported-cipher': adviseUnsupportedCipher,
  'unsupported-version': adviseUnsupportedVersion,
  'unsupported-compression': adviseUnsupportedCompression,
  'mac-mismatch': adviseMismatch,
  'tag-mismatch': adviseMismatch,
  'bad-padding': adviseMismatch,
  'wrong-secret': adviseWrongSecret,
  'damaged-record': adviseDamaged,
  internal: adviseInternal,
} as const satisfies { readonly [K in CauseId]: (context: CauseContext) => Advice };
