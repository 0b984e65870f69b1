import { decodeExtensions } from './decode-extensions.ts';
import type { Extension } from './extension.ts';
import { extensionOf } from './extension.ts';
import { type MessageFault, MessageReader } from './message-reader.ts';

/** The shorter messages of a handshake, each decoded from its body. Byte fields are views. */
export interface EncryptedExtensions {
  readonly kind: 'encrypted-extensions';
  readonly extensions: readonly Extension[];
  readonly fault: MessageFault | null;
}

/** RFC 8446 §4.3.1. */
export function decodeEncryptedExtensions(body: Uint8Array): EncryptedExtensions {
  const reader = new MessageReader(body);
  const extensions = decodeExtensions(reader, 'encrypted-extensions');
  reader.expectEnd();
  return { kind: 'encrypted-extensions', extensions, fault: reader.fault };
}

export interface CertificateVerify {
  readonly kind: 'certificate-verify';
  /** null before TLS 1.2. */
  readonly signatureScheme: number | null;
  readonly signature: Uint8Array;
  readonly fault: MessageFault | null;
}

/** RFC 5246 §7.4.8, RFC 8446 §4.4.3. `withScheme`: TLS 1.2 and later. */
export function decodeCertificateVerify(body: Uint8Array, withScheme: boolean): CertificateVerify {
  const reader = new MessageReader(body);
  const signatureScheme = withScheme ? reader.u16('signature algorithm') : null;
  const signature = reader.vector(2, 'signature');
  reader.expectEnd();
  return { kind: 'certificate-verify', signatureScheme, signature, fault: reader.fault };
}

export interface Finished {
  readonly kind: 'finished';
  /** 36 bytes in SSL 3.0, 12 up to TLS 1.2, the hash's length in TLS 1.3. */
  readonly verifyData: Uint8Array;
  readonly fault: MessageFault | null;
}

export function decodeFinished(body: Uint8Array): Finished {
  return { kind: 'finished', verifyData: body, fault: null };
}

export interface NewSessionTicket {
  readonly kind: 'new-session-ticket';
  /** Seconds. */
  readonly lifetime: number;
  readonly ticket: Uint8Array;
  /** TLS 1.3 only, else null. */
  readonly ageAdd: number | null;
  readonly nonce: Uint8Array | null;
  readonly maxEarlyDataSize: number | null;
  readonly extensions: readonly Extension[];
  readonly fault: MessageFault | null;
}

/** RFC 5077 §3.3 or, where `tls13`, RFC 8446 §4.6.1. */
export function decodeNewSessionTicket(body: Uint8Array, tls13: boolean): NewSessionTicket {
  const reader = new MessageReader(body);
  const lifetime = reader.u32('ticket lifetime');
  const ageAdd = tls13 ? reader.u32('ticket_age_add') : null;
  const nonce = tls13 ? reader.vector(1, 'ticket nonce') : null;
  const ticket = reader.vector(2, 'ticket');
  const extensions = tls13 && reader.remaining > 0 ? decodeExtensions(reader, 'new-session-ticket') : [];
  reader.expectEnd();
  return {
    kind: 'new-session-ticket',
    lifetime,
    ticket,
    ageAdd,
    nonce,
    maxEarlyDataSize: extensionOf(extensions, 'early-data')?.maxSize ?? null,
    extensions,
    fault: reader.fault,
  };
}

export interface KeyUpdate {
  readonly kind: 'key-update';
  /** True where the peer is asked to change its keys too. */
  readonly requested: boolean;
  readonly fault: MessageFault | null;
}

/** RFC 8446 §4.6.3. */
export function decodeKeyUpdate(body: Uint8Array): KeyUpdate {
  const reader = new MessageReader(body);
  const request = reader.u8('request_update');
  if (request > 1) reader.fail(`request_update ${request} is neither 0 nor 1`);
  reader.expectEnd();
  return { kind: 'key-update', requested: request === 1, fault: reader.fault };
}

export interface HelloVerifyRequest {
  readonly kind: 'hello-verify-request';
  readonly version: number;
  readonly cookie: Uint8Array;
  readonly fault: MessageFault | null;
}

/** RFC 6347 §4.2.1. */
export function decodeHelloVerifyRequest(body: Uint8Array): HelloVerifyRequest {
  const reader = new MessageReader(body);
  const version = reader.u16('server_version');
  const cookie = reader.vector(1, 'cookie');
  reader.expectEnd();
  return { kind: 'hello-verify-request', version, cookie, fault: reader.fault };
}

export interface SupplementalData {
  readonly kind: 'supplemental-data';
  readonly entries: readonly { readonly type: number; readonly data: Uint8Array }[];
  readonly fault: MessageFault | null;
}

/** RFC 4680 §3. */
export function decodeSupplementalData(body: Uint8Array): SupplementalData {
  const reader = new MessageReader(body);
  const entries: { type: number; data: Uint8Array }[] = [];
  const outer = reader.enter(3, 'supplemental data');
  while (reader.remaining > 0 && entries.length < MAX_ENTRIES) {
    const type = reader.u16('supplemental data type');
    entries.push({ type, data: reader.vector(2, 'supplemental data entry') });
  }
  reader.leave(outer);
  reader.expectEnd();
  return { kind: 'supplemental-data', entries, fault: reader.fault };
}

export interface ConnectionIdMessage {
  readonly kind: 'new-connection-id' | 'request-connection-id';
  /** How many are asked for, in a RequestConnectionId; else how many are given. */
  readonly count: number;
  readonly connectionIds: readonly Uint8Array[];
  /** True where the new ids are to be used at once. */
  readonly immediate: boolean;
  readonly fault: MessageFault | null;
}

/** RFC 9147 §9. */
export function decodeConnectionIdMessage(
  body: Uint8Array,
  kind: ConnectionIdMessage['kind'],
): ConnectionIdMessage {
  const reader = new MessageReader(body);
  if (kind === 'request-connection-id') {
    const count = reader.u8('num_cids');
    reader.expectEnd();
    return { kind, count, connectionIds: [], immediate: false, fault: reader.fault };
  }
  const connectionIds: Uint8Array[] = [];
  const outer = reader.enter(2, 'connection ids');
  while (reader.remaining > 0 && connectionIds.length < MAX_ENTRIES)
    connectionIds.push(reader.vector(1, 'connection id'));
  reader.leave(outer);
  const immediate = reader.u8('usage') === 0;
  reader.expectEnd();
  return { kind, count: connectionIds.length, connectionIds, immediate, fault: reader.fault };
}

/** A message whose whole content is its type. */
export interface EmptyMessage {
  readonly kind: 'hello-request' | 'server-hello-done' | 'end-of-early-data';
  readonly fault: MessageFault | null;
}

export function decodeEmptyMessage(body: Uint8Array, kind: EmptyMessage['kind']): EmptyMessage {
  const reader = new MessageReader(body);
  reader.expectEnd();
  return { kind, fault: reader.fault };
}

/** Bound of the lists in messages that only a hostile sender fills. */
const MAX_ENTRIES = 1024;
