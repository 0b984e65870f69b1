import { decodeLatin1 } from '../../bytes/text.ts';
import { isGrease } from '../tables/cipher-suites.ts';
import type {
  Extension,
  ExtensionContext,
  ExtensionPlace,
  FlagExtensionKind,
  KeyShare,
  PskIdentity,
} from './extension.ts';
import type { MessageReader } from './message-reader.ts';

/**
 * Decodes an extensions block (RFC 8446 §4.2): a 16-bit length, then type, length, data of each. A fault inside one
 * extension is kept in the reader and the next is decoded all the same.
 */
export function decodeExtensions(reader: MessageReader, context: ExtensionContext): Extension[] {
  const extensions: Extension[] = [];
  const outer = reader.enter(2, 'the extensions');
  while (reader.remaining > 0) {
    const id = reader.u16('extension type');
    const within = reader.enter(2, `extension ${id}`);
    const place: ExtensionPlace = { id, offset: reader.position, length: reader.remaining };
    extensions.push(decodeExtension(reader, place, context));
    reader.leave(within);
  }
  reader.leave(outer);
  return extensions;
}

type ExtensionDecoder = (
  reader: MessageReader,
  place: ExtensionPlace,
  context: ExtensionContext,
) => Extension;

function decodeExtension(reader: MessageReader, place: ExtensionPlace, context: ExtensionContext): Extension {
  const decoder = DECODERS.get(place.id);
  if (decoder !== undefined) return decoder(reader, place, context);
  return isGrease(place.id) ? { ...place, kind: 'grease' } : { ...place, kind: 'unknown' };
}

/** By id of IANA's TLS ExtensionType registry. */
const DECODERS: ReadonlyMap<number, ExtensionDecoder> = new Map<number, ExtensionDecoder>([
  [0, decodeServerName],
  [1, (reader, place) => ({ ...place, kind: 'max-fragment-length', code: reader.u8('max_fragment_length') })],
  [4, flag('truncated-hmac')],
  [5, decodeStatusRequest],
  [
    10,
    (reader, place) => ({
      ...place,
      kind: 'supported-groups',
      groups: reader.u16List(2, 'supported_groups'),
    }),
  ],
  [
    11,
    (reader, place) => ({ ...place, kind: 'ec-point-formats', formats: reader.u8List('ec_point_formats') }),
  ],
  [
    13,
    (reader, place) => ({
      ...place,
      kind: 'signature-algorithms',
      schemes: reader.u16List(2, 'signature_algorithms'),
    }),
  ],
  [
    14,
    (reader, place) => ({
      ...place,
      kind: 'use-srtp',
      profiles: reader.u16List(2, 'use_srtp profiles'),
      mki: reader.vector(1, 'use_srtp mki'),
    }),
  ],
  [15, (reader, place) => ({ ...place, kind: 'heartbeat', mode: reader.u8('heartbeat mode') })],
  [16, decodeAlpn],
  [
    19,
    (reader, place, context) => ({
      ...place,
      kind: 'client-certificate-type',
      types: certificateTypes(reader, context),
    }),
  ],
  [
    20,
    (reader, place, context) => ({
      ...place,
      kind: 'server-certificate-type',
      types: certificateTypes(reader, context),
    }),
  ],
  [21, (_reader, place) => ({ ...place, kind: 'padding' })],
  [22, flag('encrypt-then-mac')],
  [23, flag('extended-master-secret')],
  [
    27,
    (reader, place) => ({
      ...place,
      kind: 'compress-certificate',
      algorithms: reader.u16List(1, 'compress_certificate'),
    }),
  ],
  [28, (reader, place) => ({ ...place, kind: 'record-size-limit', limit: reader.u16('record_size_limit') })],
  [35, (reader, place) => ({ ...place, kind: 'session-ticket', ticket: reader.rest() })],
  [40, decodeKeyShare],
  [41, decodePreSharedKey],
  [42, decodeEarlyData],
  [43, decodeSupportedVersions],
  [44, (reader, place) => ({ ...place, kind: 'cookie', cookie: reader.vector(2, 'cookie') })],
  [
    45,
    (reader, place) => ({
      ...place,
      kind: 'psk-key-exchange-modes',
      modes: reader.u8List('psk_key_exchange_modes'),
    }),
  ],
  [47, decodeCertificateAuthorities],
  [49, flag('post-handshake-auth')],
  [
    50,
    (reader, place) => ({
      ...place,
      kind: 'signature-algorithms-cert',
      schemes: reader.u16List(2, 'signature_algorithms_cert'),
    }),
  ],
  [51, decodeKeyShare],
  // 53 was its number before RFC 9146 and is still met.
  [53, decodeConnectionId],
  [53, decodeConnectionId],
  [54, decodeConnectionId],
  [0xfe0d, decodeEncryptedClientHello],
  [
    0xff01,
    (reader, place) => ({
      ...place,
      kind: 'renegotiation-info',
      verifyData: reader.vector(1, 'renegotiated_connection'),
    }),
  ],
]);

function flag(kind: FlagExtensionKind): ExtensionDecoder {
  return (_reader, place) => ({ ...place, kind });
}

