/**
 * The vocabulary of the product: what is said of a record, of a frame and of a conversation.
 * Ids are stable: they stand in the command line's JSON.
 */

/** Why a record stays encrypted, in the order in which one wins over another for a frame or a conversation. */
export const CAUSE_IDS = [
  'snapped-short',
  'gap-in-stream',
  'record-incomplete',
  'unsupported-version',
  'unsupported-cipher',
  'unsupported-compression',
  'one-direction',
  'handshake-not-captured',
  'handshake-incomplete',
  'tls13-needs-keylog',
  'keylog-no-match',
  'keylog-incomplete',
  'resumed-unseen-session',
  'forward-secrecy',
  'psk-missing',
  'key-of-the-client',
  'wrong-key',
  'no-key',
  'ems-transcript-incomplete',
  'wrong-secret',
  'mac-mismatch',
  'tag-mismatch',
  'bad-padding',
  'damaged-record',
  'internal',
] as const;

export type CauseId = (typeof CAUSE_IDS)[number];

/** Column code of a cause: 0 is none, n is CAUSE_IDS[n - 1]. */
export function causeCode(cause: CauseId | null): number {
  return cause === null ? 0 : CAUSE_IDS.indexOf(cause) + 1;
}

export function causeOfCode(code: number): CauseId | null {
  return code === 0 ? null : (CAUSE_IDS[code - 1] ?? null);
}

/** What became of one TLS record. */
export const RECORD_VERDICTS = ['clear', 'decrypted', 'opaque'] as const;
export type RecordVerdictId = (typeof RECORD_VERDICTS)[number];

/** What became of one frame. */
export const FRAME_VERDICTS = [
  'not-tls',
  'clear',
  'decrypted',
  'partly-decrypted',
  'awaiting',
  'opaque',
  'malformed',
] as const;
export type FrameVerdictId = (typeof FRAME_VERDICTS)[number];

/** How many frames have which verdict, where there are none. */
export const NO_VERDICTS: Readonly<Record<FrameVerdictId, number>> = {
  'not-tls': 0,
  clear: 0,
  decrypted: 0,
  'partly-decrypted': 0,
  awaiting: 0,
  opaque: 0,
  malformed: 0,
};

/** What became of a conversation, in the order in which one wins. */
export const CONVERSATION_VERDICTS = [
  'handshake-failed',
  'partly-decrypted',
  'opaque',
  'decrypted',
  'clear',
  'not-tls',
] as const;
export type ConversationVerdictId = (typeof CONVERSATION_VERDICTS)[number];

/** Decoder status of a record: what the direction's decoder did with it. Never inferred from the state mask. */
export const DECODER_STATES = ['none', 'not-yet', 'ready', 'opened', 'failed'] as const;
export type DecoderState = (typeof DECODER_STATES)[number];

/** Wireshark's `ssl state` bits; the superset of versions 2.2 to 4. */
export const STATE_FLAGS = {
  CLIENT_RANDOM: 0x001,
  SERVER_RANDOM: 0x002,
  CIPHER: 0x004,
  HAVE_SESSION_KEY: 0x008,
  VERSION: 0x010,
  MASTER_SECRET: 0x020,
  PRE_MASTER_SECRET: 0x040,
  CLIENT_EXTENDED_MASTER_SECRET: 0x080,
  SERVER_EXTENDED_MASTER_SECRET: 0x100,
  SERVER_HELLO_DONE: 0x200,
  NEW_SESSION_TICKET: 0x400,
  ENCRYPT_THEN_MAC: 0x800,
  SEEN_0RTT_APPDATA: 0x1000,
} as const;

export type StateFlag = keyof typeof STATE_FLAGS;

/** The names of the bits set in a state mask, lowest first. */
export function namesOfState(mask: number): StateFlag[] {
  const names: StateFlag[] = [];
  let flag: StateFlag;
  for (flag in STATE_FLAGS) if ((mask & STATE_FLAGS[flag]) !== 0) names.push(flag);
  return names;
}

/** How a finding weighs. */
export const SEVERITIES = ['error', 'warning', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];
