import { describe, expect, test } from 'vitest';
import type { OpenBatch, OpenResults } from '../../../../core/tls/open/batch.ts';
import { openBatch } from '../../../../core/tls/open/open-batch.ts';
import {
  deriveNextTrafficSecret,
  deriveSecret,
  deriveSequenceNumberKey,
  deriveSequenceNumberMask,
  deriveTls13Finished,
  deriveTrafficProtection,
  hkdfExpand,
  hkdfExpandLabel,
  hkdfExtract,
} from '../../../../core/tls/secrets/hkdf.ts';
import { cipherSuiteOf } from '../../../../core/tls/tables/cipher-suites.ts';
import { RUNTIME_PROFILES } from '../../../support/boringssl-profile.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array | null): string | null =>
  data === null ? null : Buffer.from(data).toString('hex');
const AES_128_GCM = cipherSuiteOf(0x1301);

describe.each(RUNTIME_PROFILES)('HKDF in %s', (_profile, backend) => {
  test('RFC 5869 A.1', () => {
    const prk = hkdfExtract(
      backend,
      'sha256',
      bytes('000102030405060708090a0b0c'),
      new Uint8Array(22).fill(0x0b),
    );
    expect(hex(prk)).toBe('077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5');
    expect(hex(hkdfExpand(backend, 'sha256', prk, bytes('f0f1f2f3f4f5f6f7f8f9'), 42))).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    );
  });

  test('RFC 5869 A.3: neither salt nor info', () => {
    const prk = hkdfExtract(backend, 'sha256', new Uint8Array(0), new Uint8Array(22).fill(0x0b));
    expect(hex(hkdfExpand(backend, 'sha256', prk, new Uint8Array(0), 42))).toBe(
      '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    );
  });

  test('RFC 8448 §3: early secret and the secret derived from it', () => {
    const early = hkdfExtract(backend, 'sha256', new Uint8Array(0), new Uint8Array(32));
    expect(hex(early)).toBe('33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a');
    const emptyHash = backend.hash('sha256', new Uint8Array(0));
    expect(hex(deriveSecret(backend, 'sha256', early, 'derived', emptyHash))).toBe(
      '6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba',
    );
  });

  test.each([
    [
      'server handshake',
      'b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38',
      '3fce516009c21727d0f2e4e86ee403bc',
      '5d313eb2671276ee13000b30',
    ],
    [
      'client handshake',
      'b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21',
      'dbfaa693d1762c5b666af5d950258d01',
      '5bd3c71b836e0b76bb73265f',
    ],
    [
      'server application',
      'a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643',
      '9f02283b6c9c07efc26bb9f2ac92e356',
      'cf782b88dd83549aadf1e984',
    ],
    [
      'client application',
      '9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5',
      '17422dda596ed5d9acd890e3c63f5051',
      '5b78923dee08579033e523d9',
    ],
  ])('RFC 8448 §3: %s traffic keys', (_name, secret, key, iv) => {
    const protection = deriveTrafficProtection(backend, AES_128_GCM, bytes(secret));
    if (protection?.kind !== 'aead') throw new Error('no AEAD');
    expect([hex(protection.key), hex(protection.iv)]).toEqual([key, iv]);
  });

  test('RFC 8448 §3: the application data of the client opens', () => {
    const secret = bytes('9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5');
    const protection = deriveTrafficProtection(backend, AES_128_GCM, secret);
    if (protection === null) throw new Error('no protection');
    const fragment = bytes(
      'a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a20441e2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4',
    );
    const rows = Uint32Array.of(23, 0x0303, 0, fragment.length, 0, 0, 0xffffffff, 0);
    const batch: OpenBatch = {
      protection,
      first: 0,
      count: 1,
      outputFrom: 0,
      input: fragment,
      rows,
      keystreamUsed: 0,
    };
    const results: OpenResults = {
      output: new Uint8Array(fragment.length),
      offsets: new Uint32Array(1),
      lengths: new Uint32Array(1),
      status: new Uint8Array(1),
      types: new Uint8Array(1),
      readable: new Uint8Array(1),
    };
    openBatch(backend, batch, results);
    expect([results.status[0], results.types[0], results.lengths[0]]).toEqual([1, 23, 50]);
    expect([...results.output.subarray(0, 50)]).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  test('RFC 8448 §3: Finished of the server', () => {
    const secret = bytes('b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38');
    expect(hex(hkdfExpandLabel(backend, 'sha256', secret, 'finished', new Uint8Array(0), 32))).toBe(
      '008d3b66f816ea559f96b537e885c31fc068bf492c652f01f288a1d8cdc19fc8',
    );
    const transcript = bytes('00'.repeat(32));
    expect(deriveTls13Finished(backend, 'sha256', secret, transcript)).toHaveLength(32);
  });

  test('KeyUpdate and the DTLS prefix change the secret', () => {
    const secret = new Uint8Array(48).fill(5);
    const next = deriveNextTrafficSecret(backend, 'sha384', secret);
    expect(hex(next)).toBe(
      hex(hkdfExpandLabel(backend, 'sha384', secret, 'traffic upd', new Uint8Array(0), 48)),
    );
    expect(hex(deriveNextTrafficSecret(backend, 'sha384', secret, 'dtls13'))).not.toBe(hex(next));
  });

  // QUIC hides packet numbers as DTLS 1.3 hides record numbers: RFC 9001 §5.4.3, §5.4.4.
  test.each([
    [0x1301, '9f50449e04a0e810283a1e9933adedd2', 'd1b1c98dd7689fb8ec11d242b123dc9b', '437b9aec36'],
    [
      0x1303,
      '25a282b9e82f06f21f488917a4fc8f1b73573685608597d0efcb076b0ab7a7a4',
      '5e5cd55c41f69080575d7999c25a5bfb',
      'aefefe7d03',
    ],
  ])('masks of suite %i are those of RFC 9001 A.2 and A.5', (id, key, sample, mask) => {
    const made = deriveSequenceNumberMask(backend, cipherSuiteOf(id), bytes(key), bytes(sample));
    expect(hex(made)?.slice(0, 10)).toBe(mask);
  });

  test('gives nothing for suites of other versions', () => {
    expect(deriveTrafficProtection(backend, cipherSuiteOf(0x009c), new Uint8Array(32))).toBeNull();
    expect(deriveTrafficProtection(backend, cipherSuiteOf(0xc0b4), new Uint8Array(32))).toBeNull();
    expect(deriveSequenceNumberKey(backend, cipherSuiteOf(0x002f), new Uint8Array(32))).toBeNull();
    expect(deriveSequenceNumberMask(backend, AES_128_GCM, new Uint8Array(16), new Uint8Array(3))).toBeNull();
    expect(deriveSequenceNumberKey(backend, AES_128_GCM, new Uint8Array(32))).toHaveLength(16);
  });
});
