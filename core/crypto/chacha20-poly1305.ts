/** ChaCha20-Poly1305 (RFC 8439) for hosts that lack it. */
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';

/** Opens ciphertext with its 16-byte tag behind it; 32-byte key, 12-byte nonce. null where the tag does not fit. */
export function openChacha20Poly1305(
  key: Uint8Array,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  data: Uint8Array,
): Uint8Array | null {
  if (data.length < 16) return null;
  try {
    return chacha20poly1305(key, nonce, additionalData).decrypt(data);
  } catch {
    // The library throws for a tag that does not fit; lengths were checked above and by the caller.
    return null;
  }
}
