/** IANA registry "TLS ContentType" as of 2026-11, named as in the RFCs (RFC 8446 §B.1). */
export const CONTENT_TYPES = {
  20: 'change_cipher_spec',
  21: 'alert',
  22: 'handshake',
  23: 'application_data',
  24: 'heartbeat',
  25: 'tls12_cid',
  26: 'ack',
  27: 'return_routability_check',
} as const satisfies Readonly<Record<number, string>>;

export const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;
export const HEARTBEAT = 24;
/** RFC 9146 §4: the real type stands inside. */
export const TLS12_CID = 25;
/** RFC 9147 §7. */
export const ACK = 26;

/** The registered name, or "unknown (n)". */
export function describeContentType(type: number): string {
  return NAME_OF_TYPE.get(type) ?? `unknown (${type})`;
}

const NAME_OF_TYPE: ReadonlyMap<number, string> = new Map(
  Object.entries(CONTENT_TYPES).map(([type, name]) => [Number(type), name]),
);
