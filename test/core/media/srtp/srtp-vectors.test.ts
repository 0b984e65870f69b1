import { describe, expect, it } from 'vitest';
import { parseHex } from '../../../../core/bytes/hex.ts';
import { deriveSessionKeys, aesCounterStream } from '../../../../core/media/srtp/derive-session-keys.ts';
import { profileOfSuite } from '../../../../core/media/srtp/profiles.ts';
import { SrtpOpener } from '../../../../core/media/srtp/srtp-opener.ts';
import { RUNTIME_PROFILES } from '../../../support/boringssl-profile.ts';

function bytes(hex: string): Uint8Array {
  const parsed = parseHex(hex);
  if (parsed === null) throw new Error('not hexadecimal');
  return parsed;
}

function hex(of: Uint8Array | null): string {
  return of === null ? 'null' : Buffer.from(of).toString('hex');
}

function profile(suite: string): NonNullable<ReturnType<typeof profileOfSuite>> {
  const found = profileOfSuite(suite);
  if (found === null) throw new Error(`no profile ${suite}`);
  return found;
}

describe.each(RUNTIME_PROFILES)('SRTP primitives under %s', (_, backend) => {
  it('derives session keys as RFC 3711 appendix B.3', () => {
    const keys = deriveSessionKeys(
      backend,
      profile('AES_CM_128_HMAC_SHA1_80'),
      bytes('e1f97a0d3e018be0d64fa32c06de4139'),
      bytes('0ec675ad498afeebb6960b3aabe6'),
      false,
      0,
    );
    expect(hex(keys.encryption)).toBe('c61e7a93744f39ee10734afe3ff7a087');
    expect(hex(keys.salt)).toBe('30cbbc08863d8c85d49db34a9ae1');
    expect(hex(keys.authentication)).toBe('cebe321f6ff7716b6fd4ab49af256a156d38baa4');
  });

  it('makes the key stream of RFC 3711 appendix B.2', () => {
    const stream = aesCounterStream(
      backend,
      bytes('2b7e151628aed2a6abf7158809cf4f3c'),
      bytes('f0f1f2f3f4f5f6f7f8f9fafbfcfd0000'),
      0xff02 * 16,
    );
    expect(hex(stream.subarray(0, 48))).toBe(
      'e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0',
    );
    expect(hex(stream.subarray(0xfeff * 16, 0xff02 * 16))).toBe(
      'ec8cdf7398607cb0f2d21675ea9ea1e4362b7c3c6773516318a077d7fc5073ae6a2cc3787889374fbeb4c81b17ba6c44',
    );
  });

  it.each([
    [
      'AES_256_CM_HMAC_SHA1_80',
      'f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6',
      '3b04803de51ee7c96423ab5b78d2',
      '5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4',
      'fa31791685ca444a9e07c6c64e93',
      'fd9c32d39ed5fbb5a9dc96b30818454d1313dc05',
    ],
    [
      'AES_192_CM_HMAC_SHA1_80',
      '73edc66c4fa15776fb57f9505c17136550ffda71f3e8e5f1',
      'c8522f3acd4ce86d5add78edbb11',
      '31874736a8f1143870c26e4857d8a5b2c4a354407faadabb',
      '2372b82d639b6d8503a47adc0a6c',
      '355b10973cd95b9eacf4061c7e1a7151e7cfbfcb',
    ],
  ])(
    'derives session keys of %s as RFC 6188 §7',
    (suite, key, salt, encryption, sessionSalt, authentication) => {
      const keys = deriveSessionKeys(backend, profile(suite), bytes(key), bytes(salt), false, 0);
      expect(hex(keys.encryption)).toBe(encryption);
      expect(hex(keys.salt)).toBe(sessionSalt);
      expect(hex(keys.authentication)).toBe(authentication);
    },
  );

  it.each([
    [
      'AEAD_AES_128_GCM',
      '000102030405060708090a0b0c0d0e0f',
      '8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce',
      '81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4',
    ],
    [
      'AEAD_AES_256_GCM',
      '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
      '8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13',
      '81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad1d1eb30c4446839f57ff6f6cb26ac3be800005d4',
    ],
  ])('opens the packets of RFC 7714 §16 and §17, %s', (suite, key, rtp, rtcp) => {
    const keys = {
      encryption: bytes(key),
      salt: bytes('517569642070726f2071756f'),
      authentication: new Uint8Array(0),
    };
    const terms = {
      profile: profile(suite),
      mki: new Uint8Array(0),
      derivationRate: 0,
      encrypted: true,
    };
    const opener = new SrtpOpener(backend, terms, () => keys);
    const packet = bytes(rtp);
    const open = (of: Uint8Array): Uint8Array | null =>
      opener.open(of, 0, 12, of.length, 0x5501a0b2, 0xf17b, 0, true);
    expect(hex(open(packet))).toBe(
      '47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573',
    );
    const altered = packet.slice();
    altered[4] = altered[4]! ^ 1;
    expect(open(altered)).toBeNull();

    const control = bytes(rtcp);
    expect(hex(opener.openControl(control, 0, control.length))).toBe(
      '81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef',
    );
    control[control.length - 1] = control[control.length - 1]! ^ 1;
    expect(opener.openControl(control, 0, control.length)).toBeNull();
  });
});
