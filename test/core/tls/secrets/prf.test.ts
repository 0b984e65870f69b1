import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  deriveExtendedMasterSecret,
  deriveFinishedVerifyData,
  deriveMasterSecret,
  derivePrf,
  deriveSsl3Block,
  deriveSsl3Finished,
  deriveTranscriptHash,
} from '../../../../core/tls/secrets/prf.ts';
import { RUNTIME_PROFILES } from '../../../support/boringssl-profile.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.each(RUNTIME_PROFILES)('pseudorandom functions in %s', (_profile, backend) => {
  test('TLS 1.2 with SHA-256, the test vector of the IETF TLS list', () => {
    const secret = bytes('9bbe436ba940f017b17652849a71db35');
    const seed = bytes('a0ba9f936cda311827a6f796ffd5198c');
    expect(hex(derivePrf(backend, 0x0303, 'sha256', secret, 'test label', seed, 100))).toBe(
      'e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab' +
        '4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66',
    );
  });

  test('TLS 1.0 with both hashes, as openssl kdf TLS1-PRF gives it; the secret has an odd length', () => {
    const secret = ascii('master-secret-of-tls-one-dot-zero');
    expect(secret.length % 2).toBe(1);
    expect(hex(derivePrf(backend, 0x0301, 'sha256', secret, 'label', ascii('some-seed'), 100))).toBe(
      'f0ef5464f7fbbeae2a44a7f36097636ed0037ef507ba07a8c14eba57e1d8cbec60ce83ef96990dba42c474dc5a447560b8ee6c326f711a791ba6d417bc2aea29' +
        '508982dd8438e466bd77c8d35c23517db4de0c6090fcf2d7cfa808aa005827053768fc0d',
    );
  });

  test('TLS 1.2 with SHA-384, as openssl kdf gives it', () => {
    const secret = ascii('abcdefghijklmnopqrstuvw');
    expect(hex(derivePrf(backend, 0x0303, 'sha384', secret, 'label', ascii('some-seed'), 64))).toBe(
      '1e4e40ed9d320deacf5fff2e29aac29de75b1f723c156bd7de37c9c3c9d0ad336c508a010e4af5040dd5ddf2821bc77fdf6e94616a5c31fb8a66addffa7640eb',
    );
  });

  test('DTLS 1.0 derives as TLS 1.1, DTLS 1.2 as TLS 1.2', () => {
    const secret = ascii('secret');
    const prf = (version: number): string =>
      hex(derivePrf(backend, version, 'sha256', secret, 'x', ascii('y'), 40));
    expect(prf(0xfeff)).toBe(prf(0x0302));
    expect(prf(0xfefd)).toBe(prf(0x0303));
    expect(prf(0xfeff)).not.toBe(prf(0xfefd));
  });

  test('master secrets, Finished and extended master secrets put their labels and seeds as they must', () => {
    const premaster = ascii('p'.repeat(48));
    const client = new Uint8Array(32).fill(1);
    const server = new Uint8Array(32).fill(2);
    const both = new Uint8Array([...client, ...server]);
    const prf = (label: string, seed: Uint8Array, length: number): string =>
      hex(derivePrf(backend, 0x0303, 'sha256', premaster, label, seed, length));
    expect(hex(deriveMasterSecret(backend, 0x0303, 'sha256', premaster, client, server))).toBe(
      prf('master secret', both, 48),
    );
    expect(hex(deriveExtendedMasterSecret(backend, 0x0303, 'sha256', premaster, server))).toBe(
      prf('extended master secret', server, 48),
    );
    expect(hex(deriveFinishedVerifyData(backend, 0x0303, 'sha256', premaster, 'server', client))).toBe(
      prf('server finished', client, 12),
    );
  });

  test('the transcript is hashed with MD5 and SHA-1 before TLS 1.2', () => {
    const messages = ascii('messages');
    expect(hex(deriveTranscriptHash(backend, 0x0301, 'sha384', messages))).toBe(
      createHash('md5').update(messages).digest('hex') + createHash('sha1').update(messages).digest('hex'),
    );
    expect(hex(deriveTranscriptHash(backend, 0x0303, 'sha384', messages))).toBe(
      createHash('sha384').update(messages).digest('hex'),
    );
  });

  test("SSL 3.0's expansion (RFC 6101 §6.1), written out for three rounds", () => {
    const secret = ascii('premaster secret of ssl three');
    const first = new Uint8Array(32).fill(3);
    const second = new Uint8Array(32).fill(4);
    const round = (salt: string): string => {
      const inner = createHash('sha1').update(salt).update(secret).update(first).update(second).digest();
      return createHash('md5').update(secret).update(inner).digest('hex');
    };
    const expected = round('A') + round('BB') + round('CCC');
    expect(hex(deriveSsl3Block(backend, secret, first, second, 48))).toBe(expected);
    expect(hex(deriveMasterSecret(backend, 0x0300, 'sha256', secret, first, second))).toBe(expected);
    expect(deriveSsl3Block(backend, secret, first, second, 33)).toHaveLength(33);
  });

  test("SSL 3.0's Finished (RFC 6101 §5.6.9), written out", () => {
    const master = ascii('m'.repeat(48));
    const messages = ascii('all handshake messages');
    const half = (hash: string, pad: number): string => {
      const inner = createHash(hash)
        .update(messages)
        .update('SRVR')
        .update(master)
        .update(Buffer.alloc(pad, 0x36));
      return createHash(hash)
        .update(master)
        .update(Buffer.alloc(pad, 0x5c))
        .update(inner.digest())
        .digest('hex');
    };
    expect(hex(deriveSsl3Finished(backend, master, 'server', messages))).toBe(
      half('md5', 48) + half('sha1', 40),
    );
  });

  test('HMAC and hash are what they are called', () => {
    for (const name of ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const) {
      expect(hex(backend.hash(name, ascii('abc')))).toBe(createHash(name).update('abc').digest('hex'));
      expect(hex(backend.hmac(name, ascii('k'), ascii('abc')))).toBe(
        createHmac(name, 'k').update('abc').digest('hex'),
      );
    }
  });
});
