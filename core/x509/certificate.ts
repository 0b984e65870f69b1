/** X.509 certificates (RFC 5280), also those that are broken: what could be read of them is kept. */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { encodeHex } from '../bytes/hex.ts';
import type { PublicKeyInfo, SignatureAlgorithm } from './algorithms.ts';
import { decodePublicKeyInfo, decodeSignatureAlgorithm } from './algorithms.ts';
import type { DerElement } from './der.ts';
import {
  bitsOf,
  childrenOf,
  contentOf,
  decodeElement,
  DER,
  encodingOf,
  isContext,
  isUniversal,
  smallIntegerOf,
} from './der.ts';
import type { CertificateExtensions } from './extensions.ts';
import { decodeExtensions } from './extensions.ts';
import type { DistinguishedName } from './names.ts';
import { decodeName, sameName } from './names.ts';
import type { CertificateTime } from './time.ts';
import { decodeTime } from './time.ts';

/** SHA-256 of bytes. The host may bring its own; the default is pure TypeScript. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

export interface Certificate {
  readonly kind: 'certificate';
  /** The whole encoding; a view of what was given. */
  readonly der: Uint8Array;
  readonly version: number;
  /** Pairs of hexadecimal digits with colons, as in the encoding ("0a:1b:2c"). */
  readonly serial: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly notBefore: CertificateTime;
  readonly notAfter: CertificateTime;
  readonly publicKey: PublicKeyInfo;
  readonly signature: SignatureAlgorithm;
  readonly extensions: CertificateExtensions;
  /** Subject and issuer are the same name: a root or a self-signed certificate, unless a key identifier says otherwise. */
  readonly selfIssued: boolean;
  /** Lower-case hexadecimal SHA-256 of the certificate and of its DER SubjectPublicKeyInfo. */
  readonly sha256: string;
  readonly sha256OfPublicKey: string;
  /** What is signed, and the signature; views. */
  readonly signedPart: Uint8Array;
  readonly signatureValue: Uint8Array;
}

/** A certificate that cannot be read whole. `null` where a part could not be. */
export interface MalformedCertificate {
  readonly kind: 'malformed';
  readonly der: Uint8Array;
  /** A part of a sentence, and where in the bytes. */
  readonly reason: string;
  readonly offset: number;
  readonly sha256: string;
  readonly serial: string | null;
  readonly subject: DistinguishedName | null;
  readonly issuer: DistinguishedName | null;
  readonly notBefore: CertificateTime | null;
  readonly notAfter: CertificateTime | null;
  readonly publicKey: PublicKeyInfo | null;
  readonly sha256OfPublicKey: string | null;
  readonly signature: SignatureAlgorithm | null;
}

/** Decodes one certificate; bytes behind it are ignored. Never throws. */
export function decodeCertificate(
  bytes: Uint8Array,
  sha256: Sha256 = nobleSha256,
): Certificate | MalformedCertificate {
  const whole = decodeElement(bytes);
  if (whole.kind === 'malformed') {
    const headless = beginningOf(bytes);
    return malformed(headless, bytes, sha256, { reason: whole.reason, offset: whole.offset });
  }
  const der = encodingOf(whole);
  const outer = childrenOf(whole);
  const [body, algorithm, signatureBits] = outer.elements;
  if (!isUniversal(whole, DER.sequence) || !isUniversal(body, DER.sequence))
    return malformed(null, der, sha256, { reason: 'it is no certificate', offset: 0 });
  const fields = readFields(body);
  const signature = decodeSignatureAlgorithm(algorithm) ?? fields.innerSignature;
  const signatureValue = bitsOf(signatureBits);
  const { serial, issuer, notBefore, notAfter, subject, publicKey } = fields;
  if (
    fields.fault !== null ||
    serial === null ||
    issuer === null ||
    notBefore === null ||
    notAfter === null ||
    subject === null ||
    publicKey === null
  )
    return malformed(fields, der, sha256, fields.fault ?? NOTHING_NAMED);
  if (signature === null || signatureValue === null) {
    const at = outer.fault ?? { reason: 'the signature is missing', offset: body.end };
    return malformed(fields, der, sha256, at);
  }
  return {
    kind: 'certificate',
    der,
    version: fields.version,
    serial,
    subject,
    issuer,
    notBefore,
    notAfter,
    publicKey,
    signature,
    extensions: decodeExtensions(fields.extensions),
    selfIssued: sameName(subject, issuer),
    sha256: encodeHex(sha256(der)),
    sha256OfPublicKey: encodeHex(sha256(publicKey.spki)),
    signedPart: encodingOf(body),
    signatureValue: signatureValue.bytes,
  };
}

