/** IANA registry "TLS HandshakeType" as of 2026-11 (RFC 8446 §B.3), with the reserved numbers' old names. */
export const HANDSHAKE_TYPES = {
  0: 'hello_request',
  1: 'client_hello',
  2: 'server_hello',
  3: 'hello_verify_request',
  4: 'new_session_ticket',
  5: 'end_of_early_data',
  6: 'hello_retry_request',
  8: 'encrypted_extensions',
  9: 'request_connection_id',
  10: 'new_connection_id',
  11: 'certificate',
  12: 'server_key_exchange',
  13: 'certificate_request',
  14: 'server_hello_done',
  15: 'certificate_verify',
  16: 'client_key_exchange',
  17: 'client_certificate_request',
  20: 'finished',
  21: 'certificate_url',
  22: 'certificate_status',
  23: 'supplemental_data',
  24: 'key_update',
  25: 'compressed_certificate',
  26: 'ekt_key',
  67: 'next_protocol',
  203: 'encrypted_extensions_channel_id',
  254: 'message_hash',
} as const satisfies Readonly<Record<number, string>>;

export const HELLO_REQUEST = 0;
export const CLIENT_HELLO = 1;
export const SERVER_HELLO = 2;
export const HELLO_VERIFY_REQUEST = 3;
export const NEW_SESSION_TICKET = 4;
export const END_OF_EARLY_DATA = 5;
export const ENCRYPTED_EXTENSIONS = 8;
export const CERTIFICATE = 11;
export const SERVER_KEY_EXCHANGE = 12;
export const CERTIFICATE_REQUEST = 13;
export const SERVER_HELLO_DONE = 14;
export const CERTIFICATE_VERIFY = 15;
export const CLIENT_KEY_EXCHANGE = 16;
export const FINISHED = 20;
export const CERTIFICATE_STATUS = 22;
export const KEY_UPDATE = 24;
export const MESSAGE_HASH = 254;

/** The registered name, or "unknown (n)". */
export function describeHandshakeType(type: number): string {
  return NAME_OF_TYPE.get(type) ?? `unknown (${type})`;
}

const NAME_OF_TYPE: ReadonlyMap<number, string> = new Map(
  Object.entries(HANDSHAKE_TYPES).map(([type, name]) => [Number(type), name]),
);
