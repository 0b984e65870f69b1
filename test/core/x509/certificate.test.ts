import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCertificate, formatFingerprint } from '../../../core/x509/certificate.ts';
import { CERTIFICATES, certificateOf, derOf } from './certificate-files.ts';

/** What OpenSSL says of each certificate (made by make.sh beside it), by file name. */
const OPENSSL = new Map(
  readFileSync(join(CERTIFICATES, 'openssl-says.txt'), 'utf8')
    .split(/^== /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text]),
);

const PURPOSES = new Map([
  ['TLS Web Server Authentication', 'serverAuth'],
  ['TLS Web Client Authentication', 'clientAuth'],
  ['1.3.6.1.5.5.7.3.20', 'sipDomain'],
]);
const USAGES = new Map([
  ['Digital Signature', 'digitalSignature'],
  ['Key Agreement', 'keyAgreement'],
  ['Certificate Sign', 'keyCertSign'],
  ['CRL Sign', 'cRLSign'],
]);

describe.each([...OPENSSL])('%s', (file, said) => {
  const certificate = certificateOf(file);
  const after = (title: string): string | undefined =>
    new RegExp(`${title}:[^\\n]*\\n\\s+([^\\n]*)`).exec(said)?.[1];
  const value = (title: string): string => new RegExp(`^${title}=(.*)$`, 'm').exec(said)?.[1] ?? 'missing';

  it('has the names, times and numbers that OpenSSL prints', () => {
    // OpenSSL also turns round the values within one relative name, which RFC 4514 leaves open.
    const sorted = (name: string): string =>
      name
        .split(/(?<!\\)\+/)
        .sort()
        .join('+');
    if (file === 'odd-name.pem')
      expect(certificate.subject.text).toBe(
        String.raw`emailAddress=a@b.example,CN=\ leading #and trailing\ ,OU=back\\slash+UID=u\+1,O=Semi\;colon\, \"quoted\" \<less\>,C=US`,
      );
    else expect(sorted(certificate.subject.text)).toBe(sorted(value('subject')));
    if (file !== 'odd-name.pem') expect(certificate.issuer.text).toBe(value('issuer'));
    expect(certificate.serial.replaceAll(':', '').toUpperCase()).toBe(value('serial'));
    expect(certificate.notBefore.text).toBe(value('notBefore').replace(' ', 'T'));
    expect(certificate.notAfter.text).toBe(value('notAfter').replace(' ', 'T'));
    expect(certificate.notAfter.seconds).toBe(Date.parse(certificate.notAfter.text) / 1000);
  });

  it('has the fingerprints that OpenSSL prints', () => {
    expect(formatFingerprint(certificate.sha256).toUpperCase()).toBe(value('sha256 Fingerprint'));
    expect(said).toContain(certificate.sha256OfPublicKey);
  });

  it('has the signature algorithm and key size that OpenSSL prints', () => {
    const algorithm = /Signature Algorithm: (\S+)/.exec(said)?.[1] ?? '';
    const expected = algorithm === 'dsa_with_SHA256' ? 'dsa-with-SHA256' : algorithm.replace(/^ED/, 'Ed');
    if (algorithm === 'rsassaPss') expect(certificate.signature.name).toMatch(/^RSASSA-PSS/);
    else expect(certificate.signature.name.toLowerCase()).toBe(expected.toLowerCase());
    const bits = /Public-Key: \((\d+) bit\)/.exec(said)?.[1];
    if (bits !== undefined && file !== 'explicit-curve.pem')
      expect(certificate.publicKey.bits).toBe(Number(bits));
  });

  it('has the extensions that OpenSSL prints', () => {
    const { extensions } = certificate;
    expect(extensions.faults).toEqual([]);
    const identifier = (title: string): string | null =>
      after(title)?.trim().replaceAll(':', '').toLowerCase() ?? null;
    expect(extensions.subjectKeyIdentifier).toBe(identifier('Subject Key Identifier'));
    if (extensions.authorityKeyIdentifier !== null)
      expect(identifier('Authority Key Identifier')).toContain(extensions.authorityKeyIdentifier);
    const constraints = after('Basic Constraints');
    expect(extensions.basicConstraints?.ca).toBe(constraints?.includes('CA:TRUE'));
    const list = (title: string, names: ReadonlyMap<string, string>): string[] | null =>
      after(title)
        ?.split(', ')
        .map((name) => names.get(name.trim()) ?? name.trim()) ?? null;
    expect(extensions.keyUsage).toEqual(list('X509v3 Key Usage', USAGES));
    expect(extensions.extKeyUsage).toEqual(list('Extended Key Usage', PURPOSES));
  });

  it('agrees with the host on the public key', () => {
    const host = new X509Certificate(derOf(file));
    const spki = host.publicKey.export({ type: 'spki', format: 'der' });
    expect(Buffer.from(certificate.publicKey.spki).equals(spki)).toBe(true);
    expect(certificate.selfIssued).toBe(host.subject === host.issuer);
  });
});