/** "ab:cd:…" of lower-case hexadecimal: a fingerprint as people compare it. */
export function formatFingerprint(hex: string): string {
  return hex.replace(/(..)(?!$)/g, '$1:');
}

interface Fields {
  version: number;
  serial: string | null;
  innerSignature: SignatureAlgorithm | null;
  issuer: DistinguishedName | null;
  notBefore: CertificateTime | null;
  notAfter: CertificateTime | null;
  subject: DistinguishedName | null;
  publicKey: PublicKeyInfo | null;
  extensions: DerElement | undefined;
  fault: { readonly reason: string; readonly offset: number } | null;
}

const NOTHING_NAMED = { reason: 'a part is missing', offset: 0 };

/** The fields of TBSCertificate in their order (RFC 5280 §4.1); each that cannot be read is null and named once. */
function readFields(body: DerElement): Fields {
  const { elements, fault } = childrenOf(body);
  let at = 0;
  let version = 1;
  const first = elements[0];
  if (isContext(first, 0)) {
    version = (smallIntegerOf(childrenOf(first).elements[0]) ?? 0) + 1;
    at = 1;
  }
  const [serial, algorithm, issuer, validity, subject, key, ...rest] = elements.slice(at);
  const [notBefore, notAfter] = validity === undefined ? [] : childrenOf(validity).elements;
  const wrapped = rest.find((element) => isContext(element, 3));
  const fields: Fields = {
    version,
    serial: isUniversal(serial, DER.integer) ? formatSerial(contentOf(serial)) : null,
    innerSignature: decodeSignatureAlgorithm(algorithm),
    issuer: decodeName(issuer),
    notBefore: decodeTime(notBefore),
    notAfter: decodeTime(notAfter),
    subject: decodeName(subject),
    publicKey: decodePublicKeyInfo(key),
    extensions: wrapped === undefined ? undefined : childrenOf(wrapped).elements[0],
    fault: null,
  };
  fields.fault = fault ?? firstUnreadable(fields, body);
  return fields;
}

function firstUnreadable(fields: Fields, body: DerElement): Fields['fault'] {
  const unreadable = (what: string): Fields['fault'] => ({
    reason: `its ${what} cannot be read`,
    offset: body.contentStart,
  });
  if (fields.serial === null) return unreadable('serial number');
  if (fields.issuer === null) return unreadable('issuer');
  if (fields.notBefore === null || fields.notAfter === null) return unreadable('period of validity');
  if (fields.subject === null) return unreadable('subject');
  return fields.publicKey === null ? unreadable('public key') : null;
}

/** Where the bytes end early: the fields that stand before the cut. */
function beginningOf(bytes: Uint8Array): Fields | null {
  const body = insideOf(bytes, insideOf(bytes, 0));
  if (body === null) return null;
  const cut: DerElement = {
    kind: 'element',
    source: bytes,
    tagClass: 0,
    tagNumber: DER.sequence,
    constructed: true,
    start: body,
    contentStart: body,
    contentEnd: bytes.length,
    end: bytes.length,
  };
  return readFields(cut);
}

/** Offset of the content of the SEQUENCE at `offset`, whatever its length says. */
function insideOf(bytes: Uint8Array, offset: number | null): number | null {
  if (offset === null || bytes[offset] !== 0x30) return null;
  const length = bytes[offset + 1] ?? 0;
  const inside = offset + 2 + (length > 0x80 ? length & 0x7f : 0);
  return inside < bytes.length ? inside : null;
}

function malformed(
  fields: Fields | null,
  der: Uint8Array,
  sha256: Sha256,
  fault: { readonly reason: string; readonly offset: number },
): MalformedCertificate {
  const publicKey = fields?.publicKey ?? null;
  return {
    kind: 'malformed',
    der,
    reason: fault.reason,
    offset: fault.offset,
    sha256: encodeHex(sha256(der)),
    serial: fields?.serial ?? null,
    subject: fields?.subject ?? null,
    issuer: fields?.issuer ?? null,
    notBefore: fields?.notBefore ?? null,
    notAfter: fields?.notAfter ?? null,
    publicKey,
    sha256OfPublicKey: publicKey === null ? null : encodeHex(sha256(publicKey.spki)),
    signature: fields?.innerSignature ?? null,
  };
}

function formatSerial(content: Uint8Array): string {
  // The sign byte in front of a high first bit is no part of the number as people write it.
  const from = content.length > 1 && content[0] === 0 ? 1 : 0;
  return formatFingerprint(encodeHex(content.subarray(from, 64)));
}
