/**
 * node:crypto as far as Electron has it (BoringSSL), for tests: what Electron lacks throws here too, at the call that
 * throws there. The other way round nothing can be shown: single DES, RC2 and RC4, which Electron has and Node lacks.
 */
import * as nodeCrypto from 'node:crypto';
import { createNodeBackend, type NodeCryptoFunctions } from '../../core/node/crypto-backend.ts';
import type { CryptoBackend } from '../../core/crypto/backend.ts';

const PRESENT: ReadonlySet<string> = new Set([
  ...['128', '192', '256'].flatMap((bits) =>
    ['cbc', 'ctr', 'ecb', 'gcm', 'ofb'].map((mode) => `aes-${bits}-${mode}`),
  ),
  'des-ede3-cbc',
]);

function refuseMissing(name: string): void {
  if (!PRESENT.has(name.toLowerCase())) throw new Error('Unknown cipher');
}

/** Runs `create` only for ciphers that Electron has. */
function withRefusal<T extends (...parameters: never[]) => unknown>(create: T): T {
  return new Proxy(create, {
    apply(target, self, parameters: unknown[]) {
      refuseMissing(String(parameters[0]));
      return Reflect.apply(target, self, parameters);
    },
  });
}

export const boringSslFunctions: NodeCryptoFunctions = {
  ...nodeCrypto,
  createCipheriv: withRefusal(nodeCrypto.createCipheriv),
  createDecipheriv: withRefusal(nodeCrypto.createDecipheriv),
};

/** Both runtimes in which the project runs, for describe.each. */
export const RUNTIME_PROFILES: readonly (readonly [name: string, backend: CryptoBackend])[] = [
  ['Node (OpenSSL)', createNodeBackend()],
  ['Electron (BoringSSL)', createNodeBackend({ functions: boringSslFunctions })],
];
