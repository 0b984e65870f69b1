/** The block ciphers that need no host. */
import { createAria } from './aria.ts';
import type { BlockCipherName } from './backend.ts';
import type { BlockCipher } from './block-cipher.ts';
import { createCamellia } from './camellia.ts';
import { createIdea } from './idea.ts';
import { createRc2 } from './rc2.ts';
import { createSeed } from './seed.ts';

/** True where createOwnBlockCipher has an implementation. */
export function ownBlockCipherExists(name: BlockCipherName): boolean {
  return name in CIPHERS;
}

/** null where we have none: AES and triple DES are in every host. */
export function createOwnBlockCipher(name: BlockCipherName, key: Uint8Array): BlockCipher | null {
  return CIPHERS[name]?.(key) ?? null;
}

const CIPHERS: Readonly<Partial<Record<BlockCipherName, (key: Uint8Array) => BlockCipher>>> = {
  'camellia-128': createCamellia,
  'camellia-256': createCamellia,
  'aria-128': createAria,
  'aria-256': createAria,
  seed: createSeed,
  idea: createIdea,
  'rc2-40': createRc2,
};
