import type { KeyRing, RingKey } from '../keys/key-ring.ts';
import type { Interner } from '../store/interner.ts';
import type { RecordTable } from '../store/record-table.ts';
import { HANDSHAKE } from '../tls/tables/content-types.ts';
import { CLIENT_KEY_EXCHANGE } from '../tls/tables/handshake-types.ts';

/** Ciphertexts that one key may be asked for soon. */
export interface PremasterBatch {
  readonly key: RingKey;
  readonly ciphertexts: Uint8Array[];
}

/**
 * Looks through the records [from, to) for ClientKeyExchanges that carry a pre-master secret (RFC 5246 §7.4.7.1), so
 * that all of them can be decrypted at once on several threads before sessions ask one by one. What is found may turn out
 * not to be needed, and what is not found is decrypted when it is asked for.
 */
export function findPremasterBatches(
  records: RecordTable,
  bodies: Interner,
  keys: KeyRing,
  from: number,
  to: number,
): PremasterBatch[] {
  const rsa = keys.rsaKeys();
  // With many keys most trials would be for nothing: the session knows which certificate it saw.
  if (rsa.length === 0 || rsa.length > MOST_KEYS) return [];
  const batches = rsa.map((key): PremasterBatch => ({ key, ciphertexts: [] }));
  for (let row = from; row < to; row += 1) {
    if (records.type.read(row) !== HANDSHAKE) continue;
    const kept = records.kept.read(row);
    if (kept === 0) continue;
    const encrypted = encryptedPremasterOf(bodies.bytesOf(kept));
    if (encrypted === null) continue;
    for (const { key, ciphertexts } of batches)
      if (Math.ceil(key.handle.bits / 8) === encrypted.length && ciphertexts.length < MOST_AT_ONCE)
        ciphertexts.push(encrypted);
  }
  return batches.filter(({ ciphertexts }) => ciphertexts.length >= LEAST_AT_ONCE);
}

/** The vector of a ClientKeyExchange that begins the record and fills its message; else null. */
function encryptedPremasterOf(body: Uint8Array): Uint8Array | null {
  if (body.length < HEADER || body[0] !== CLIENT_KEY_EXCHANGE) return null;
  const length = ((body[1] ?? 0) << 16) | ((body[2] ?? 0) << 8) | (body[3] ?? 0);
  const vector = ((body[4] ?? 0) << 8) | (body[5] ?? 0);
  if (vector + 2 !== length || HEADER + vector > body.length || vector < LEAST_MODULUS) return null;
  return body.subarray(HEADER, HEADER + vector);
}

/** Handshake header and the vector's length. */
const HEADER = 6;
/** Bytes of a key of 512 bits. */
const LEAST_MODULUS = 64;
const MOST_KEYS = 2;
/** Fewer are as quickly decrypted one by one; more would make the caller wait too long. */
const LEAST_AT_ONCE = 4;
const MOST_AT_ONCE = 8192;
