/** Published vectors of block ciphers. All hexadecimal. */
import type { BlockCipherName } from '../../core/crypto/backend.ts';

export interface BlockVector {
  readonly source: string;
  readonly cipher: BlockCipherName;
  readonly key: string;
  readonly plain: string;
  readonly sealed: string;
}

export interface CbcVector extends BlockVector {
  readonly iv: string;
}

const SP800_38A_PLAIN =
  '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51' +
  '30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710';
const SP800_38A_IV = '000102030405060708090a0b0c0d0e0f';

export const CBC_VECTORS: readonly CbcVector[] = [
  {
    source: 'NIST SP 800-38A F.2.1',
    cipher: 'aes-128',
    key: '2b7e151628aed2a6abf7158809cf4f3c',
    iv: SP800_38A_IV,
    plain: SP800_38A_PLAIN,
    sealed:
      '7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2' +
      '73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7',
  },
  {
    source: 'NIST SP 800-38A F.2.3',
    cipher: 'aes-192',
    key: '8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b',
    iv: SP800_38A_IV,
    plain: SP800_38A_PLAIN,
    sealed:
      '4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a' +
      '571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd',
  },
  {
    source: 'NIST SP 800-38A F.2.5',
    cipher: 'aes-256',
    key: '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
    iv: SP800_38A_IV,
    plain: SP800_38A_PLAIN,
    sealed:
      'f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d' +
      '39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b',
  },
];

const ARIA_PLAIN = '00112233445566778899aabbccddeeff';
const CAMELLIA_PLAIN = '0123456789abcdeffedcba9876543210';

export const BLOCK_VECTORS: readonly BlockVector[] = [
  {
    source: 'RFC 3713 A, 128-bit key',
    cipher: 'camellia-128',
    key: '0123456789abcdeffedcba9876543210',
    plain: CAMELLIA_PLAIN,
    sealed: '67673138549669730857065648eabe43',
  },
  {
    source: 'RFC 3713 A, 256-bit key',
    cipher: 'camellia-256',
    key: '0123456789abcdeffedcba987654321000112233445566778899aabbccddeeff',
    plain: CAMELLIA_PLAIN,
    sealed: '9acc237dff16d76c20ef7c919e3a7509',
  },
  {
    source: 'RFC 5794 A.1',
    cipher: 'aria-128',
    key: '000102030405060708090a0b0c0d0e0f',
    plain: ARIA_PLAIN,
    sealed: 'd718fbd6ab644c739da95f3be6451778',
  },
  {
    source: 'RFC 5794 A.3',
    cipher: 'aria-256',
    key: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    plain: ARIA_PLAIN,
    sealed: 'f92bd7c79fb72e2f2b8f80c1972d24fc',
  },
  {
    source: 'FIPS 197 C.1',
    cipher: 'aes-128',
    key: '000102030405060708090a0b0c0d0e0f',
    plain: ARIA_PLAIN,
    sealed: '69c4e0d86a7b0430d8cdb78070b4c55a',
  },
];

/** Ciphers of old, blocks of 8 bytes among them. */
export const OLD_BLOCK_VECTORS: readonly BlockVector[] = [
  {
    source: 'RFC 4269 B.1',
    cipher: 'seed',
    key: '00000000000000000000000000000000',
    plain: '000102030405060708090a0b0c0d0e0f',
    sealed: '5ebac6e0054e166819aff1cc6d346cdb',
  },
  {
    source: 'RFC 4269 B.2',
    cipher: 'seed',
    key: '000102030405060708090a0b0c0d0e0f',
    plain: '00000000000000000000000000000000',
    sealed: 'c11f22f20140505084483597e4370f43',
  },
  {
    source: 'openssl enc -seed-cbc, one block',
    cipher: 'seed',
    key: '000102030405060708090a0b0c0d0e0f',
    plain: '30313233343536373839616263646566',
    sealed: 'e36f5d28b891c29b695bb153111d49e7',
  },
  {
    source: "Lai's thesis, appendix of test values",
    cipher: 'idea',
    key: '00010002000300040005000600070008',
    plain: '0000000100020003',
    sealed: '11fbed2b01986de5',
  },
  {
    source: 'RFC 2268 §5, 128 effective bits',
    cipher: 'rc2-40',
    key: '88bca90e90875a7f0f79c384627bafb2',
    plain: '0000000000000000',
    sealed: '2269552ab0f85ca6',
  },
  {
    source: 'NBS SP 500-20',
    cipher: 'des',
    key: '133457799bbcdff1',
    plain: '0123456789abcdef',
    sealed: '85e813540f0ab405',
  },
];

/** Keys of 24 bytes, which no TLS suite uses, but which prove the key schedules. */
export const BLOCK_VECTORS_192 = {
  camellia: {
    source: 'RFC 3713 A, 192-bit key',
    key: '0123456789abcdeffedcba98765432100011223344556677',
    plain: CAMELLIA_PLAIN,
    sealed: 'b4993401b3e996f84ee5cee7d79b09b9',
  },
  aria: {
    source: 'RFC 5794 A.2',
    key: '000102030405060708090a0b0c0d0e0f1011121314151617',
    plain: ARIA_PLAIN,
    sealed: '26449c1805dbe7aa25a468ce263a9e79',
  },
} as const;
