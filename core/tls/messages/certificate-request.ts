import { decodeExtensions } from './decode-extensions.ts';
import type { Extension } from './extension.ts';
import { extensionOf } from './extension.ts';
import { type MessageFault, MessageReader } from './message-reader.ts';

export interface CertificateRequest {
  readonly kind: 'certificate-request';
  /** ClientCertificateType (1 RSA sign, 64 ECDSA sign …); empty in TLS 1.3. */
  readonly certificateTypes: readonly number[];
  /** Signature schemes the server takes; null where the version has no list (before TLS 1.2). */
  readonly signatureSchemes: readonly number[] | null;
  /** DER names of the CAs the server takes; empty: any. */
  readonly authorities: readonly Uint8Array[];
  /** TLS 1.3 only. */
  readonly requestContext: Uint8Array | null;
  readonly extensions: readonly Extension[];
  readonly fault: MessageFault | null;
}

/** Decodes a CertificateRequest's body in the form that the negotiated version has. */
export function decodeCertificateRequest(
  body: Uint8Array,
  form: 'tls13' | 'tls12' | 'tls11',
): CertificateRequest {
  const reader = new MessageReader(body);
  return form === 'tls13' ? decodeTls13(reader) : decodeOlder(reader, form === 'tls12');
}

/** RFC 8446 §4.3.2: all of it is in extensions. */
function decodeTls13(reader: MessageReader): CertificateRequest {
  const requestContext = reader.vector(1, 'certificate_request_context');
  const extensions = decodeExtensions(reader, 'certificate-request');
  reader.expectEnd();
  return {
    kind: 'certificate-request',
    certificateTypes: [],
    signatureSchemes: extensionOf(extensions, 'signature-algorithms')?.schemes ?? null,
    authorities: extensionOf(extensions, 'certificate-authorities')?.names ?? [],
    requestContext,
    extensions,
    fault: reader.fault,
  };
}

/** RFC 5246 §7.4.4; RFC 4346 §7.4.4 without the list of signature algorithms. */
function decodeOlder(reader: MessageReader, withSchemes: boolean): CertificateRequest {
  const certificateTypes = reader.u8List('certificate types');
  const signatureSchemes = withSchemes ? reader.u16List(2, 'signature algorithms') : null;
  const authorities: Uint8Array[] = [];
  const outer = reader.enter(2, 'certificate authorities');
  while (reader.remaining > 0) authorities.push(reader.vector(2, 'distinguished name'));
  reader.leave(outer);
  reader.expectEnd();
  return {
    kind: 'certificate-request',
    certificateTypes,
    signatureSchemes,
    authorities,
    requestContext: null,
    extensions: [],
    fault: reader.fault,
  };
}
