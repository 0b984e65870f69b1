import { constants, createPublicKey, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { PrivateKeyHandle } from '../../../../core/crypto/backend.ts';
import { loadKeyFile } from '../../../../core/node/keys/key-containers.ts';
import type { PortableKey } from '../../../../core/node/keys/key-handle.ts';
import {
  decryptRsaRaw,
  exportHandleForWorker,
  importHandleInWorker,
  keyObjectOf,
} from '../../../../core/node/keys/key-handle.ts';
import { bytesOf } from './key-files.ts';

function handleOf(content: Uint8Array): PrivateKeyHandle {
  const material = loadKeyFile('k', content, []).materials.find(({ kind }) => kind === 'rsa-private-key');
  if (material === undefined || !('handle' in material)) throw new Error('no RSA key');
  return material.handle;
}

function sealed(pem: Uint8Array, message: Uint8Array): Uint8Array {
  const key = createPublicKey(Buffer.from(pem));
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, message);
}

const PEM = bytesOf('formats/server1.pkcs1.pem');

describe('decryptRsaRaw', () => {
  it('gives the padded message, as long as the modulus', () => {
    const message = randomBytes(48);
    const padded = decryptRsaRaw(handleOf(PEM), sealed(PEM, message));
    expect(padded).toHaveLength(256);
    expect(padded?.subarray(0, 2)).toEqual(Buffer.from([0, 2]));
    expect(Buffer.from(padded?.subarray(-48) ?? []).equals(message)).toBe(true);
  });

  it('refuses what is out of range, and handles that it did not make', () => {
    const handle = handleOf(PEM);
    expect(decryptRsaRaw(handle, new Uint8Array(256).fill(0xff))).toBeNull();
    expect(decryptRsaRaw(handle, new Uint8Array(257))).toBeNull();
    expect(decryptRsaRaw(handle, Uint8Array.of(1))).toHaveLength(256);
    expect(decryptRsaRaw(handle, new Uint8Array(0))).toBeNull();
    expect(decryptRsaRaw({ ...handle }, new Uint8Array(256))).toBeNull();
  });

  it('works where the host refuses the key', () => {
    const handle = handleOf(PEM);
    const keyObject = keyObjectOf(handle);
    const pkcs1 = keyObject?.export({ type: 'pkcs1', format: 'der' });
    if (pkcs1 === undefined) throw new Error('no key');
    const slow = importHandleInWorker({ handle, keyObject: null, pkcs1: new Uint8Array(Buffer.from(pkcs1)) });
    for (const length of [1, 48, 200]) {
      const ciphertext = sealed(PEM, randomBytes(length));
      expect(
        Buffer.from(decryptRsaRaw(slow, ciphertext) ?? []).equals(
          decryptRsaRaw(handle, ciphertext) ?? Buffer.of(1),
        ),
      ).toBe(true);
    }
    expect(decryptRsaRaw(slow, new Uint8Array(256).fill(0xff))).toBeNull();
    expect(decryptRsaRaw(slow, new Uint8Array(257))).toBeNull();
    expect(Buffer.from(decryptRsaRaw(slow, Uint8Array.of(5)) ?? [])).toEqual(
      decryptRsaRaw(handle, Uint8Array.of(5)),
    );
    expect(decryptRsaRaw(slow, new Uint8Array(256))).toEqual(new Uint8Array(256));
  });

  it('works with p smaller than q', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const jwk = privateKey.export({ format: 'jwk' });
    const pem = privateKey.export({ type: 'pkcs1', format: 'pem' });
    // Written with its primes exchanged, as some key generators do.
    const number = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url');
    const encode = (value: Buffer): Buffer => {
      const signed = (value[0] ?? 0) > 127 ? Buffer.concat([Buffer.of(0), value]) : value;
      return Buffer.concat([
        signed.length > 127 ? Buffer.of(2, 0x81, signed.length) : Buffer.of(2, signed.length),
        signed,
      ]);
    };
    const parts = [jwk.n, jwk.e, jwk.d, jwk.q, jwk.p, jwk.dq, jwk.dp, jwk.qi].map((part) =>
      encode(number(part)),
    );
    const body = Buffer.concat([Buffer.of(2, 1, 0), ...parts]);
    const der = Buffer.concat([Buffer.of(0x30, 0x82, body.length >> 8, body.length & 0xff), body]);
    const message = randomBytes(20);
    const padded = decryptRsaRaw(handleOf(der), sealed(Buffer.from(pem), message));
    expect(Buffer.from(padded?.subarray(-20) ?? []).equals(message)).toBe(true);
  });
});

describe('worker threads', () => {
  it('a handle crosses by postMessage and decrypts on the other side', () => {
    const portable = exportHandleForWorker(handleOf(PEM));
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(portable);
    const received: { message: PortableKey } | undefined = receiveMessageOnPort(port2);
    port1.close();
    if (received === undefined) throw new Error('nothing came');
    const handle = importHandleInWorker(received.message);
    const message = randomBytes(48);
    expect(
      Buffer.from(decryptRsaRaw(handle, sealed(PEM, message))?.subarray(-48) ?? []).equals(message),
    ).toBe(true);
    expect(handle.sha256OfPublicKey).toBe(portable?.handle.sha256OfPublicKey);
  });

  it('the key itself works in a real worker', async () => {
    const portable = exportHandleForWorker(handleOf(PEM));
    const message = randomBytes(48);
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      const { privateDecrypt, constants } = require('node:crypto');
      const { portable, data } = workerData;
      parentPort.postMessage(privateDecrypt({ key: portable.keyObject, padding: constants.RSA_NO_PADDING }, data));`;
    const worker = new Worker(code, { eval: true, workerData: { portable, data: sealed(PEM, message) } });
    const padded = await new Promise<Uint8Array>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
    });
    expect(Buffer.from(padded.subarray(-48)).equals(message)).toBe(true);
    await worker.terminate();
  });

  it('a foreign handle is not exported', () => {
    expect(exportHandleForWorker({ ...handleOf(PEM) })).toBeNull();
  });
});

it('a handle shows nothing but what it says', () => {
  const printed = inspect(handleOf(PEM), { showHidden: true, depth: 9 });
  expect(Object.keys(handleOf(PEM)).sort()).toEqual(['algorithm', 'bits', 'kind', 'sha256OfPublicKey']);
  expect(printed).not.toMatch(/KeyObject|Buffer|Uint8Array/);
});
