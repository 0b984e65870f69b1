import { describe, expect, it } from 'vitest';
import type { PrivateKeyHandle } from '../../../core/crypto/backend.ts';
import type { KeyMaterial, PrivateKeyMaterial } from '../../../core/keys/key-material.ts';
import { KeyLog } from '../../../core/keys/keylog-file.ts';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { describeFingerprint, matchKey } from '../../../core/keys/matching.ts';
import { parsePsk } from '../../../core/keys/psk.ts';
import { certificateOf } from '../x509/certificate-files.ts';

const certificate = certificateOf('lab-server1.pem');

function privateKey(
  sha256OfPublicKey: string,
  kind: PrivateKeyMaterial['kind'] = 'rsa-private-key',
  own: PrivateKeyMaterial['certificate'] = null,
): PrivateKeyMaterial {
  const algorithm = kind === 'rsa-private-key' ? 'rsa' : 'ec';
  const handle: PrivateKeyHandle = { kind: 'private-key-handle', algorithm, bits: 2048, sha256OfPublicKey };
  return {
    kind,
    handle,
    description: '',
    certificate: own,
    source: { name: `${sha256OfPublicKey}.pem`, line: 1 },
  };
}

function keyLog(): KeyMaterial {
  return { kind: 'keylog', log: new KeyLog(), source: { name: 'log', line: null } };
}

function psk(text: string): KeyMaterial {
  const material = parsePsk(text);
  if (material.kind === 'malformed') throw new Error(material.sentence);
  return material;
}

describe('KeyRing', () => {
  it('forgets all that a source brought', () => {
    const ring = new KeyRing();
    expect(ring.isEmpty).toBe(true);
    const first = ring.add([privateKey('aa'), keyLog()]);
    const second = ring.add([privateKey('bb')]);
    expect(ring.rsaKeys().map(({ id }) => id)).toEqual([first, second]);
    const { revision } = ring;
    expect(ring.remove(first)).toBe(true);
    expect(ring.revision).toBeGreaterThan(revision);
    expect(ring.rsaKeyOf('aa')).toBeNull();
    expect(ring.rsaKeyOf('bb')?.id).toBe(second);
    expect(ring.keyLogs()).toEqual([]);
    expect(ring.remove(first)).toBe(false);
  });

  it('keeps a key that two files hold until both are gone', () => {
    const ring = new KeyRing();
    const first = ring.add([privateKey('aa')]);
    const second = ring.add([privateKey('aa')]);
    expect(ring.rsaKeys()).toHaveLength(1);
    ring.remove(first);
    expect(ring.rsaKeyOf('aa')?.id).toBe(second);
  });

  it('puts the latest key log first and never uses an id twice', () => {
    const ring = new KeyRing();
    const ids = [ring.add([keyLog()]), ring.add([keyLog()])];
    expect(ring.keyLogs().map(({ id }) => id)).toEqual(ids.toReversed());
    ring.remove(ids[1] ?? 0);
    expect(ids).not.toContain(ring.add([keyLog()]));
  });

  it('finds pre-shared keys by identity, then those for every identity', () => {
    const ring = new KeyRing();
    ring.add([psk('00'), psk('phone=01'), psk('other=02'), psk('phone=03')]);
    const identities = (text: string): (string | null)[] =>
      ring.psksFor(new TextEncoder().encode(text)).map(({ identity }) => identity);
    expect(identities('phone')).toEqual(['phone', 'phone', null]);
    expect(identities('stranger')).toEqual([null]);
  });

  it('replaces what a source brought', () => {
    const ring = new KeyRing();
    const id = ring.add([]);
    expect(ring.replace(id, [privateKey('cc')])).toBe(true);
    expect(ring.rsaKeyOf('cc')).not.toBeNull();
    expect(ring.replace(99, [])).toBe(false);
    expect(ring.ids()).toEqual([id]);
  });
});

describe('matchKey', () => {
  const own = certificate.sha256OfPublicKey;

  it('tells matched, signing, renewed, other and no keys apart', () => {
    const ring = new KeyRing();
    expect(matchKey(ring, certificate).kind).toBe('no-keys');
    const stranger = ring.add([privateKey('aa')]);
    expect(matchKey(ring, certificate).kind).toBe('other-keys');
    const older = { ...certificate, sha256OfPublicKey: 'bb' };
    const renewed = ring.add([privateKey('bb', 'rsa-private-key', older)]);
    expect(matchKey(ring, certificate)).toMatchObject({
      kind: 'renewed',
      certificate: { sha256OfPublicKey: 'bb' },
    });
    ring.remove(renewed);
    const signing = ring.add([privateKey(own, 'ec-private-key')]);
    expect(matchKey(ring, certificate).kind).toBe('signs-only');
    ring.remove(signing);
    ring.add([privateKey(own)]);
    expect(matchKey(ring, certificate)).toMatchObject({
      kind: 'matched',
      key: { source: { name: `${own}.pem` } },
    });
    ring.remove(stranger);
    expect(matchKey(ring, certificate).kind).toBe('matched');
  });

  it('finds the subject of a key whose certificate came in another file', () => {
    const ring = new KeyRing();
    const older = { ...certificate, sha256: 'x', sha256OfPublicKey: 'bb' };
    ring.add([privateKey('bb')]);
    ring.add([{ kind: 'certificate', certificate: older, source: { name: 'old.crt', line: 1 } }]);
    expect(matchKey(ring, certificate).kind).toBe('renewed');
  });
});

it('describes a fingerprint by its first bytes', () => {
  expect(describeFingerprint('aabbccddeeff00112233')).toBe('aa:bb:cc:dd:ee:ff:00:11:…');
  expect(describeFingerprint('aabb')).toBe('aa:bb');
});
