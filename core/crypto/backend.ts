/**
 * The port through which core reaches the cryptography of its host. Synchronous, batched where it pays.
 * Names of algorithms are ours, not a library's; a host that lacks one natively brings a fallback (core/crypto holds
 * those that need no host). All buffers may be views of SharedArrayBuffers.
 */
export type HashName = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

export type BlockCipherName =
  | 'aes-128'
  | 'aes-192'
  | 'aes-256'
  | '3des'
  | 'camellia-128'
  | 'camellia-256'
  | 'aria-128'
  | 'aria-256'
  | 'seed'
  | 'des'
  | 'idea'
  | 'rc2-40'
  | 'sm4';

export type AeadName =
  | 'aes-128-gcm'
  | 'aes-256-gcm'
  | 'aes-128-ccm'
  | 'aes-256-ccm'
  | 'aes-128-ccm-8'
  | 'aes-256-ccm-8'
  | 'chacha20-poly1305'
  | 'camellia-128-gcm'
  | 'camellia-256-gcm'
  | 'aria-128-gcm'
  | 'aria-256-gcm'
  | 'sm4-gcm'
  | 'sm4-ccm';

/** A private key that the host holds. Opaque: its numbers never come back. */
export interface PrivateKeyHandle {
  readonly kind: 'private-key-handle';
  readonly algorithm: 'rsa' | 'ec' | 'ed25519' | 'other';
  readonly bits: number;
  /** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hexadecimal. */
  readonly sha256OfPublicKey: string;
}

export interface CryptoBackend {
  hash(name: HashName, data: Uint8Array): Uint8Array;
  hmac(name: HashName, key: Uint8Array, data: Uint8Array): Uint8Array;
  /** CBC without padding. `data` is a whole number of blocks; the result may be `data`'s length. */
  cbcDecrypt(cipher: BlockCipherName, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array;
  /**
   * CBC without padding where the first block of `data` serves as IV only: the result is as long as `data`, its first
   * block means nothing. A host may keep one decipher of its own open per key (an array, by identity), so this is the
   * cheap way to decrypt records again and again with one key.
   */
  cbcDecryptAfterIv(cipher: BlockCipherName, key: Uint8Array, data: Uint8Array): Uint8Array;
  /** ECB without padding: each block of `data` encrypted for itself (counter blocks, DTLS 1.3 record numbers). */
  ecbEncrypt(cipher: BlockCipherName, key: Uint8Array, data: Uint8Array): Uint8Array;
  /** null where the tag does not fit. `data` is ciphertext followed by the tag. */
  aeadOpen(
    cipher: AeadName,
    key: Uint8Array,
    nonce: Uint8Array,
    additionalData: Uint8Array,
    data: Uint8Array,
  ): Uint8Array | null;
  /** c^d mod n, big-endian, as long as the modulus (RFC 8017 §5.1.2). null where the input is out of range. */
  rsaDecryptRaw(key: PrivateKeyHandle, data: Uint8Array): Uint8Array | null;
  supportsBlockCipher(cipher: BlockCipherName): boolean;
  supportsAead(cipher: AeadName): boolean;
}
