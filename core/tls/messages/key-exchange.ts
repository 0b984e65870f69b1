import { u16be } from '../../bytes/reader.ts';
import type { KeyExchange } from '../tables/cipher-suites.ts';
import { type MessageFault, MessageReader } from './message-reader.ts';

export interface ServerKeyExchange {
  readonly kind: 'server-key-exchange';
  /** PSK suites only; a hint may be empty. */
  readonly pskHint: Uint8Array | null;
  /** 3: a named group, see `group`; 1, 2: curve given by its parameters; null without EC. */
  readonly curveType: number | null;
  readonly group: number | null;
  /** Bits of the prime, for DH; of the modulus, for RSA_EXPORT. */
  readonly bits: number | null;
  readonly publicValue: Uint8Array | null;
  /** TLS 1.2 and later; null before, and where nothing is signed. */
  readonly signatureScheme: number | null;
  readonly signature: Uint8Array | null;
  readonly fault: MessageFault | null;
}

/** Decodes a ServerKeyExchange's body. `withScheme`: TLS 1.2 or DTLS 1.2, which name the signature's algorithm. */
export function decodeServerKeyExchange(
  body: Uint8Array,
  keyExchange: KeyExchange,
  withScheme: boolean,
): ServerKeyExchange {
  const reader = new MessageReader(body);
  const { parameters, psk, signed: signs } = formOf(keyExchange);
  const pskHint = psk ? reader.vector(2, 'psk_identity_hint') : null;
  let curveType: number | null = null;
  let group: number | null = null;
  let bits: number | null = null;
  let publicValue: Uint8Array | null = null;
  if (parameters === 'ecdh') {
    // RFC 8422 §5.4
    curveType = reader.u8('curve type');
    if (curveType === 3) {
      group = reader.u16('named curve');
      publicValue = reader.vector(1, 'public key');
    } else {
      reader.fail(`curve type ${curveType} is not supported`);
      reader.rest();
    }
  } else if (parameters === 'dh') {
    // RFC 5246 §7.4.3
    bits = bitLength(reader.vector(2, 'dh_p'));
    reader.vector(2, 'dh_g');
    publicValue = reader.vector(2, 'dh_Ys');
  } else if (keyExchange === 'rsa-export') {
    bits = bitLength(reader.vector(2, 'rsa_modulus'));
    reader.vector(2, 'rsa_exponent');
  } else if (parameters === 'srp') {
    // RFC 5054 §2.5.3
    bits = bitLength(reader.vector(2, 'srp_N'));
    reader.vector(2, 'srp_g');
    reader.vector(1, 'srp_s');
    publicValue = reader.vector(2, 'srp_B');
  }
  const signed = signs && reader.remaining > 0;
  const signatureScheme = signed && withScheme ? reader.u16('signature algorithm') : null;
  const signature = signed ? reader.vector(2, 'signature') : null;
  if (parameters !== 'unknown') reader.expectEnd();
  return {
    kind: 'server-key-exchange',
    pskHint,
    curveType,
    group,
    bits,
    publicValue,
    signatureScheme,
    signature,
    fault: reader.fault,
  };
}

export interface ClientKeyExchange {
  readonly kind: 'client-key-exchange';
  readonly pskIdentity: Uint8Array | null;
  /** RSA and RSA-PSK: as long as the server key's modulus. */
  readonly encryptedPreMaster: Uint8Array | null;
  readonly publicValue: Uint8Array | null;
  readonly fault: MessageFault | null;
}

