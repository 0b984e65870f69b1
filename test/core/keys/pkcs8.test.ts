import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { certificatesOfPkcs7 } from '../../../core/keys/pkcs7.ts';
import {
  decodeEncryptedPrivateKeyInfo,
  decodePrivateKeyInfo,
  wrapSec1Key,
} from '../../../core/keys/pkcs8.ts';
import { encodeElement, encodeSequence } from '../../../core/x509/der-encode.ts';
import { childrenOf, decodeElement, encodingOf } from '../../../core/x509/der.ts';
import { bytesOf } from '../node/keys/key-files.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ecPkcs8 = ec.privateKey.export({ type: 'pkcs8', format: 'der' });
const ecSec1 = ec.privateKey.export({ type: 'sec1', format: 'der' });
const ecSpki = ec.publicKey.export({ type: 'spki', format: 'der' });

function partsOf(der: Uint8Array): Uint8Array[] {
  const element = decodeElement(der);
  return element.kind === 'element' ? childrenOf(element).elements.map(encodingOf) : [];
}

describe('decodePrivateKeyInfo', () => {
  it('finds the public key of an EC key inside it', () => {
    const info = decodePrivateKeyInfo(ecPkcs8);
    expect(info).toMatchObject({ algorithm: 'ec', curve: 'P-384' });
    expect(Buffer.from(info?.spki ?? []).equals(ecSpki)).toBe(true);
  });

  it('does not invent one where there is none', () => {
    const [version, algorithm, octets] = partsOf(ecPkcs8);
    if (!version || !algorithm || !octets) throw new Error('no parts');
    const inner = decodeElement(octets);
    if (inner.kind === 'malformed') throw new Error(inner.reason);
    const bare = encodeSequence(...partsOf(octets.subarray(inner.contentStart)).slice(0, 2));
    const info = decodePrivateKeyInfo(encodeSequence(version, algorithm, encodeElement(4, bare)));
    expect(info).toMatchObject({ algorithm: 'ec', spki: null });
  });

  it('leaves attributes and version behind, which some libraries refuse', () => {
    const rsa = bytesOf('formats/server1.pkcs8.der');
    const [, algorithm, octets] = partsOf(rsa);
    if (!algorithm || !octets) throw new Error('no parts');
    const attribute = encodeElement(0xa0, encodeSequence(Uint8Array.of(6, 1, 0x2a)));
    const dressed = encodeSequence(Uint8Array.of(2, 1, 1), algorithm, octets, attribute);
    expect(Buffer.from(decodePrivateKeyInfo(dressed)?.plain ?? []).equals(rsa)).toBe(true);
  });

  it('finds the public key that RFC 5958 allows behind', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    const [, algorithm, octets] = partsOf(privateKey.export({ type: 'pkcs8', format: 'der' }));
    if (!algorithm || !octets) throw new Error('no parts');
    const point = encodeElement(0x81, Buffer.concat([Buffer.of(0), spki.subarray(-32)]));
    const info = decodePrivateKeyInfo(encodeSequence(Uint8Array.of(2, 1, 1), algorithm, octets, point));
    expect(Buffer.from(info?.spki ?? []).equals(spki)).toBe(true);
  });

  it('refuses other structures', () => {
    for (const bytes of [
      new Uint8Array(0),
      ecSec1,
      ecSpki,
      bytesOf('formats/server1.pkcs8-enc.der'),
      bytesOf('formats/server1.cert-only.der'),
    ])
      expect(decodePrivateKeyInfo(bytes)).toBeNull();
    expect(decodeEncryptedPrivateKeyInfo(ecPkcs8)).toBeNull();
    expect(decodeEncryptedPrivateKeyInfo(new Uint8Array(3))).toBeNull();
  });
});

describe('wrapSec1Key', () => {
  it('makes the PKCS#8 that the host makes', () => {
    const info = wrapSec1Key(ecSec1);
    expect(Buffer.from(info?.spki ?? []).equals(ecSpki)).toBe(true);
    expect(
      createPublicKey({ key: Buffer.from(ecSpki), type: 'spki', format: 'der' }).equals(ec.publicKey),
    ).toBe(true);
  });

  it('refuses a key that does not name its curve', () => {
    expect(wrapSec1Key(encodeSequence(...partsOf(ecSec1).slice(0, 2)))).toBeNull();
  });
});

it('takes the certificates out of PKCS#7', () => {
  const [certificate] = certificatesOfPkcs7(bytesOf('made/certificates.p7b'));
  expect(certificate?.[0]).toBe(0x30);
  expect(certificatesOfPkcs7(bytesOf('made/public.der'))).toEqual([]);
  expect(certificatesOfPkcs7(new Uint8Array(5))).toEqual([]);
});
