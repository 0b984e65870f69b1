/**
 * The contract of opening: a batch of records of one direction and one epoch, decrypted and checked in one call.
 * Plain data over typed arrays, so that it crosses to a worker without copies (SharedArrayBuffer).
 */
import type { AeadName, BlockCipherName, HashName } from '../../crypto/backend.ts';

/** How records of one direction and epoch are protected. */
export type RecordProtection =
  | {
      readonly kind: 'cbc';
      readonly cipher: BlockCipherName;
      readonly blockLength: 8 | 16;
      readonly mac: HashName;
      /** Bytes of the MAC that stand in the record (10 with truncated_hmac, RFC 6066 §7). */
      readonly macLength: number;
      /** TLS 1.1 and later, DTLS: the record begins with its IV. False: the last block of the record before it is the IV. */
      readonly explicitIv: boolean;
      readonly encryptThenMac: boolean;
      /** SSL 3.0's own MAC (RFC 6101 §5.2.3.1) instead of HMAC. */
      readonly ssl3: boolean;
      readonly key: Uint8Array;
      readonly macKey: Uint8Array;
    }
  | {
      readonly kind: 'stream';
      readonly cipher: 'rc4' | 'null';
      readonly mac: HashName;
      readonly macLength: number;
      readonly ssl3: boolean;
      readonly key: Uint8Array;
      readonly macKey: Uint8Array;
    }
  | {
      readonly kind: 'aead';
      readonly cipher: AeadName;
      readonly key: Uint8Array;
      /** The fixed part: 4 bytes for GCM and CCM of TLS 1.2, 12 for ChaCha20 and TLS 1.3. */
      readonly iv: Uint8Array;
      /** 8 explicit nonce bytes in the record (RFC 5288 §3), or 0: sequence number XOR iv (RFC 7905 §2, RFC 8446 §5.3). */
      readonly explicitNonceLength: 0 | 8;
      /** TLS 1.3 (and DTLS 1.3): additional data is the record header; the type stands behind the content, then zeros. */
      readonly tls13: boolean;
    };

/** Status of one record after openBatch. */
export const OPEN_PENDING = 0;
export const OPEN_OK = 1;
export const OPEN_BAD_MAC = 2;
export const OPEN_BAD_TAG = 3;
export const OPEN_BAD_PADDING = 4;
/** Shorter than its IV, MAC or tag, or not a whole number of blocks. */
export const OPEN_BAD_LENGTH = 5;
/** Runtime cannot do this cipher. */
export const OPEN_UNSUPPORTED = 6;

/**
 * Rows of ROW_WIDTH unsigned 32-bit words, one a record:
 *  0 content type of the record header, 1 version of the record header (0x0303), 2 offset of the fragment (behind the
 *  header) in `input`, 3 its length, 4 and 5 sequence number high and low word (DTLS: epoch in the upper 16 bits of the
 *  high word; DTLS 1.3: the record number without epoch), 6 offset in `input` of the additional data where it is not the
 *  standard one (DTLS 1.3 and connection ids) or 0xffffffff, 7 its length.
 * Additional data of a connection id (RFC 9146 §5) ends in the length of what is protected: leave two bytes of any
 * value there, the opener fills its own copy in. That of DTLS 1.3 is taken as it is.
 * For CBC without explicit IV the block before the fragment's offset in `input` is its IV (the caller lays out so).
 */
export const ROW_WIDTH = 8;

export interface OpenBatch {
  readonly protection: RecordProtection;
  /** Its rows among those of `rows`, and of the results: [first, first + count). */
  readonly first: number;
  readonly count: number;
  readonly input: Uint8Array;
  readonly rows: Uint32Array;
  /** Where its plaintexts go in the results' `output`. */
  readonly outputFrom: number;
  /** Stream ciphers: keystream bytes already used before the first row. Ignored by others. */
  readonly keystreamUsed: number;
}

/**
 * Results, in arrays the caller provides and that several batches may share: `output` holds at least the sum of all
 * fragments' lengths behind a batch's `outputFrom`.
 */
export interface OpenResults {
  readonly output: Uint8Array;
  /** Per record: offset and length of its plaintext in `output` (padding, MAC, inner type removed). */
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
  readonly status: Uint8Array;
  /** Per record: content type of the plaintext (TLS 1.3: the inner one). */
  readonly types: Uint8Array;
  /**
   * Per record: 1 where `status` is not OPEN_OK but plaintext was produced all the same (MAC wrong; readable, not
   * authenticated).
   */
  readonly readable: Uint8Array;
}
