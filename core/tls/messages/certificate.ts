import { decodeExtensions } from './decode-extensions.ts';
import type { Extension } from './extension.ts';
import { type MessageFault, MessageReader } from './message-reader.ts';

/** One certificate of a chain as sent. */
export interface CertificateEntry {
  /** Where the DER lies in the body. */
  readonly offset: number;
  readonly length: number;
  readonly der: Uint8Array;
  /** TLS 1.3 only. */
  readonly extensions: readonly Extension[];
}

export interface CertificateMessage {
  readonly kind: 'certificate';
  /** TLS 1.3 only: empty but in answer to a request after the handshake. */
  readonly requestContext: Uint8Array | null;
  /** In the order sent; the sender's own is first. Empty where it has none to send. */
  readonly certificates: readonly CertificateEntry[];
  readonly fault: MessageFault | null;
}

/** More are not listed: no chain is longer, and a hostile message could hold millions of empty ones. */
export const MAX_CERTIFICATES = 256;

/** Decodes a Certificate's body: RFC 5246 §7.4.2 or, where `tls13`, RFC 8446 §4.4.2. */
export function decodeCertificate(body: Uint8Array, tls13: boolean): CertificateMessage {
  const reader = new MessageReader(body);
  const requestContext = tls13 ? reader.vector(1, 'certificate_request_context') : null;
  const certificates: CertificateEntry[] = [];
  const outer = reader.enter(3, 'the certificate list');
  while (reader.remaining > 0) {
    if (certificates.length === MAX_CERTIFICATES) {
      reader.fail(`more than ${MAX_CERTIFICATES} certificates`);
      break;
    }
    const der = reader.vector(3, 'certificate');
    const offset = reader.position - der.length;
    const extensions = tls13 ? decodeExtensions(reader, 'certificate') : [];
    certificates.push({ offset, length: der.length, der, extensions });
  }
  reader.leave(outer);
  reader.expectEnd();
  return { kind: 'certificate', requestContext, certificates, fault: reader.fault };
}

export interface CertificateStatus {
  readonly kind: 'certificate-status';
  /** 1: OCSP, 2: OCSP of several certificates (RFC 6961). */
  readonly statusType: number;
  readonly response: Uint8Array;
  readonly fault: MessageFault | null;
}

/** Decodes a CertificateStatus' body (RFC 6066 §8). */
export function decodeCertificateStatus(body: Uint8Array): CertificateStatus {
  const reader = new MessageReader(body);
  const statusType = reader.u8('status type');
  const response = reader.vector(3, 'OCSP response');
  reader.expectEnd();
  return { kind: 'certificate-status', statusType, response, fault: reader.fault };
}

export interface CompressedCertificate {
  readonly kind: 'compressed-certificate';
  /** 1 zlib, 2 brotli, 3 zstd. */
  readonly algorithm: number;
  readonly uncompressedLength: number;
  readonly compressed: Uint8Array;
  readonly fault: MessageFault | null;
}

/** Decodes a CompressedCertificate's body (RFC 8879 §4). */
export function decodeCompressedCertificate(body: Uint8Array): CompressedCertificate {
  const reader = new MessageReader(body);
  const algorithm = reader.u16('compression algorithm');
  const uncompressedLength = reader.u24('uncompressed length');
  const compressed = reader.vector(3, 'compressed certificate');
  reader.expectEnd();
  return { kind: 'compressed-certificate', algorithm, uncompressedLength, compressed, fault: reader.fault };
}
