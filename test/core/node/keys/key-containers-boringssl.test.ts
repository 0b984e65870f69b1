import type * as NodeCrypto from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { loadKeyFile } from '../../../../core/node/keys/key-containers.ts';
import { bytesOf, hostsHashOf, MADE, MANIFEST } from './key-files.ts';

/**
 * node:crypto with no more than Electron's has, and less: what is known to differ between versions of BoringSSL is
 * taken away, so that every fallback is used. Single DES, RC2 and RC4 are missing in Node anyway.
 */
vi.mock('node:crypto', async (importOriginal) => {
  const original = await importOriginal<typeof NodeCrypto>();
  const refuse = (): never => {
    throw new Error('Unknown algorithm');
  };
  const only = (present: readonly string[], name: unknown): void => {
    if (typeof name !== 'string' || !present.includes(name)) refuse();
  };
  const hashes = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'];
  return {
    ...original,
    createDecipheriv: (name: string, key: Uint8Array, iv: Uint8Array) => {
      only(['aes-128-cbc', 'aes-256-cbc'], name);
      return original.createDecipheriv(name, key, iv);
    },
    createHash: (name: string) => {
      only(hashes, name);
      return original.createHash(name);
    },
    pbkdf2Sync: (password: Uint8Array, salt: Uint8Array, rounds: number, length: number, hash: string) => {
      only(hashes, hash);
      return original.pbkdf2Sync(password, salt, rounds, length, hash);
    },
    scryptSync: refuse,
    getCiphers: () => [],
    X509Certificate: refuse,
  };
});

const SERVER1 = hostsHashOf('formats/server1.pkcs1.pem');
const MADE_KEY = hostsHashOf('made/rsa.pem');
/** Ciphers for which there is no code of our own. */
const ONLY_NATIVE = /sm4/;

it.each(MANIFEST.filter(({ expected }) => expected.startsWith('RSA key')))('$file', ({ file, password }) => {
  const outcome = loadKeyFile(file, bytesOf(`formats/${file}`), password === null ? [] : [password]);
  expect(outcome).toMatchObject({ usable: true, sha256OfPublicKey: SERVER1 });
});

it.each(MADE.filter(({ otherwise }) => otherwise === null))(
  '$file',
  { timeout: 60_000 },
  ({ file, password }) => {
    const outcome = loadKeyFile(file, bytesOf(`made/${file}`), [password]);
    if (ONLY_NATIVE.test(file)) expect(outcome.problem).toMatch(/SM4-CBC, which Sipher cannot decrypt/);
    else expect(outcome).toMatchObject({ usable: true, sha256OfPublicKey: MADE_KEY });
  },
);
