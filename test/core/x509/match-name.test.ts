import { describe, expect, it } from 'vitest';
import { matchDnsName, matchName, parseAddress } from '../../../core/x509/match-name.ts';
import { certificateOf } from './certificate-files.ts';

describe('matchName', () => {
  const certificate = certificateOf('ec-p384-all-names.pem');

  it.each([
    ['sip.example.com', 'dns'],
    ['SIP.Example.COM.', 'dns'],
    ['a.example.net', 'dns'],
    ['192.0.2.5', 'ip'],
    ['2001:DB8:0::5', 'ip'],
    ['[2001:db8::5]', 'ip'],
    ['example.org', 'uri'],
  ])('%s matches by %s', (host, by) => {
    expect(matchName(certificate, host)).toMatchObject({ matches: true, by });
  });

  it.each(['example.net', 'a.b.example.net', '192.0.2.6', '2001:db8::6', 'example.com', '', '*.example.net'])(
    '"%s" does not match',
    (host) => {
      expect(matchName(certificate, host)).toMatchObject({ matches: false, by: null });
    },
  );

  it('takes the common name only where there is no other, and says so', () => {
    expect(matchName(certificateOf('lab-ca.pem'), 'Lab Root CA')).toEqual({
      matches: true,
      by: 'common-name',
      presented: ['Lab Root CA'],
    });
    expect(matchName(certificateOf('lab-server1.pem'), 'localhost')).toMatchObject({ by: 'dns' });
  });
});

describe('matchDnsName (RFC 9525 §6.3)', () => {
  it.each([
    ['*.com', 'example.com'],
    ['*', 'localhost'],
    ['f*.example.com', 'foo.example.com'],
    ['*.*.example.com', 'a.b.example.com'],
    ['sip.*.com', 'sip.example.com'],
    ['*.example.com', '.example.com'],
    ['', ''],
  ])('%s is not for %s', (pattern, host) => {
    expect(matchDnsName(pattern, host)).toBe(false);
  });
});

it('reads addresses in every form and nothing else', () => {
  expect(parseAddress('::ffff:192.0.2.1')).toBe('0:0:0:0:0:ffff:c000:201');
  expect(parseAddress('fe80::1%eth0')).toBe('fe80:0:0:0:0:0:0:1');
  expect(parseAddress('1:2:3:4:5:6:7:8')).toBe('1:2:3:4:5:6:7:8');
  for (const text of [
    '256.1.1.1',
    '1.2.3',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '::12345',
    'host',
    '1:2:3:4:5:6:7:8::',
  ])
    expect(parseAddress(text)).toBeNull();
});
