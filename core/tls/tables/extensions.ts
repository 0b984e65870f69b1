/** IANA registry "TLS ExtensionType Values" as of 2026-11, with numbers that deployed software uses unregistered. */
export const EXTENSIONS = {
  0: 'server_name',
  1: 'max_fragment_length',
  2: 'client_certificate_url',
  3: 'trusted_ca_keys',
  4: 'truncated_hmac',
  5: 'status_request',
  6: 'user_mapping',
  7: 'client_authz',
  8: 'server_authz',
  9: 'cert_type',
  10: 'supported_groups',
  11: 'ec_point_formats',
  12: 'srp',
  13: 'signature_algorithms',
  14: 'use_srtp',
  15: 'heartbeat',
  16: 'application_layer_protocol_negotiation',
  17: 'status_request_v2',
  18: 'signed_certificate_timestamp',
  19: 'client_certificate_type',
  20: 'server_certificate_type',
  21: 'padding',
  22: 'encrypt_then_mac',
  23: 'extended_master_secret',
  24: 'token_binding',
  25: 'cached_info',
  26: 'tls_lts',
  27: 'compress_certificate',
  28: 'record_size_limit',
  29: 'pwd_protect',
  30: 'pwd_clear',
  31: 'password_salt',
  32: 'ticket_pinning',
  33: 'tls_cert_with_extern_psk',
  34: 'delegated_credential',
  35: 'session_ticket',
  36: 'TLMSP',
  37: 'TLMSP_proxying',
  38: 'TLMSP_delegate',
  39: 'supported_ekt_ciphers',
  // The number of key_share until draft 22 of TLS 1.3.
  40: 'key_share (drafts)',
  41: 'pre_shared_key',
  42: 'early_data',
  43: 'supported_versions',
  44: 'cookie',
  45: 'psk_key_exchange_modes',
  46: 'ticket_early_data_info (drafts)',
  47: 'certificate_authorities',
  48: 'oid_filters',
  49: 'post_handshake_auth',
  50: 'signature_algorithms_cert',
  51: 'key_share',
  52: 'transparency_info',
  53: 'connection_id (deprecated)',
  54: 'connection_id',
  55: 'external_id_hash',
  56: 'external_session_id',
  57: 'quic_transport_parameters',
  58: 'ticket_request',
  59: 'dnssec_chain',
  60: 'sequence_number_encryption_algorithms',
  61: 'rrc',
  62: 'tls_flags',
  13172: 'next_protocol_negotiation',
  17513: 'application_settings (old)',
  17613: 'application_settings',
  30031: 'channel_id (old)',
  30032: 'channel_id',
  64768: 'ech_outer_extensions',
  65037: 'encrypted_client_hello',
  65281: 'renegotiation_info',
  65445: 'quic_transport_parameters (drafts)',
  65486: 'encrypted_server_name',
} as const satisfies Readonly<Record<number, string>>;

export const SERVER_NAME = 0;
export const MAX_FRAGMENT_LENGTH = 1;
export const TRUNCATED_HMAC = 4;
export const STATUS_REQUEST = 5;
export const SUPPORTED_GROUPS = 10;
export const EC_POINT_FORMATS = 11;
export const SIGNATURE_ALGORITHMS = 13;
export const USE_SRTP = 14;
export const APPLICATION_LAYER_PROTOCOL_NEGOTIATION = 16;
export const ENCRYPT_THEN_MAC = 22;
export const EXTENDED_MASTER_SECRET = 23;
export const RECORD_SIZE_LIMIT = 28;
export const SESSION_TICKET = 35;
export const PRE_SHARED_KEY = 41;
export const EARLY_DATA = 42;
export const SUPPORTED_VERSIONS = 43;
export const COOKIE = 44;
export const PSK_KEY_EXCHANGE_MODES = 45;
export const CERTIFICATE_AUTHORITIES = 47;
export const SIGNATURE_ALGORITHMS_CERT = 50;
export const KEY_SHARE = 51;
export const CONNECTION_ID_DEPRECATED = 53;
export const CONNECTION_ID = 54;
export const ENCRYPTED_CLIENT_HELLO = 65037;
export const RENEGOTIATION_INFO = 65281;

/** The registered name, "GREASE (0x…)" or "unknown (n)". */
export function describeExtension(type: number): string {
  const name = NAME_OF_TYPE.get(type);
  if (name !== undefined) return name;
  const grease = (type & 0x0f0f) === 0x0a0a && type >>> 8 === (type & 0xff);
  return grease ? `GREASE (0x${type.toString(16).padStart(4, '0')})` : `unknown (${type})`;
}

const NAME_OF_TYPE: ReadonlyMap<number, string> = new Map(
  Object.entries(EXTENSIONS).map(([type, name]) => [Number(type), name]),
);
