import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../../../core/bytes/reader.ts';
import { loadKeyFile, loadKeyLogFile } from '../../../../core/node/keys/key-containers.ts';
import { unpackKeyFile } from '../../../../core/node/keys/unpack-key-file.ts';

const KEYS = new URL('../../../captures/keys/', import.meta.url);
const PEM = readFileSync(new URL('server1.key.pem', KEYS));
/** Made by Python's zipfile: a text, a folder, a certificate deflated, its key stored. */
const ZIP = readFileSync(new URL('packed/export.zip', KEYS));
const LOG = Buffer.from(`CLIENT_RANDOM ${'11'.repeat(32)} ${'22'.repeat(48)}\n`.repeat(3));

describe('packed key files', () => {
  test('a gzip file is read as what is in it, members one after the other', () => {
    const plain = loadKeyFile('server.pem', PEM, []);
    const packed = loadKeyFile('server.pem.gz', gzipSync(PEM), []);
    expect(packed).toMatchObject({
      name: 'server.pem.gz',
      kind: 'rsa-private-key',
      usable: true,
      format: `gzip, ${plain.format}`,
      sha256OfPublicKey: plain.sha256OfPublicKey,
    });
    const halves = [gzipSync(LOG.subarray(0, 100)), gzipSync(LOG.subarray(100))];
    const log = loadKeyLogFile('keys.log.gz', concatBytes(halves));
    expect([log.kind, log.usable, log.problem]).toEqual(['keylog', true, null]);
  });

  test('a ZIP archive gives all the keys and certificates that it holds', () => {
    const outcome = loadKeyFile('export.zip', ZIP, []);
    expect(outcome).toMatchObject({ kind: 'rsa-private-key', usable: true, problem: null });
    expect(outcome.format).toMatch(/^ZIP, PEM, /);
    expect(outcome.subject).toContain('sip.lab.example');
    expect(outcome.materials.map((material) => 'source' in material && material.source.name)).toEqual([
      'export.zip/certs/server1.crt.pem',
      'export.zip/certs/server1.key.pem',
    ]);
  });

  test('what ends too early gives what is there', () => {
    const cut = gzipSync(LOG).subarray(0, -9);
    expect(loadKeyFile('keys.gz', cut, []).usable).toBe(true);
  });

  test('what holds no key, is damaged, locked or without end is said to be so', () => {
    const bomb = concatBytes(
      Array.from({ length: 17 }, () => gzipSync(Buffer.alloc(16 * 1024 * 1024), { level: 1 })),
    );
    const locked = Buffer.from(ZIP);
    locked[locked.indexOf('PK\x01\x02', 0, 'latin1') + 8] = 1;
    const damaged = gzipSync(PEM);
    damaged.fill(0xff, 12, 40);
    expect(loadKeyFile('bomb.gz', bomb, []).problem).toContain('unpacks to more than 256 MiB');
    expect(loadKeyFile('locked.zip', locked, []).problem).toContain('locked with a password');
    expect(loadKeyFile('damaged.gz', damaged, []).problem).toContain('is damaged');
    expect(loadKeyFile('cut.zip', ZIP.subarray(0, 900), []).problem).toContain('cut short');
    expect(
      loadKeyFile('capture.pcap.gz', gzipSync(Buffer.from('d4c3b2a1'.repeat(5), 'hex')), []).problem,
    ).toContain('capture');
  });

  test('no ZIP archive makes it throw, whatever its bytes', () => {
    for (let at = 0; at < ZIP.length; at++) {
      for (const value of [0, 0xff]) {
        const bytes = Buffer.from(ZIP);
        bytes[at] = value;
        expect(() => unpackKeyFile(bytes)).not.toThrow();
      }
      expect(() => unpackKeyFile(ZIP.subarray(0, at))).not.toThrow();
    }
  });
});
