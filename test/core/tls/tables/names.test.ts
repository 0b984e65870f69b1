import { describe, expect, test } from 'vitest';
import {
  ALERTS,
  describeAlert,
  describeAlertLevel,
  meaningOfAlert,
} from '../../../../core/tls/tables/alerts.ts';
import { describeContentType } from '../../../../core/tls/tables/content-types.ts';
import { describeExtension } from '../../../../core/tls/tables/extensions.ts';
import { describeHandshakeType } from '../../../../core/tls/tables/handshake-types.ts';
import { describeNamedGroup } from '../../../../core/tls/tables/named-groups.ts';
import { describeSignatureScheme } from '../../../../core/tls/tables/signature-schemes.ts';
import { describeVersion, isDtls, isTls13, tlsVersionBehind } from '../../../../core/tls/tables/versions.ts';

describe('registries', () => {
  test('alerts have a name and a plain meaning', () => {
    expect(describeAlert(48)).toBe('unknown_ca');
    expect(describeAlert(200)).toBe('unknown (200)');
    expect(describeAlertLevel(2)).toBe('fatal');
    expect(describeAlertLevel(7)).toBe('unknown (7)');
    for (const [number, row] of Object.entries(ALERTS)) {
      expect(meaningOfAlert(Number(number))).toBe(row.meaning);
      expect(row.meaning.endsWith('.')).toBe(false);
    }
  });

  test('names by number, unknown ones as numbers', () => {
    expect(describeContentType(22)).toBe('handshake');
    expect(describeContentType(99)).toBe('unknown (99)');
    expect(describeHandshakeType(2)).toBe('server_hello');
    expect(describeHandshakeType(77)).toBe('unknown (77)');
    expect(describeExtension(0)).toBe('server_name');
    expect(describeExtension(0x3a3a)).toBe('GREASE (0x3a3a)');
    expect(describeExtension(9999)).toBe('unknown (9999)');
    expect(describeNamedGroup(29)).toBe('x25519');
    expect(describeNamedGroup(0x6a6a)).toBe('GREASE (0x6a6a)');
  });

  test('signature schemes outside TLS 1.3 are named from their two parts', () => {
    expect(describeSignatureScheme(0x0804)).toBe('rsa_pss_rsae_sha256');
    expect(describeSignatureScheme(0x0101)).toBe('md5 rsa');
    expect(describeSignatureScheme(0x0402)).toBe('sha256 dsa');
    expect(describeSignatureScheme(0xeeee)).toBe('unknown (0xeeee)');
  });
});

describe('versions', () => {
  test('are named with their drafts', () => {
    expect(describeVersion(0x0303)).toBe('TLS 1.2');
    expect(describeVersion(0xfeff)).toBe('DTLS 1.0');
    expect(describeVersion(0x7f1c)).toBe('TLS 1.3 (draft 28)');
    expect(describeVersion(0xfb17)).toBe('TLS 1.3 (Facebook draft 23)');
    expect(describeVersion(0x0a0a)).toBe('GREASE (0x0a0a)');
    expect(describeVersion(0x0999)).toBe('unknown (0x0999)');
  });

  test('DTLS shares its derivations with the TLS version it was made from', () => {
    expect([0xfeff, 0xfefd, 0xfefc, 0x0100, 0x0303, 0x7f12].map(tlsVersionBehind)).toEqual([
      0x0302, 0x0303, 0x0304, 0x0302, 0x0303, 0x0304,
    ]);
    expect([0xfeff, 0x0303].map(isDtls)).toEqual([true, false]);
    expect([0x0304, 0xfefc, 0x7f1c, 0x0303].map(isTls13)).toEqual([true, true, true, false]);
  });
});
