/** IANA registry "TLS Alerts" as of 2026-11, with the reserved ones, and what each means to somebody who hunts a fault. */
export const ALERT_LEVELS = { 1: 'warning', 2: 'fatal' } as const satisfies Readonly<Record<number, string>>;

interface AlertRow {
  readonly name: string;
  /** One clause in plain words: what its sender says. */
  readonly meaning: string;
}

export const ALERTS = {
  0: { name: 'close_notify', meaning: 'the sender has nothing more to send and closes in good order' },
  10: { name: 'unexpected_message', meaning: 'a message came that does not belong at this point' },
  20: { name: 'bad_record_mac', meaning: 'a record arrived that fails its integrity check' },
  21: { name: 'decryption_failed', meaning: 'a record could not be decrypted' },
  22: { name: 'record_overflow', meaning: 'a record is longer than allowed' },
  30: { name: 'decompression_failure', meaning: 'a compressed record could not be unpacked' },
  40: {
    name: 'handshake_failure',
    meaning: 'no common ground was found: suites, groups, signatures or parameters',
  },
  41: { name: 'no_certificate', meaning: 'the client has no certificate to show (SSL 3.0)' },
  42: {
    name: 'bad_certificate',
    meaning:
      'the certificate was not accepted: it is damaged or wrongly signed, or, as some programs use it, too weak or not fit in name or dates',
  },
  43: { name: 'unsupported_certificate', meaning: 'the certificate is of a type the sender cannot use' },
  44: { name: 'certificate_revoked', meaning: 'the certificate was revoked by its issuer' },
  45: { name: 'certificate_expired', meaning: 'the certificate is outside its period of validity' },
  46: { name: 'certificate_unknown', meaning: 'the certificate was not accepted, for a reason not given' },
  47: { name: 'illegal_parameter', meaning: 'a field of the handshake has a value that is not allowed' },
  48: { name: 'unknown_ca', meaning: 'the sender does not trust the authority that issued the certificate' },
  49: { name: 'access_denied', meaning: 'the certificate is valid, but its holder is not let in' },
  50: { name: 'decode_error', meaning: 'a message could not be read' },
  51: { name: 'decrypt_error', meaning: 'a signature or a Finished message does not verify' },
  52: {
    name: 'too_many_cids_requested',
    meaning: 'more connection ids were asked for than the sender gives',
  },
  60: { name: 'export_restriction', meaning: 'the key is too long for old export rules' },
  70: { name: 'protocol_version', meaning: 'the offered protocol version is refused' },
  71: { name: 'insufficient_security', meaning: 'all that was offered is too weak for the sender' },
  80: { name: 'internal_error', meaning: 'the sender failed for a reason of its own' },
  86: {
    name: 'inappropriate_fallback',
    meaning: 'the client fell back to a version older than both sides support',
  },
  90: { name: 'user_canceled', meaning: 'the sender gave up for a reason outside the protocol' },
  100: { name: 'no_renegotiation', meaning: 'the sender refuses to negotiate again' },
  109: { name: 'missing_extension', meaning: 'a mandatory extension is missing' },
  110: { name: 'unsupported_extension', meaning: 'an extension was answered that was never offered' },
  111: { name: 'certificate_unobtainable', meaning: 'the certificate could not be fetched from its address' },
  112: { name: 'unrecognized_name', meaning: 'the server does not serve the name that was asked for' },
  113: {
    name: 'bad_certificate_status_response',
    meaning: 'the stapled revocation answer is not acceptable',
  },
  114: { name: 'bad_certificate_hash_value', meaning: 'the fetched certificate is not the announced one' },
  115: { name: 'unknown_psk_identity', meaning: 'the server has no pre-shared key of that identity' },
  116: { name: 'certificate_required', meaning: 'the server demands a client certificate and got none' },
  117: { name: 'general_error', meaning: 'the sender failed for a reason not given' },
  120: { name: 'no_application_protocol', meaning: 'none of the offered application protocols is served' },
  121: {
    name: 'ech_required',
    meaning: 'the client insists on Encrypted Client Hello, which was not accepted',
  },
} as const satisfies Readonly<Record<number, AlertRow>>;

/** "fatal", "warning", or the number. */
export function describeAlertLevel(level: number): string {
  return level === 1 ? ALERT_LEVELS[1] : level === 2 ? ALERT_LEVELS[2] : `unknown (${level})`;
}

/** The registered name, or "unknown (n)". */
export function describeAlert(description: number): string {
  return ROW_OF_ALERT.get(description)?.name ?? `unknown (${description})`;
}

/** What its sender says by it, one clause without full stop; empty where the number is not registered. */
export function meaningOfAlert(description: number): string {
  return ROW_OF_ALERT.get(description)?.meaning ?? '';
}

const ROW_OF_ALERT: ReadonlyMap<number, AlertRow> = new Map(
  Object.entries(ALERTS).map(([description, row]) => [Number(description), row]),
);
