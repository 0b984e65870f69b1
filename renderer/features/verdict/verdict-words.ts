import type {
  ConversationVerdictId,
  DecoderState,
  FrameVerdictId,
  RecordVerdictId,
  Severity,
} from '../../../core/verdict.ts';

/** Verdicts in words: the same ones everywhere on the page. */
export const VERDICT_WORDS = {
  'not-tls': 'Not TLS',
  clear: 'Clear',
  decrypted: 'Decrypted',
  'partly-decrypted': 'Partly decrypted',
  awaiting: 'Continued',
  opaque: 'Encrypted',
  malformed: 'Malformed',
  'handshake-failed': 'Handshake failed',
} as const satisfies Record<FrameVerdictId | ConversationVerdictId | RecordVerdictId, string>;

export const VERDICT_MEANINGS = {
  'not-tls': 'Holds no TLS: there is nothing to decrypt.',
  clear: 'TLS that was sent unencrypted: hellos, certificates, alerts before keys, NULL suites.',
  decrypted: 'Every record that ends here was decrypted, and its MAC or tag is right.',
  'partly-decrypted': 'Some of the records that end here were decrypted, some were not.',
  awaiting: 'Part of a record that is completed in a later frame.',
  opaque: 'Encrypted, and stays so: select it to see why.',
  malformed: 'Damaged below TLS: a header says what the bytes do not hold.',
  'handshake-failed': 'One end broke off the handshake.',
} as const satisfies Record<FrameVerdictId | ConversationVerdictId, string>;

export const DECODER_WORDS = {
  none: 'none',
  'not-yet': 'not yet',
  ready: 'ready',
  opened: 'opened',
  failed: 'failed',
} as const satisfies Record<DecoderState, string>;

export const SEVERITY_WORDS = {
  error: 'Errors',
  warning: 'Warnings',
  note: 'Notes',
} as const satisfies Record<Severity, string>;
