import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseContentType,
  parseCredentials,
  parseCSeq,
  parseNameAddress,
  parseVia,
} from '../../../../core/app/sip/parse-header.ts';
import { parseSipUri, userOfUri } from '../../../../core/app/sip/parse-uri.ts';
import { splitList } from '../../../../core/app/sip/split-list.ts';

describe('parseNameAddress', () => {
  it('tells the parameters of the URI from those of the header', () => {
    const inside = parseNameAddress(
      '"Bob, the \\"B\\"" <sip:bob@b.example;transport=tls>;tag=1;Expires=3600',
    );
    expect(inside?.displayName).toBe('Bob, the "B"');
    expect(inside?.uri).toBe('sip:bob@b.example;transport=tls');
    expect([...(inside?.parameters ?? [])]).toEqual([
      ['tag', '1'],
      ['expires', '3600'],
    ]);
    // Without brackets they are the header's (RFC 3261 §20.10).
    const bare = parseNameAddress('sip:bob@b.example;tag=2');
    expect([bare?.uri, bare?.parameters.get('tag')]).toEqual(['sip:bob@b.example', '2']);
  });

  it('finds the address behind a quote that is never closed, and behind escaped ones', () => {
    expect(parseNameAddress('"Mr. J. User <sip:j.user@example.com>')?.uri).toBe('sip:j.user@example.com');
    expect(parseNameAddress('\\"arik\\" <sip:1@a.example>')?.uri).toBe('sip:1@a.example');
    expect(parseNameAddress('Bob <sip:bob@b.example')?.uri).toBe('sip:bob@b.example');
    expect(parseNameAddress('')).toBeNull();
  });
});

describe('parseSipUri', () => {
  it('reads user, host, port and parameters', () => {
    expect(parseSipUri('sips:+49-30;ext=5@pbx.example:5071;lr;maddr=192.0.2.1?Subject=x')).toMatchObject({
      scheme: 'sips',
      user: '+49-30;ext=5',
      host: 'pbx.example',
      port: 5071,
      headers: 'Subject=x',
    });
    expect(parseSipUri('sip:[2001:db8::1]:5060')).toMatchObject({
      user: '',
      host: '2001:db8::1',
      port: 5060,
    });
    expect(parseSipUri('tel:+1-201-555-0123;phone-context=example.com')).toMatchObject({
      scheme: 'tel',
      user: '+1-201-555-0123',
    });
    expect(parseSipUri('urn:service:sos')).toMatchObject({ scheme: 'urn', user: 'service:sos' });
    for (const text of ['', 'no uri', 'sip:a@b:99999', '1sip:a']) expect(parseSipUri(text)).toBeNull();
  });

  it('leaves a password out', () => {
    expect(JSON.stringify(parseSipUri('sip:alice:secretword@atlanta.com'))).not.toContain('secretword');
  });

  it('gives the user for lists, with escapes undone where they can be', () => {
    expect(userOfUri('sip:j%40son@example.com')).toBe('j@son');
    expect(userOfUri('sip:%ZZ@example.com')).toBe('%ZZ');
    expect(userOfUri('sip:example.com')).toBe('example.com');
    expect(userOfUri('nonsense')).toBe('nonsense');
  });
});

describe('other headers', () => {
  it('Via, CSeq, credentials, content types', () => {
    expect(
      parseVia('SIP/2.0/TLS [2001:db8::9]:5061;branch=z9hG4bK1;received=192.0.2.7;rport=4711'),
    ).toMatchObject({
      transport: 'TLS',
      host: '2001:db8::9',
      port: 5061,
      branch: 'z9hG4bK1',
      received: '192.0.2.7',
      rport: '4711',
    });
    expect(parseVia('SIP/2.0')).toBeNull();
    expect(parseCSeq('0009   INVITE')).toEqual({ number: 9, method: 'INVITE' });
    expect(parseCSeq('INVITE 9')).toBeNull();
    const digest = parseCredentials('Digest username="bob", realm="a, b", nc=00000001');
    expect(digest?.scheme).toBe('Digest');
    expect([...(digest?.parameters ?? [])]).toEqual([
      ['username', 'bob'],
      ['realm', 'a, b'],
      ['nc', '00000001'],
    ]);
    expect(parseContentType('Multipart / Mixed ; Boundary="x;y"')).toMatchObject({ type: 'multipart/mixed' });
    expect(parseContentType('multipart/mixed;boundary="x;y"').parameters.get('boundary')).toBe('x;y');
  });

  it('any text gives something or null, never an error', () => {
    const text = fc.string({ unit: fc.constantFrom(...'"<>;,=\\ /:@?[]ab1SIP') });
    fc.assert(
      fc.property(text, (value) => {
        parseNameAddress(value);
        parseVia(value);
        parseCSeq(value);
        parseCredentials(value);
        parseContentType(value);
        userOfUri(value);
        for (const part of splitList(value, ',')) expect(value).toContain(part);
      }),
      { numRuns: 3000 },
    );
  });
});
