import type { KeyExchange } from '../tables/cipher-suites.ts';
import {
  CERTIFICATE,
  CERTIFICATE_REQUEST,
  CERTIFICATE_STATUS,
  CERTIFICATE_VERIFY,
  CLIENT_HELLO,
  CLIENT_KEY_EXCHANGE,
  ENCRYPTED_EXTENSIONS,
  END_OF_EARLY_DATA,
  FINISHED,
  HELLO_REQUEST,
  HELLO_VERIFY_REQUEST,
  KEY_UPDATE,
  NEW_SESSION_TICKET,
  SERVER_HELLO,
  SERVER_HELLO_DONE,
  SERVER_KEY_EXCHANGE,
} from '../tables/handshake-types.ts';
import { SSL_3_0, TLS_1_1, TLS_1_3, tlsVersionBehind } from '../tables/versions.ts';
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
import {
  type ClientKeyExchange,
  decodeClientKeyExchange,
  decodeServerKeyExchange,
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
  readonly keyExchange: KeyExchange;
}

/** Decodes the body of one handshake message by its type. Never fails as a whole: see each value's `fault`. */
export function decodeHandshake(type: number, body: Uint8Array, context: HandshakeContext): HandshakeMessage {
  const age = ageOf(context.version);
  switch (type) {
    case HELLO_REQUEST:
      return decodeEmptyMessage(body, 'hello-request');
    case CLIENT_HELLO:
      return decodeClientHello(body, context.dtls);
    case SERVER_HELLO:
      return decodeServerHello(body);
    case HELLO_VERIFY_REQUEST:
      return decodeHelloVerifyRequest(body);
    case NEW_SESSION_TICKET:
      return decodeNewSessionTicket(body, age === 'tls13');
    case END_OF_EARLY_DATA:
      return decodeEmptyMessage(body, 'end-of-early-data');
    case HELLO_RETRY_REQUEST:
      return decodeDraftHelloRetryRequest(body);
    case ENCRYPTED_EXTENSIONS:
      return decodeEncryptedExtensions(body);
    case REQUEST_CONNECTION_ID:
      return decodeConnectionIdMessage(body, 'request-connection-id');
    case NEW_CONNECTION_ID:
      return decodeConnectionIdMessage(body, 'new-connection-id');
    case CERTIFICATE:
      return decodeCertificate(body, age === 'tls13');
    case SERVER_KEY_EXCHANGE:
      return decodeServerKeyExchange(body, context.keyExchange, age === 'tls12');
    case CERTIFICATE_REQUEST:
      return decodeCertificateRequest(body, age === 'ssl3' ? 'tls11' : age);
    case SERVER_HELLO_DONE:
      return decodeEmptyMessage(body, 'server-hello-done');
    case CERTIFICATE_VERIFY:
      return decodeCertificateVerify(body, age === 'tls12' || age === 'tls13');
    case CLIENT_KEY_EXCHANGE:
      return decodeClientKeyExchange(body, context.keyExchange, age === 'ssl3');
    case FINISHED:
      return decodeFinished(body);
    case CERTIFICATE_STATUS:
      return decodeCertificateStatus(body);
    case SUPPLEMENTAL_DATA:
      return decodeSupplementalData(body);
    case KEY_UPDATE:
      return decodeKeyUpdate(body);
    case COMPRESSED_CERTIFICATE:
      return decodeCompressedCertificate(body);
    default:
      return { kind: 'unread', type, fault: null };
  }
}

/** The forms of messages change with these steps only. Unknown counts as TLS 1.2, the commonest by far. */
function ageOf(version: number): 'ssl3' | 'tls11' | 'tls12' | 'tls13' {
  const behind = tlsVersionBehind(version);
  if (behind === TLS_1_3) return 'tls13';
  if (behind === SSL_3_0) return 'ssl3';
  return behind > SSL_3_0 && behind <= TLS_1_1 ? 'tls11' : 'tls12';
}

const COMPRESSED_CERTIFICATE = 25;
const HELLO_RETRY_REQUEST = 6;
const NEW_CONNECTION_ID = 10;
const REQUEST_CONNECTION_ID = 9;
const SUPPLEMENTAL_DATA = 23;
