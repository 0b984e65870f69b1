/**
 * Writes the table "suite by key kind" into docs/SUPPORT.md, from the table of suites and from what the code derives:
 * a suite counts as supported where its keys can be made and the cryptography behind can open its records.
 *
 *   node scripts/make-support-table.mjs
 *
 * test/architecture/support-table.test.ts fails where the document is not what this would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const DOCUMENT = join(ROOT, 'docs/SUPPORT.md');
const BEGIN = '<!-- suites: written by scripts/make-support-table.mjs -->';
const END = '<!-- end of suites -->';

/** What opens a suite's records, by kind of key: "yes", "—" (that kind of key has no part in it) or "no" with a reason. */
export function rateSuite(suite, parts) {
  const whyNot = whyRecordsStayClosed(suite, parts);
  if (suite.kind === 'null' && whyNot === null)
    return { privateKey: 'not encrypted', psk: 'not encrypted', keyLog: 'not encrypted' };
  if (whyNot !== null) return { privateKey: whyNot, psk: whyNot, keyLog: whyNot };
  return { privateKey: byPrivateKey(suite), psk: byPsk(suite), keyLog: 'yes' };
}

/** The document's text with the table in its place. */
export function withTable(document, parts) {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error('docs/SUPPORT.md has lost the marks between which the table stands');
  return `${document.slice(0, begin + BEGIN.length)}\n\n${makeTable(parts)}\n\n${document.slice(end)}`;
}

function makeTable(parts) {
  const rows = parts
    .knownCipherSuiteIds()
    .map(parts.cipherSuiteOf)
    .filter((suite) => suite.kind !== 'signal')
    .map((suite) => {
      const { privateKey, psk, keyLog } = rateSuite(suite, parts);
      return [`0x${suite.id.toString(16).padStart(4, '0')}`, suite.name, privateKey, psk, keyLog];
    });
  const head = ['Id', 'Suite', 'RSA private key', 'Pre-shared key', 'Key log'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const opened = rows.filter((row) => row[4] === 'yes').length;
  const plain = rows.filter((row) => row[4] === 'not encrypted').length;
  return [
    `${rows.length} suites: ${opened} are opened, ${plain} do not encrypt, ${rows.length - opened - plain} are known by name only.`,
    '',
    line(head),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...rows.map(line),
  ].join('\n');
}

function whyRecordsStayClosed(suite, { backend, deriveKeyBlock, deriveTrafficProtection }) {
  if (suite.kind === 'unknown') return 'no: cipher';
  if (suite.prfHash === null) return 'no: hash';
  const secret = new Uint8Array(48);
  const random = new Uint8Array(32);
  const protection =
    suite.keyExchange === 'tls13'
      ? deriveTrafficProtection(backend, suite, secret)
      : (deriveKeyBlock(backend, TLS_1_2, suite, secret, random, random)?.client ?? null);
  if (protection === null) return suite.kind === 'null' ? 'no: integrity only' : 'no: cipher';
  const able =
    protection.kind === 'cbc'
      ? backend.supportsBlockCipher(protection.cipher)
      : protection.kind === 'aead'
        ? backend.supportsAead(protection.cipher)
        : true;
  return able ? null : 'no: cipher';
}

const TLS_1_2 = 0x0303;

function byPrivateKey({ keyExchange, forwardSecret }) {
  if (keyExchange === 'rsa') return 'yes';
  if (keyExchange === 'rsa-export') return 'yes, unless a temporary key was sent';
  if (keyExchange === 'rsa-psk') return 'with the pre-shared key';
  if (/^(dh|ecdh)-(rsa|dss|ecdsa)$/.test(keyExchange)) return 'no: static (EC)DH';
  if (forwardSecret) return 'no: forward secrecy';
  return '—';
}

function byPsk({ keyExchange }) {
  if (keyExchange === 'psk') return 'yes';
  if (keyExchange === 'rsa-psk') return 'with the private key';
  if (keyExchange === 'dhe-psk' || keyExchange === 'ecdhe-psk') return 'no: forward secrecy';
  return '—';
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { runnerImport } = await import('vite');
  const load = async (path) => (await runnerImport(join(ROOT, path))).module;
  const parts = {
    ...(await load('core/tls/tables/cipher-suites.ts')),
    ...(await load('core/tls/secrets/key-block.ts')),
    ...(await load('core/tls/secrets/hkdf.ts')),
    backend: (await load('core/node/crypto-backend.ts')).createNodeBackend(),
  };
  writeFileSync(DOCUMENT, withTable(readFileSync(DOCUMENT, 'utf8'), parts));
}