/** Decodes a ClientKeyExchange's body. `ssl3`: SSL 3.0, where the encrypted pre-master has no length before it. */
export function decodeClientKeyExchange(
  body: Uint8Array,
  keyExchange: KeyExchange,
  ssl3: boolean,
): ClientKeyExchange {
  const reader = new MessageReader(body);
  let pskIdentity: Uint8Array | null = null;
  let encryptedPreMaster: Uint8Array | null = null;
  let publicValue: Uint8Array | null = null;
  const { parameters, psk } = formOf(keyExchange);
  if (psk) pskIdentity = reader.vector(2, 'psk_identity');
  switch (parameters) {
    case 'rsa':
      encryptedPreMaster = decodeEncryptedPreMaster(reader, ssl3);
      break;
    case 'ecdh':
      publicValue = reader.remaining > 0 ? reader.vector(1, 'public key') : null;
      break;
    case 'dh':
      publicValue = reader.remaining > 0 ? reader.vector(2, 'dh_Yc') : null;
      break;
    case 'srp':
      publicValue = reader.vector(2, 'srp_A');
      break;
    case 'none':
      break;
    case 'unknown':
      // Without a suite its form tells: a length that fits and a size that an RSA modulus can have.
      if (looksLikeRsa(reader)) encryptedPreMaster = decodeEncryptedPreMaster(reader, false);
      break;
  }
  if (parameters !== 'unknown') reader.expectEnd();
  return { kind: 'client-key-exchange', pskIdentity, encryptedPreMaster, publicValue, fault: reader.fault };
}

interface ExchangeForm {
  readonly parameters: 'none' | 'rsa' | 'dh' | 'ecdh' | 'srp' | 'unknown';
  readonly psk: boolean;
  /** The ServerKeyExchange ends with a signature. */
  readonly signed: boolean;
}

/** What the negotiated suite makes of both messages; their bytes do not say it themselves. */
function formOf(keyExchange: KeyExchange): ExchangeForm {
  switch (keyExchange) {
    case 'rsa':
    case 'rsa-export':
      return { parameters: 'rsa', psk: false, signed: true };
    case 'dh-rsa':
    case 'dh-dss':
    case 'dhe-rsa':
    case 'dhe-dss':
      return { parameters: 'dh', psk: false, signed: true };
    case 'dh-anon':
      return { parameters: 'dh', psk: false, signed: false };
    case 'ecdh-rsa':
    case 'ecdh-ecdsa':
    case 'ecdhe-rsa':
    case 'ecdhe-ecdsa':
      return { parameters: 'ecdh', psk: false, signed: true };
    case 'ecdh-anon':
      return { parameters: 'ecdh', psk: false, signed: false };
    case 'psk':
      return { parameters: 'none', psk: true, signed: false };
    case 'rsa-psk':
      return { parameters: 'rsa', psk: true, signed: false };
    case 'dhe-psk':
      return { parameters: 'dh', psk: true, signed: false };
    case 'ecdhe-psk':
      return { parameters: 'ecdh', psk: true, signed: false };
    case 'srp':
      return { parameters: 'srp', psk: false, signed: false };
    case 'srp-rsa':
    case 'srp-dss':
      return { parameters: 'srp', psk: false, signed: true };
    default:
      return { parameters: 'unknown', psk: false, signed: false };
  }
}

/** RFC 5246 §7.4.7.1: a 16-bit length stands before it, which SSL 3.0 does not have and some old TLS clients forget. */
function decodeEncryptedPreMaster(reader: MessageReader, ssl3: boolean): Uint8Array {
  const length = u16be(reader.bytes, reader.position);
  const fits = reader.remaining >= 2 && length === reader.remaining - 2;
  const whole = reader.remaining % 64 === 0;
  return !fits && (ssl3 || whole) ? reader.rest() : reader.vector(2, 'encrypted pre-master secret');
}

function looksLikeRsa(reader: MessageReader): boolean {
  const length = u16be(reader.bytes, reader.position);
  return length === reader.remaining - 2 && length >= 64 && length <= 2048 && length % 64 === 0;
}

/** Bits of an unsigned big-endian number. */
function bitLength(number: Uint8Array): number {
  let at = 0;
  while (at < number.length && number[at] === 0) at++;
  return at === number.length ? 0 : (number.length - at) * 8 - Math.clz32(number[at]!) + 24;
}