describe('single fields', () => {
  it('reads every kind of alternative name', () => {
    expect(certificateOf('ec-p384-all-names.pem').extensions.names).toEqual([
      { kind: 'dns', value: 'sip.example.com' },
      { kind: 'dns', value: '*.example.net' },
      { kind: 'ip', value: '192.0.2.5' },
      { kind: 'ip', value: '2001:db8::5' },
      { kind: 'uri', value: 'sip:example.org' },
      { kind: 'email', value: 'voice@example.com' },
      { kind: 'other', value: '1.3.6.1.4.1.311.20.2.3:user@example' },
    ]);
  });

  it('reads where the issuer is, and names critical extensions that it does not know', () => {
    const { extensions } = certificateOf('ec-p384-all-names.pem');
    expect(extensions.caIssuers).toEqual(['http://ca.example/ca.crt']);
    expect(extensions.ocsp).toEqual(['http://ocsp.example']);
    expect(extensions.crlDistributionPoints).toEqual(['http://ca.example/a.crl']);
    expect(extensions.unknownCritical).toEqual(['1.2.3.4.5']);
    expect(certificateOf('ca-path-length.pem').extensions.basicConstraints).toEqual({
      ca: true,
      pathLength: 3,
    });
  });

  it.each([
    ['rsa-pss-sha256.pem', 'RSASSA-PSS with SHA-256, MGF1 SHA-256, salt 32', 'sha256'],
    ['rsa-pss-sha1.pem', 'RSASSA-PSS with SHA-1, MGF1 SHA-1, salt 20', 'sha1'],
    ['rsa-pss-sha384-mgf-sha256.pem', 'RSASSA-PSS with SHA-384, MGF1 SHA-256, salt 48', 'sha384'],
    ['lab-client-md5.pem', 'md5WithRSAEncryption', 'md5'],
  ])('says how %s is signed', (file, name, hash) => {
    expect(certificateOf(file).signature).toMatchObject({ name, hash, key: 'rsa' });
  });

  it.each([
    ['lab-server1.pem', 'RSA 2048', 2048, 256],
    ['rsa-512.pem', 'RSA 512', 512, 64],
    ['rsa-pss-key.pem', 'RSA-PSS 2048', 2048, 256],
    ['lab-server-ec.pem', 'EC P-256', 256, null],
    ['ec-p384-all-names.pem', 'EC P-384', 384, null],
    ['brainpool.pem', 'EC brainpoolP256r1', 256, null],
    ['explicit-curve.pem', 'EC with explicit parameters', null, null],
    ['ed25519.pem', 'Ed25519', 256, null],
    ['ed448.pem', 'Ed448', 456, null],
    ['dsa.pem', 'DSA 1024', 1024, null],
  ])('describes the key of %s', (file, description, bits, modulusLength) => {
    expect(certificateOf(file).publicKey).toMatchObject({ description, bits, modulusLength });
  });

  it('keeps a serial number of one byte and a version 1 certificate', () => {
    expect(certificateOf('rsa-512.pem')).toMatchObject({
      serial: '01',
      subject: { text: '', commonName: null },
    });
    expect(certificateOf('version1.pem')).toMatchObject({ version: 1, serial: 'ff' });
  });
});

describe('broken certificates', () => {
  const der = derOf('lab-server1.pem');

  it('keeps what stands before the cut', () => {
    const cut = decodeCertificate(der.subarray(0, 250));
    if (cut.kind !== 'malformed') throw new Error('a cut certificate was taken for whole');
    expect(cut.issuer?.commonName).toBe('Lab Root CA');
    expect(cut.subject?.commonName).toBe('sip.lab.example');
    expect(cut.publicKey).toBeNull();
  });

  it('keeps the public key where only the signature is lost', () => {
    const cut = decodeCertificate(der.subarray(0, der.length - 100));
    expect(cut).toMatchObject({
      kind: 'malformed',
      sha256OfPublicKey: certificateOf('lab-server1.pem').sha256OfPublicKey,
    });
  });

  it('names the field that cannot be read and keeps the others', () => {
    const broken = der.slice();
    // The tag of the first time becomes a NULL's.
    const time = broken.findIndex((byte, at) => byte === 0x17 && broken[at + 1] === 13);
    broken[time] = 0x05;
    const outcome = decodeCertificate(broken);
    expect(outcome).toMatchObject({ kind: 'malformed', reason: 'its period of validity cannot be read' });
    expect(outcome.subject?.commonName).toBe('sip.lab.example');
  });

  it('never throws, whatever the bytes', () => {
    const sources = ['lab-server1.pem', 'ec-p384-all-names.pem', 'rsa-pss-sha256.pem', 'odd-name.pem'].map(
      derOf,
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.nat(),
        (source, changes, cut) => {
          const bytes = source.slice(0, cut % 3 === 0 ? cut % source.length : source.length);
          for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
          const outcome = decodeCertificate(bytes);
          expect(['certificate', 'malformed']).toContain(outcome.kind);
        },
      ),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decodeCertificate(bytes).kind).toBe('malformed');
      }),
    );
  });

  it('gives the same whatever stands behind it', () => {
    const longer = Uint8Array.from([...der, 1, 2, 3]);
    expect(decodeCertificate(longer)).toMatchObject({
      kind: 'certificate',
      sha256: certificateOf('lab-server1.pem').sha256,
    });
  });
});
