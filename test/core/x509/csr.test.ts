import { expect, it } from 'vitest';
import { decodeCertificateRequest } from '../../../core/x509/csr.ts';
import { derOf } from './certificate-files.ts';

it('reads the subject, the key and the names asked for', () => {
  expect(decodeCertificateRequest(derOf('request.csr.pem'))).toMatchObject({
    kind: 'certificate-request',
    subject: { text: 'CN=new.example' },
    publicKey: { description: 'RSA 2048' },
    names: [
      { kind: 'dns', value: 'new.example' },
      { kind: 'ip', value: '192.0.2.9' },
    ],
  });
});

it('refuses a certificate and cut bytes', () => {
  expect(decodeCertificateRequest(derOf('lab-server1.pem')).kind).toBe('malformed');
  const der = derOf('request.csr.pem');
  for (let length = 0; length < der.length; length += 7)
    expect(decodeCertificateRequest(der.subarray(0, length)).kind).toBe('malformed');
});