/** RFC 6066 §3. The server's confirmation is empty. */
function decodeServerName(reader: MessageReader, place: ExtensionPlace): Extension {
  const names: string[] = [];
  if (reader.remaining > 0) {
    const outer = reader.enter(2, 'server_name list');
    while (reader.remaining > 0) {
      const type = reader.u8('server_name type');
      const name = reader.vector(2, 'server_name');
      if (type === 0) names.push(decodeLatin1(name));
    }
    reader.leave(outer);
  }
  return { ...place, kind: 'server-name', names };
}

/** RFC 6066 §8; empty in a TLS 1.2 ServerHello, a CertificateStatus in a TLS 1.3 Certificate. */
function decodeStatusRequest(reader: MessageReader, place: ExtensionPlace): Extension {
  return {
    ...place,
    kind: 'status-request',
    statusType: reader.remaining > 0 ? reader.u8('status_request type') : 0,
  };
}

/** RFC 7301 §3.1. */
function decodeAlpn(reader: MessageReader, place: ExtensionPlace): Extension {
  const protocols: string[] = [];
  const outer = reader.enter(2, 'ALPN list');
  while (reader.remaining > 0) protocols.push(decodeLatin1(reader.vector(1, 'ALPN protocol')));
  reader.leave(outer);
  return { ...place, kind: 'alpn', protocols };
}

/** RFC 7250 §3: a list from the client, one type from the server. */
function certificateTypes(reader: MessageReader, context: ExtensionContext): number[] {
  return context === 'client-hello' ? reader.u8List('certificate types') : [reader.u8('certificate type')];
}

/** RFC 8446 §4.2.8; 40 was its number up to draft 22. */
function decodeKeyShare(reader: MessageReader, place: ExtensionPlace, context: ExtensionContext): Extension {
  const entries: KeyShare[] = [];
  if (context === 'client-hello') {
    const outer = reader.enter(2, 'key_share list');
    while (reader.remaining > 0) {
      const group = reader.u16('key_share group');
      entries.push({ group, keyExchange: reader.vector(2, 'key_share key') });
    }
    reader.leave(outer);
  } else {
    const group = reader.u16('key_share group');
    const short = context === 'hello-retry-request' || reader.remaining === 0;
    entries.push({ group, keyExchange: short ? reader.view(0, '') : reader.vector(2, 'key_share key') });
  }
  return { ...place, kind: 'key-share', entries };
}

/** RFC 8446 §4.2.11. */
function decodePreSharedKey(
  reader: MessageReader,
  place: ExtensionPlace,
  context: ExtensionContext,
): Extension {
  if (context !== 'client-hello')
    return { ...place, kind: 'pre-shared-key-choice', selected: reader.u16('selected_identity') };
  const identities: PskIdentity[] = [];
  const binders: Uint8Array[] = [];
  let outer = reader.enter(2, 'PSK identities');
  while (reader.remaining > 0) {
    const identity = reader.vector(2, 'PSK identity');
    identities.push({ identity, obfuscatedTicketAge: reader.u32('obfuscated_ticket_age') });
  }
  reader.leave(outer);
  const bindersOffset = reader.position;
  outer = reader.enter(2, 'PSK binders');
  while (reader.remaining > 0) binders.push(reader.vector(1, 'PSK binder'));
  reader.leave(outer);
  return { ...place, kind: 'pre-shared-key-offer', identities, binders, bindersOffset };
}

function decodeEarlyData(reader: MessageReader, place: ExtensionPlace, context: ExtensionContext): Extension {
  const maxSize = context === 'new-session-ticket' ? reader.u32('max_early_data_size') : null;
  return { ...place, kind: 'early-data', maxSize };
}

function decodeSupportedVersions(
  reader: MessageReader,
  place: ExtensionPlace,
  context: ExtensionContext,
): Extension {
  const versions =
    context === 'client-hello' ? reader.u16List(1, 'supported_versions') : [reader.u16('selected version')];
  return { ...place, kind: 'supported-versions', versions };
}

function decodeCertificateAuthorities(reader: MessageReader, place: ExtensionPlace): Extension {
  const names: Uint8Array[] = [];
  const outer = reader.enter(2, 'certificate_authorities');
  while (reader.remaining > 0) names.push(reader.vector(2, 'distinguished name'));
  reader.leave(outer);
  return { ...place, kind: 'certificate-authorities', names };
}

/** RFC 9146 §3. */
function decodeConnectionId(reader: MessageReader, place: ExtensionPlace): Extension {
  return { ...place, kind: 'connection-id', connectionId: reader.vector(1, 'connection id') };
}

/** RFC 9849 §5. Only the outer form has members; a server answers with configurations or a confirmation. */
function decodeEncryptedClientHello(
  reader: MessageReader,
  place: ExtensionPlace,
  context: ExtensionContext,
): Extension {
  const none = { ...place, kind: 'encrypted-client-hello', kdf: 0, aead: 0, configId: 0 } as const;
  if (context !== 'client-hello') return { ...none, type: -1, payloadLength: reader.remaining };
  const type = reader.u8('ECH type');
  if (type !== 0) return { ...none, type, payloadLength: reader.remaining };
  const kdf = reader.u16('ECH kdf');
  const aead = reader.u16('ECH aead');
  const configId = reader.u8('ECH config id');
  reader.vector(2, 'ECH enc');
  return { ...none, type, kdf, aead, configId, payloadLength: reader.vector(2, 'ECH payload').length };
}
