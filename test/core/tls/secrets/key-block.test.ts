import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { deriveKeyBlock } from '../../../../core/tls/secrets/key-block.ts';
import { derivePrf, deriveSsl3Block } from '../../../../core/tls/secrets/prf.ts';
import { cipherSuiteOf } from '../../../../core/tls/tables/cipher-suites.ts';
import { RUNTIME_PROFILES } from '../../../support/boringssl-profile.ts';

const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
const MASTER = new Uint8Array(48).fill(9);
const CLIENT = new Uint8Array(32).fill(1);
const SERVER = new Uint8Array(32).fill(2);
const SERVER_FIRST = new Uint8Array([...SERVER, ...CLIENT]);
const CLIENT_FIRST = new Uint8Array([...CLIENT, ...SERVER]);

describe.each(RUNTIME_PROFILES)('deriveKeyBlock in %s', (_profile, backend) => {
  const block = (version: number, id: number, options = {}) =>
    deriveKeyBlock(backend, version, cipherSuiteOf(id), MASTER, CLIENT, SERVER, options);
  const expansion = (version: number, hash: 'sha256' | 'sha384', length: number): string =>
    hex(derivePrf(backend, version, hash, MASTER, 'key expansion', SERVER_FIRST, length));

  test('cuts MAC keys, keys and IVs in this order for TLS 1.0 CBC', () => {
    const keys = block(0x0301, 0x0035);
    if (keys?.client.kind !== 'cbc' || keys.server.kind !== 'cbc') throw new Error('no CBC');
    const { client, server, clientIv, serverIv } = keys;
    expect([client.macKey, server.macKey, client.key, server.key, clientIv, serverIv].map(hex).join('')).toBe(
      expansion(0x0301, 'sha256', 136),
    );
    expect([client.macKey, client.key, clientIv].map((part) => part.length)).toEqual([20, 32, 16]);
    expect(client).toMatchObject({ explicitIv: false, ssl3: false, encryptThenMac: false, macLength: 20 });
  });

  test('takes no IVs from the block where records carry them', () => {
    const keys = block(0x0303, 0x003c);
    if (keys?.client.kind !== 'cbc') throw new Error('no CBC');
    expect(hex(keys.client.macKey) + hex(keys.client.key)).toBe(
      expansion(0x0303, 'sha256', 96).slice(0, 64) + expansion(0x0303, 'sha256', 96).slice(128, 160),
    );
    expect([keys.clientIv.length, keys.serverIv.length]).toEqual([0, 0]);
    expect(keys.client.explicitIv).toBe(true);
  });

  test('uses the suite hash in TLS 1.2 and salts for GCM', () => {
    const keys = block(0x0303, 0xc030);
    if (keys?.client.kind !== 'aead' || keys.server.kind !== 'aead') throw new Error('no AEAD');
    const { client, server } = keys;
    expect([client.key, server.key, client.iv, server.iv].map(hex).join('')).toBe(
      expansion(0x0303, 'sha384', 72),
    );
    expect(client).toMatchObject({ explicitNonceLength: 8, tls13: false, cipher: 'aes-256-gcm' });
  });

  test('gives ChaCha20 a whole nonce and CCM-8 a salt', () => {
    const chacha = block(0x0303, 0xcca8)?.server;
    expect(chacha).toMatchObject({ cipher: 'chacha20-poly1305', explicitNonceLength: 0 });
    expect(chacha?.kind === 'aead' && chacha.iv.length).toBe(12);
    const ccm = block(0x0303, 0xc0a0)?.server;
    expect(ccm?.kind === 'aead' && [ccm.cipher, ccm.iv.length]).toEqual(['aes-128-ccm-8', 4]);
  });

  test('takes over what the hellos agreed', () => {
    const keys = block(0xfefd, 0x002f, { encryptThenMac: true, truncatedHmac: true });
    expect(keys?.client).toMatchObject({ encryptThenMac: true, macLength: 10, explicitIv: true });
    // Neither was ever there for SSL 3.0.
    expect(block(0x0300, 0x002f, { encryptThenMac: true, truncatedHmac: true })?.client).toMatchObject({
      encryptThenMac: false,
      macLength: 20,
      ssl3: true,
    });
  });

  test('NULL and RC4 are streams', () => {
    expect(block(0x0303, 0x003b)?.client).toMatchObject({
      kind: 'stream',
      cipher: 'null',
      mac: 'sha256',
      macLength: 32,
    });
    expect(block(0x0301, 0x0004)?.client).toMatchObject({
      kind: 'stream',
      cipher: 'rc4',
      mac: 'md5',
      macLength: 16,
    });
    expect(block(0x0301, 0x0000)?.client).toMatchObject({ kind: 'stream', cipher: 'null', macLength: 0 });
  });

  test('expands as SSL 3.0 did, server random first', () => {
    const keys = block(0x0300, 0x000a);
    if (keys?.client.kind !== 'cbc' || keys.server.kind !== 'cbc') throw new Error('no CBC');
    const { client, server, clientIv, serverIv } = keys;
    expect([client.macKey, server.macKey, client.key, server.key, clientIv, serverIv].map(hex).join('')).toBe(
      hex(deriveSsl3Block(backend, MASTER, SERVER, CLIENT, 104)),
    );
  });

  test('finishes exportable keys (RFC 2246 §6.3.1, RFC 6101 §6.2.2.1)', () => {
    const tls = block(0x0301, 0x0008);
    if (tls?.client.kind !== 'cbc') throw new Error('no CBC');
    const raw = Buffer.from(expansion(0x0301, 'sha256', 50), 'hex');
    expect(hex(tls.client.key)).toBe(
      hex(derivePrf(backend, 0x0301, 'sha256', raw.subarray(40, 45), 'client write key', CLIENT_FIRST, 8)),
    );
    const ivs = hex(derivePrf(backend, 0x0301, 'sha256', new Uint8Array(0), 'IV block', CLIENT_FIRST, 16));
    expect(hex(tls.clientIv) + hex(tls.serverIv)).toBe(ivs);

    const ssl = block(0x0300, 0x0003);
    if (ssl?.server.kind !== 'stream') throw new Error('no RC4');
    const material = deriveSsl3Block(backend, MASTER, SERVER, CLIENT, 42).subarray(37, 42);
    expect(hex(ssl.server.key)).toBe(createHash('md5').update(material).update(SERVER_FIRST).digest('hex'));
  });

  test('gives nothing for suites it cannot key', () => {
    for (const id of [0x1301, 0x00ff, 0x0a0a, 0x4a4b, 0xcc13, 0xc100]) expect(block(0x0303, id)).toBeNull();
  });
});
