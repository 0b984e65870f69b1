/**
 * The integrity check of CBC, stream and NULL suites, for many records at once: HMAC (RFC 5246 §6.2.3.1) or SSL 3.0's
 * forerunner of it (RFC 6101 §5.2.3.1).
 */
import type { CryptoBackend, HashName } from '../../crypto/backend.ts';
import { LONGEST_KERNEL_KEY, macKernelOf } from '../../crypto/kernels/mac-kernel.ts';

/**
 * What is to be checked: for row i the MAC that stands at bytes[macs[i] …) covers bytes[starts[i], starts[i] +
 * lengths[i]). A negative length passes the row over. `good[i]` becomes 1 where the MAC fits, else 0.
 */
export interface MacJob {
  count: number;
  bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly macs: Int32Array;
  readonly good: Uint8Array;
}

/** How the MAC is made. */
export interface MacScheme {
  readonly mac: HashName;
  readonly macLength: number;
  readonly ssl3: boolean;
  readonly macKey: Uint8Array;
}

export function createMacJob(capacity: number): MacJob {
  return {
    count: 0,
    bytes: EMPTY,
    starts: new Int32Array(capacity),
    lengths: new Int32Array(capacity),
    macs: new Int32Array(capacity),
    good: new Uint8Array(capacity),
  };
}

/**
 * Fills `good` for every row of the job. Where there is a kernel for the hash it checks all of them at once, and what it
 * finds bad is checked again by the host: a fault of the kernel's must not become a verdict.
 */
export function checkMacs(backend: CryptoBackend, scheme: MacScheme, job: MacJob): void {
  const kernel = scheme.ssl3 || job.count < LEAST_FOR_KERNEL ? null : macKernelOf(scheme.mac);
  if (kernel === null || scheme.macKey.length > LONGEST_KERNEL_KEY) job.good.fill(0, 0, job.count);
  else kernel.check(scheme.macKey, scheme.macLength, job);
  for (let row = 0; row < job.count; row++) {
    const length = job.lengths[row]!;
    if (length < 0 || job.good[row] === 1) continue;
    const start = job.starts[row]!;
    const covered = job.bytes.subarray(start, start + length);
    job.good[row] = isMacOf(backend, scheme, covered, job.bytes, job.macs[row]!) ? 1 : 0;
  }
}

/** Header and bytes[from, to) in one array, for the few records whose header does not fit before their bytes. */
export function joinCovered(header: Uint8Array, bytes: Uint8Array, from: number, to: number): Uint8Array {
  const covered = new Uint8Array(header.length + to - from);
  covered.set(header, 0);
  covered.set(bytes.subarray(from, to), header.length);
  return covered;
}

/** True where received[at, at + macLength) is the MAC over `covered`. */
export function isMacOf(
  backend: CryptoBackend,
  scheme: MacScheme,
  covered: Uint8Array,
  received: Uint8Array,
  at: number,
): boolean {
  const expected = scheme.ssl3
    ? ssl3Mac(backend, scheme.mac, scheme.macKey, covered)
    : backend.hmac(scheme.mac, scheme.macKey, covered);
  for (let i = 0; i < scheme.macLength; i++) if (expected[i] !== received[at + i]) return false;
  return true;
}

/** Fewer rows than this are as quickly checked one by one. */
const LEAST_FOR_KERNEL = 2;

const EMPTY = new Uint8Array(0);

function ssl3Mac(backend: CryptoBackend, hash: HashName, key: Uint8Array, covered: Uint8Array): Uint8Array {
  const padLength = hash === 'md5' ? 48 : 40;
  const inner = new Uint8Array(key.length + padLength + covered.length);
  inner.set(key, 0);
  inner.fill(0x36, key.length, key.length + padLength);
  inner.set(covered, key.length + padLength);
  const digest = backend.hash(hash, inner);
  const outer = new Uint8Array(key.length + padLength + digest.length);
  outer.set(key, 0);
  outer.fill(0x5c, key.length, key.length + padLength);
  outer.set(digest, key.length + padLength);
  return backend.hash(hash, outer);
}
