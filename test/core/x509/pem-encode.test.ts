import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { encodePem } from '../../../core/x509/pem-encode.ts';
import { CERTIFICATES, derOf } from './certificate-files.ts';

it('writes what OpenSSL wrote', () => {
  const text = readFileSync(join(CERTIFICATES, 'lab-server1.pem'), 'latin1');
  expect(encodePem('CERTIFICATE', derOf('lab-server1.pem'))).toBe(text.slice(text.indexOf('-----BEGIN')));
});
