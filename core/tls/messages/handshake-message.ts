import {
  type CertificateMessage,
  type CertificateStatus,
  type CompressedCertificate,
  decodeCertificate,
  decodeCertificateStatus,
  decodeCompressedCertificate,
} from './certificate.ts';
import { type CertificateRequest, decodeCertificateRequest } from './certificate-request.ts';
import { type ClientHello, decodeClientHello } from './client-hello.ts';
import { HANDSHAKE_TYPE } from './handshake-type.ts';
import {
  type ClientKeyExchange,
  decodeClientKeyExchange,
  decodeServerKeyExchange,
  type KeyExchangeForm,
  type ServerKeyExchange,
} from './key-exchange.ts';
import type { MessageFault } from './message-reader.ts';
import { decodeDraftHelloRetryRequest, decodeServerHello, type ServerHello } from './server-hello.ts';
import {
  type CertificateVerify,
  type ConnectionIdMessage,
  decodeCertificateVerify,
  decodeConnectionIdMessage,
  decodeEmptyMessage,
  decodeEncryptedExtensions,
  decodeFinished,
  decodeHelloVerifyRequest,
  decodeKeyUpdate,
  decodeNewSessionTicket,
  decodeSupplementalData,
  type EmptyMessage,
  type EncryptedExtensions,
  type Finished,
  type HelloVerifyRequest,
  type KeyUpdate,
  type NewSessionTicket,
  type SupplementalData,
} from './session-messages.ts';

/** A message of a kind that is not read further (certificate_url, next_protocol, numbers that nobody assigned). */
export interface UnreadMessage {
  readonly kind: 'unread';
  readonly type: number;
  readonly fault: MessageFault | null;
}

export type HandshakeMessage =
  | ClientHello
  | ServerHello
  | HelloVerifyRequest
  | EncryptedExtensions
  | CertificateMessage
  | CertificateStatus
  | CompressedCertificate
  | CertificateRequest
  | ServerKeyExchange
  | ClientKeyExchange
  | CertificateVerify
  | Finished
  | NewSessionTicket
  | KeyUpdate
  | SupplementalData
  | ConnectionIdMessage
  | EmptyMessage
  | UnreadMessage;

/** What was negotiated so far: it decides the form of several messages. */
export interface HandshakeContext {
  readonly dtls: boolean;
  /** As on the wire, of TLS or DTLS; 0x7fNN for TLS 1.3 drafts; 0 where no ServerHello was seen. */
  readonly version: number;
  readonly keyExchange: KeyExchangeForm;
}

/** Decodes the body of one handshake message by its type. Never fails as a whole: see each value's `fault`. */
export function decodeHandshake(type: number, body: Uint8Array, context: HandshakeContext): HandshakeMessage {
  const age = ageOf(context.version);
  switch (type) {
    case HANDSHAKE_TYPE.HELLO_REQUEST:
      return decodeEmptyMessage(body, 'hello-request');
    case HANDSHAKE_TYPE.CLIENT_HELLO:
      return decodeClientHello(body, context.dtls);
    case HANDSHAKE_TYPE.SERVER_HELLO:
      return decodeServerHello(body);
    case HANDSHAKE_TYPE.HELLO_VERIFY_REQUEST:
      return decodeHelloVerifyRequest(body);
    case HANDSHAKE_TYPE.NEW_SESSION_TICKET:
      return decodeNewSessionTicket(body, age === 'tls13');
    case HANDSHAKE_TYPE.END_OF_EARLY_DATA:
      return decodeEmptyMessage(body, 'end-of-early-data');
    case HANDSHAKE_TYPE.HELLO_RETRY_REQUEST:
      return decodeDraftHelloRetryRequest(body);
    case HANDSHAKE_TYPE.ENCRYPTED_EXTENSIONS:
      return decodeEncryptedExtensions(body);
    case HANDSHAKE_TYPE.REQUEST_CONNECTION_ID:
      return decodeConnectionIdMessage(body, 'request-connection-id');
    case HANDSHAKE_TYPE.NEW_CONNECTION_ID:
      return decodeConnectionIdMessage(body, 'new-connection-id');
    case HANDSHAKE_TYPE.CERTIFICATE:
      return decodeCertificate(body, age === 'tls13');
    case HANDSHAKE_TYPE.SERVER_KEY_EXCHANGE:
      return decodeServerKeyExchange(body, context.keyExchange, age === 'tls12');
    case HANDSHAKE_TYPE.CERTIFICATE_REQUEST:
      return decodeCertificateRequest(body, age === 'ssl3' ? 'tls11' : age);
    case HANDSHAKE_TYPE.SERVER_HELLO_DONE:
      return decodeEmptyMessage(body, 'server-hello-done');
    case HANDSHAKE_TYPE.CERTIFICATE_VERIFY:
      return decodeCertificateVerify(body, age === 'tls12' || age === 'tls13');
    case HANDSHAKE_TYPE.CLIENT_KEY_EXCHANGE:
      return decodeClientKeyExchange(body, context.keyExchange, age === 'ssl3');
    case HANDSHAKE_TYPE.FINISHED:
      return decodeFinished(body);
    case HANDSHAKE_TYPE.CERTIFICATE_STATUS:
      return decodeCertificateStatus(body);
    case HANDSHAKE_TYPE.SUPPLEMENTAL_DATA:
      return decodeSupplementalData(body);
    case HANDSHAKE_TYPE.KEY_UPDATE:
      return decodeKeyUpdate(body);
    case HANDSHAKE_TYPE.COMPRESSED_CERTIFICATE:
      return decodeCompressedCertificate(body);
    default:
      return { kind: 'unread', type, fault: null };
  }
}

/** The forms of messages change with these steps only. Unknown counts as TLS 1.2, the commonest by far. */
function ageOf(version: number): 'ssl3' | 'tls11' | 'tls12' | 'tls13' {
  switch (version) {
    case 0x0300:
      return 'ssl3';
    case 0x0301:
    case 0x0302:
    case 0xfeff:
    case 0x0100:
      return 'tls11';
    case 0x0304:
    case 0xfefc:
      return 'tls13';
    default:
      return version >>> 8 === 0x7f ? 'tls13' : 'tls12';
  }
}
