import { constants, generateKeyPairSync, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { BatchJob } from '../../../core/analysis/batch-opener.ts';
import type { PrivateKeyHandle } from '../../../core/crypto/backend.ts';
import { decodeRsaPrivateKey } from '../../../core/keys/rsa-private-key.ts';
import { createNodeBackend } from '../../../core/node/crypto-backend.ts';
import { createPrivateKeyHandle } from '../../../core/node/keys/key-handle.ts';
import { OpenerPool } from '../../../core/node/opener-pool.ts';
import { startThread } from '../../../core/node/opener-thread.ts';
import {
  OPEN_BAD_MAC,
  OPEN_BAD_TAG,
  OPEN_OK,
  ROW_WIDTH,
  type RecordProtection,
} from '../../../core/tls/open/batch.ts';
import { sealRecords } from '../../support/seal-records.ts';

const backend = createNodeBackend();
const pools: OpenerPool[] = [];

function poolOf(size: number, url?: URL, answers = false): OpenerPool {
  const workerUrl = url === undefined ? {} : { workerUrl: url };
  const pool = new OpenerPool(size, backend, { ...workerUrl, answers });
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function protectionOf(i: number): RecordProtection {
  if (i % 2 === 0)
    return {
      kind: 'aead',
      cipher: 'aes-128-gcm',
      key: randomBytes(16),
      iv: randomBytes(4),
      explicitNonceLength: 8,
      tls13: false,
    };
  return {
    kind: 'cbc',
    cipher: 'aes-256',
    blockLength: 16,
    mac: 'sha1',
    macLength: 20,
    explicitIv: true,
    encryptThenMac: false,
    ssl3: false,
    key: randomBytes(32),
    macKey: randomBytes(20),
  };
}

interface Made {
  readonly jobs: BatchJob[];
  readonly contents: string[][];
}

/** `count` jobs of `records` records each; the last record of each job has an altered byte. */
function makeJobs(allocate: (bytes: number) => Uint8Array, count: number, records: number): Made {
  const contents: string[][] = [];
  const jobs = Array.from({ length: count }, (_, i): BatchJob => {
    const protection = protectionOf(i);
    const plain = Array.from({ length: records }, (_, n) => ({
      type: 23,
      version: 0x0303,
      sequence: BigInt(n),
      content: randomBytes(1 + ((37 * n + i) % 900)),
      extraPadding: 0,
    }));
    const sealed = sealRecords(protection, plain);
    const last = sealed.at(-1);
    if (last !== undefined) last.fragment[8] = (last.fragment[8] ?? 0) ^ 1;
    contents.push(plain.map((record) => Buffer.from(record.content).toString('hex')));
    const size = sealed.reduce((sum, record) => sum + record.fragment.length, 0);
    const input = allocate(size);
    const numbers = allocate(records * (4 * ROW_WIDTH + 8 + 3) + 8);
    const rows = new Uint32Array(numbers.buffer, numbers.byteOffset, records * ROW_WIDTH);
    let at = 0;
    sealed.forEach((record, n) => {
      input.set(record.fragment, at);
      rows.set([23, 0x0303, at, record.fragment.length, 0, n, 0xffffffff, 0], n * ROW_WIDTH);
      at += record.fragment.length;
    });
    const behind = numbers.byteOffset + rows.byteLength;
    const output = allocate(size);
    return {
      batch: { protection, first: 0, count: records, input, rows, outputFrom: 0, keystreamUsed: 0 },
      bytes: size,
      scans: null,
      results: {
        output,
        offsets: new Uint32Array(numbers.buffer, behind, records),
        lengths: new Uint32Array(numbers.buffer, behind + 4 * records, records),
        status: new Uint8Array(numbers.buffer, behind + 8 * records, records),
        types: new Uint8Array(numbers.buffer, behind + 9 * records, records),
        readable: new Uint8Array(numbers.buffer, behind + 10 * records, records),
      },
    };
  });
  return { jobs, contents };
}

function expectOpened({ jobs, contents }: Made): void {
  jobs.forEach(({ batch, results }, i) => {
    for (let row = 0; row < batch.count; row++) {
      if (row === batch.count - 1) {
        expect([OPEN_BAD_MAC, OPEN_BAD_TAG]).toContain(results.status[row]);
        continue;
      }
      expect(results.status[row]).toBe(OPEN_OK);
      const offset = results.offsets[row] ?? 0;
      const content = results.output.subarray(offset, offset + (results.lengths[row] ?? 0));
      expect(Buffer.from(content).toString('hex')).toBe(contents[i]?.[row]);
    }
  });
}

function handleOf(key: KeyObject): PrivateKeyHandle {
  const decoded = decodeRsaPrivateKey(key.export({ type: 'pkcs1', format: 'der' }));
  if (decoded.kind !== 'rsa-private-key') throw new Error(decoded.reason);
  return createPrivateKeyHandle(decoded);
}

describe('OpenerPool', () => {
  test.each([0, 1, 2])('with %i threads opens the same', async (size) => {
    const pool = poolOf(size);
    expect(pool.parallel).toBe(2 * size);
    const calls = [1, 3, 6].map((count) => makeJobs((bytes) => pool.allocate(bytes), count, 40));
    const underWay = calls.map((call) => pool.openAll(call.jobs));
    for (const call of underWay) await call;
    calls.forEach(expectOpened);
    // The same protections again: the threads know them by now.
    const again = calls[0];
    if (again === undefined) throw new Error('no call');
    for (const { results } of again.jobs) results.status.fill(0);
    await pool.openAll(again.jobs);
    expectOpened(again);
  });

  test('shares out large calls, and takes jobs that do not lie in shared memory', async () => {
    const pool = poolOf(2);
    const large = makeJobs((bytes) => pool.allocate(bytes), 5, 300);
    const unshared = makeJobs((bytes) => new Uint8Array(bytes), 2, 5);
    const underWay = [large.jobs, unshared.jobs, []].map((jobs) => pool.openAll(jobs));
    for (const call of underWay) await call;
    expectOpened(large);
    expectOpened(unshared);
  });

  test('does the work itself where threads cannot start', async () => {
    const pool = poolOf(2, new URL('file:///nowhere/opener-worker.mjs'));
    const made = makeJobs((bytes) => pool.allocate(bytes), 3, 10);
    await pool.openAll(made.jobs);
    expectOpened(made);
    // By now both are gone.
    const later = makeJobs((bytes) => pool.allocate(bytes), 3, 10);
    await pool.openAll(later.jobs);
    expectOpened(later);
  });

  test('does again what a thread that died had not finished', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sipher-pool-'));
    const entry = join(folder, 'dies.mjs');
    writeFileSync(
      entry,
      "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(3));",
    );
    try {
      const pool = poolOf(2, pathToFileURL(entry));
      const made = makeJobs((bytes) => pool.allocate(bytes), 4, 10);
      await pool.openAll(made.jobs);
      expectOpened(made);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('tells whoever waits where a job cannot be done by anybody', async () => {
    const pool = poolOf(1);
    const { jobs } = makeJobs((bytes) => pool.allocate(bytes), 1, 5);
    // Results without room: the contract is broken, which is a bug of the caller's.
    const broken = jobs.map(({ results, ...job }) => ({
      ...job,
      results: { ...results, output: results.output.subarray(0, 3) },
    }));
    await expect(pool.openAll(broken)).rejects.toThrow();
  });

  test('takes threads that were started before it, but none that was lost meanwhile', async () => {
    const lost = startThread(new URL('file:///nowhere/opener-worker.mjs'));
    const early = startThread();
    await vi.waitUntil(() => lost?.isLost === true, { timeout: 20_000 });
    const started = [lost, early].filter((thread) => thread !== null);
    const pool = new OpenerPool(2, backend, { started });
    pools.push(pool);
    expect(pool.parallel).toBe(2);
    const made = makeJobs((bytes) => pool.allocate(bytes), 4, 100);
    await pool.openAll(made.jobs);
    expectOpened(made);
  });

  test('ends calls under way when it closes', async () => {
    const pool = poolOf(1);
    const made = makeJobs((bytes) => pool.allocate(bytes), 2, 200);
    const opened = pool.openAll(made.jobs);
    await pool.close();
    await opened;
    expect(pool.openAll(made.jobs)).toBeNull();
    expectOpened(made);
  });

  test.each([
    [0, false],
    [2, false],
    [2, true],
  ])('decrypts premasters in their order with %i threads, answering meanwhile: %s', async (size, answers) => {
    const pool = poolOf(size, undefined, answers);
    const { handle, secrets, ciphertexts } = makePremasters(70);
    // Above the modulus: no ciphertext of this key.
    ciphertexts.push(new Uint8Array(128).fill(0xff));
    const opening = pool.decryptPremasters(handle, ciphertexts);
    pool.helpDecrypting();
    expect((await opening).map(secretOf)).toEqual([...secrets, null]);
  });

  test('decrypts the premasters of threads that died, and lets go of the rest when it closes', async () => {
    const { handle, secrets, ciphertexts } = makePremasters(40);
    const folder = mkdtempSync(join(tmpdir(), 'sipher-pool-'));
    const [dies, waits] = ['process.exit(3)', 'undefined'].map((what, i) => {
      const entry = join(folder, `${i}.mjs`);
      const text = `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => ${what});`;
      writeFileSync(entry, text);
      return pathToFileURL(entry);
    });
    try {
      const opened = await poolOf(2, dies).decryptPremasters(handle, ciphertexts);
      expect(opened.map(secretOf)).toEqual(secrets);
      const pool = poolOf(1, waits);
      const opening = pool.decryptPremasters(handle, ciphertexts);
      await pool.close();
      expect(await opening).toEqual(secrets.map(() => null));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Pre-master secrets in hexadecimal, and each encrypted to the key. */
function makePremasters(count: number): {
  handle: PrivateKeyHandle;
  secrets: string[];
  ciphertexts: Uint8Array[];
} {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const secrets = Array.from({ length: count }, () => randomBytes(48));
  const key = { key: publicKey, padding: constants.RSA_PKCS1_PADDING };
  return {
    handle: handleOf(privateKey),
    secrets: secrets.map((secret) => secret.toString('hex')),
    ciphertexts: secrets.map((secret) => publicEncrypt(key, secret)),
  };
}

function secretOf(plain: Uint8Array | null): string | null {
  return plain === null ? null : Buffer.from(plain).subarray(-48).toString('hex');
}
