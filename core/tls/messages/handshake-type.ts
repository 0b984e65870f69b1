/** HandshakeType of IANA's TLS registry, SSL 3.0 to TLS 1.3 and DTLS. */
export const HANDSHAKE_TYPE = {
  HELLO_REQUEST: 0,
  CLIENT_HELLO: 1,
  SERVER_HELLO: 2,
  HELLO_VERIFY_REQUEST: 3,
  NEW_SESSION_TICKET: 4,
  END_OF_EARLY_DATA: 5,
  /** TLS 1.3 drafts up to 21 only; later it is a ServerHello with a special random. */
  HELLO_RETRY_REQUEST: 6,
  ENCRYPTED_EXTENSIONS: 8,
  REQUEST_CONNECTION_ID: 9,
  NEW_CONNECTION_ID: 10,
  CERTIFICATE: 11,
  SERVER_KEY_EXCHANGE: 12,
  CERTIFICATE_REQUEST: 13,
  SERVER_HELLO_DONE: 14,
  CERTIFICATE_VERIFY: 15,
  CLIENT_KEY_EXCHANGE: 16,
  FINISHED: 20,
  CERTIFICATE_URL: 21,
  CERTIFICATE_STATUS: 22,
  SUPPLEMENTAL_DATA: 23,
  KEY_UPDATE: 24,
  COMPRESSED_CERTIFICATE: 25,
  NEXT_PROTOCOL: 67,
  MESSAGE_HASH: 254,
} as const;

/** Names as Wireshark prints them in its Info column. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [HANDSHAKE_TYPE.HELLO_REQUEST, 'Hello Request'],
  [HANDSHAKE_TYPE.CLIENT_HELLO, 'Client Hello'],
  [HANDSHAKE_TYPE.SERVER_HELLO, 'Server Hello'],
  [HANDSHAKE_TYPE.HELLO_VERIFY_REQUEST, 'Hello Verify Request'],
  [HANDSHAKE_TYPE.NEW_SESSION_TICKET, 'New Session Ticket'],
  [HANDSHAKE_TYPE.END_OF_EARLY_DATA, 'End of Early Data'],
  [HANDSHAKE_TYPE.HELLO_RETRY_REQUEST, 'Hello Retry Request'],
  [HANDSHAKE_TYPE.ENCRYPTED_EXTENSIONS, 'Encrypted Extensions'],
  [HANDSHAKE_TYPE.REQUEST_CONNECTION_ID, 'Request Connection ID'],
  [HANDSHAKE_TYPE.NEW_CONNECTION_ID, 'New Connection ID'],
  [HANDSHAKE_TYPE.CERTIFICATE, 'Certificate'],
  [HANDSHAKE_TYPE.SERVER_KEY_EXCHANGE, 'Server Key Exchange'],
  [HANDSHAKE_TYPE.CERTIFICATE_REQUEST, 'Certificate Request'],
  [HANDSHAKE_TYPE.SERVER_HELLO_DONE, 'Server Hello Done'],
  [HANDSHAKE_TYPE.CERTIFICATE_VERIFY, 'Certificate Verify'],
  [HANDSHAKE_TYPE.CLIENT_KEY_EXCHANGE, 'Client Key Exchange'],
  [HANDSHAKE_TYPE.FINISHED, 'Finished'],
  [HANDSHAKE_TYPE.CERTIFICATE_URL, 'Client Certificate URL'],
  [HANDSHAKE_TYPE.CERTIFICATE_STATUS, 'Certificate Status'],
  [HANDSHAKE_TYPE.SUPPLEMENTAL_DATA, 'Supplemental Data'],
  [HANDSHAKE_TYPE.KEY_UPDATE, 'Key Update'],
  [HANDSHAKE_TYPE.COMPRESSED_CERTIFICATE, 'Compressed Certificate'],
  [HANDSHAKE_TYPE.NEXT_PROTOCOL, 'Encrypted Extensions (Next Protocol)'],
  [HANDSHAKE_TYPE.MESSAGE_HASH, 'Message Hash'],
]);

/** "Client Hello", "Server Hello Done" …; null for a number that is no handshake type. */
export function handshakeTypeName(type: number): string | null {
  return NAMES.get(type) ?? null;
}
