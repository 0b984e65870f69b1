/** Names of protocols that content tells apart, by code. Codes are for columns and hot paths; names are for people. */
export const PROTOCOL_UNKNOWN = 0;
/** Too short to tell: ask again with more bytes. */
export const PROTOCOL_NEEDS_MORE = 1;
export const PROTOCOL_SIP = 2;
export const PROTOCOL_HTTP = 3;
export const PROTOCOL_HTTP2 = 4;
export const PROTOCOL_HTTP_CONNECT = 5;
export const PROTOCOL_MSRP = 6;
export const PROTOCOL_WEBSOCKET = 7;
export const PROTOCOL_TLS = 8;
/** A ClientHello in SSL 2.0's format (RFC 5246 §E.2). */
export const PROTOCOL_SSLV2 = 9;
export const PROTOCOL_DTLS = 10;
export const PROTOCOL_RTP = 11;
export const PROTOCOL_RTCP = 12;
export const PROTOCOL_STUN = 13;
export const PROTOCOL_TURN_CHANNEL = 14;
export const PROTOCOL_SMTP = 15;
export const PROTOCOL_IMAP = 16;
export const PROTOCOL_POP3 = 17;
export const PROTOCOL_XMPP = 18;
export const PROTOCOL_FTP = 19;
export const PROTOCOL_LDAP = 20;
export const PROTOCOL_POSTGRESQL = 21;
export const PROTOCOL_MYSQL = 22;
export const PROTOCOL_RDP = 23;
export const PROTOCOL_HEP3 = 24;
export const PROTOCOL_SSH = 25;
export const PROTOCOL_DNS = 26;
export const PROTOCOL_QUIC = 27;
export const PROTOCOL_RTSP = 28;
/** CRLF or zero bytes alone: keep-alives of SIP user agents (RFC 5626 §3.5.1). */
export const PROTOCOL_KEEP_ALIVE = 29;
export const PROTOCOL_ZRTP = 30;
export const PROTOCOL_WIREGUARD = 31;

const NAMES: readonly string[] = [
  'data',
  'data',
  'SIP',
  'HTTP',
  'HTTP/2',
  'HTTP CONNECT',
  'MSRP',
  'WebSocket',
  'TLS',
  'SSLv2',
  'DTLS',
  'RTP',
  'RTCP',
  'STUN',
  'TURN channel',
  'SMTP',
  'IMAP',
  'POP3',
  'XMPP',
  'FTP',
  'LDAP',
  'PostgreSQL',
  'MySQL',
  'RDP',
  'HEP3',
  'SSH',
  'DNS',
  'QUIC',
  'RTSP',
  'keep-alive',
  'ZRTP',
  'WireGuard',
];

/** The name of a protocol code; "data" where it is not known. */
export function protocolName(code: number): string {
  return NAMES[code] ?? 'data';
}
