import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeKeyFile } from '../../../../core/node/keys/describe-key-file.ts';
import type { KeyFileOutcome } from '../../../../core/node/keys/key-containers.ts';
import {
  loadCapturedKeyLog,
  loadKeyFile,
  loadKeyLogFile,
} from '../../../../core/node/keys/key-containers.ts';
import { encodeElement, encodeInteger, encodeSequence } from '../../../../core/x509/der-encode.ts';
import { bytesOf, hostsHashOf, MADE, MANIFEST, PASSWORD } from './key-files.ts';

const SERVER1 = hostsHashOf('formats/server1.pkcs1.pem');
const MADE_KEY = hostsHashOf('made/rsa.pem');

/** What the words of the lab's manifest mean. */
function expectAsListed(expected: string, outcome: KeyFileOutcome): void {
  if (expected.startsWith('RSA key of server1')) {
    expect(outcome).toMatchObject({ kind: 'rsa-private-key', usable: true, bits: 2048, problem: null });
    expect(outcome.sha256OfPublicKey).toBe(SERVER1);
    return;
  }
  expect(outcome.usable).toBe(false);
  expect(outcome.problem).toMatch(/^[A-Z].*\.$/);
  const words: readonly [RegExp, KeyFileOutcome['kind'], RegExp][] = [
    [/^error: damaged or wrong password/, 'locked', /password.*damaged/],
    [/^error: cut short/, 'unknown', /cut short: it has 1361 of 2722 bytes/],
    [/^recognised; cannot decrypt/, 'ed25519-private-key', /Ed25519 .*key log/],
    [/^certificates? only/, 'certificate', /only the certificate of CN=sip\.lab\.example.*another file/],
    [/^CSR/, 'csr', /certificate request.*another file/],
    [/^no private key in it \(Windows/, 'certificate', /no private key.*Windows.*not marked as exportable/],
    [/^public key only/, 'public-key', /only a public key/],
  ];
  const found = words.find(([pattern]) => pattern.test(expected));
  if (found === undefined) throw new Error(`no meaning for: ${expected}`);
  expect(outcome.kind).toBe(found[1]);
  expect(outcome.problem).toMatch(found[2]);
}

describe('files of the lab', () => {
  it('are all listed', () => {
    expect(MANIFEST.length).toBe(33);
  });

  it.each(MANIFEST)('$file: $expected', ({ file, password, expected }) => {
    const passwords = password === null ? [] : [password];
    expectAsListed(expected, loadKeyFile(`/some/folder/${file}`, bytesOf(`formats/${file}`), passwords));
  });

  it.each(MANIFEST.filter(({ password, expected }) => password && expected.startsWith('RSA key')))(
    '$file asks for its password, and tells a wrong one',
    ({ file, password }) => {
      const content = bytesOf(`formats/${file}`);
      expect(loadKeyFile(file, content, [])).toMatchObject({
        kind: 'locked',
        needsPassword: true,
        usable: false,
        encrypted: true,
        problem: expect.stringContaining('is protected with a password'),
      });
      const wrong = loadKeyFile(file, content, ['wrong', password?.toUpperCase() ?? '']);
      expect(wrong).toMatchObject({ kind: 'locked', needsPassword: true });
      expect(wrong.problem).toMatch(/^None of the 2 passwords given fits/);
      const several = loadKeyFile(file, content, ['wrong', password ?? '', '']);
      expect(several.sha256OfPublicKey).toBe(SERVER1);
    },
  );

  it('gives a key the names of the certificate beside it', () => {
    for (const file of [
      'server1.windows-csp.pfx',
      'server1.with-chain.pfx',
      'server1.windows-csp-exported-nodes.pem',
    ])
      expect(loadKeyFile(file, bytesOf(`formats/${file}`), [PASSWORD])).toMatchObject({
        subject: 'CN=sip.lab.example,O=TLS SIP capture lab',
        notAfter: '2036-11-17T21:32:32Z',
      });
    const chain = loadKeyFile('f', bytesOf('formats/server1.with-chain.pfx'), [PASSWORD]);
    expect(chain.materials.map(({ kind }) => kind)).toEqual([
      'rsa-private-key',
      'certificate',
      'certificate',
    ]);
    expect(chain.materials[0]).toMatchObject({ certificate: { sha256OfPublicKey: SERVER1 } });
  });
});

describe('what programs write', () => {
  it.each(MADE)('$file', { timeout: 60_000 }, ({ file, password, otherwise }) => {
    const outcome = loadKeyFile(file, bytesOf(`made/${file}`), [password]);
    if (otherwise === null) {
      expect(outcome).toMatchObject({ kind: 'rsa-private-key', usable: true, bits: 1024, problem: null });
      expect(outcome.sha256OfPublicKey).toBe(MADE_KEY);
    } else {
      expect(outcome).toMatchObject({ kind: otherwise[0], usable: false });
      expect(outcome.problem).toMatch(otherwise[1]);
    }
  });

  it('says how a file is encrypted', () => {
    const format = (file: string): string => loadKeyFile(file, bytesOf(`made/${file}`), [PASSWORD]).format;
    expect(format('rsa.pem')).toBe('PEM, PKCS#1');
    expect(format('pem-des3.pem')).toBe('PEM, PKCS#1, encrypted (DES-EDE3-CBC)');
    expect(format('pkcs8-hmacWithSHA512.pem')).toBe(
      'PEM, PKCS#8, encrypted (PBES2, PBKDF2 HMAC-SHA-512, AES-128-CBC)',
    );
    expect(format('pfx-PBE-SHA1-RC2-40.pfx')).toBe('PKCS#12 (MAC HMAC-SHA-1; PBE-SHA1-RC2-40)');
    expect(format('java-JKS.store')).toBe('Java key store (JKS)');
  });
});

describe('fresh keys', () => {
  it.each([512, 1024, 1536, 3072, 4096])('RSA of %i bits in every encoding', (modulusLength) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
    const variants = [
      privateKey.export({ type: 'pkcs1', format: 'pem' }),
      privateKey.export({ type: 'pkcs1', format: 'der' }),
      privateKey.export({ type: 'pkcs8', format: 'pem' }),
      privateKey.export({ type: 'pkcs8', format: 'der' }),
      privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'ключ' }),
      privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'des-ede3-cbc', passphrase: 'ключ' }),
    ];
    const hashes = variants.map(
      (variant) => loadKeyFile('k', Buffer.from(variant), ['ключ']).sha256OfPublicKey,
    );
    expect(new Set(hashes).size).toBe(1);
    expect(hashes[0]).not.toBeNull();
  });

  it('names damage in the numbers of a key', () => {
    const der = bytesOf('formats/server1.pkcs8.der');
    const flipped = der.slice();
    flipped[400] = (flipped[400] ?? 0) ^ 1;
    expect(loadKeyFile('k', flipped, [])).toMatchObject({
      usable: false,
      problem: expect.stringMatching(/^This RSA private key cannot be used: its /),
    });
  });
});

describe('other files', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /^This is an empty file\./],
    [
      'a capture',
      Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1),
      /^This is a capture file \(pcap\)\. Open it as the capture/,
    ],
    ['a text', Buffer.from('loglevel=3\n'), /^This is a text without a key in it\./],
    [
      'a truncated PEM',
      bytesOf('formats/server1.pkcs8.pem'.replace('pkcs8.pem', 'pkcs1.pem')).subarray(0, 900),
      /line 1 cannot be read: its END line is missing/,
    ],
  ])('%s', (_, content, sentence) => {
    const outcome = loadKeyFile('C:\\keys\\x.pem', content, []);
    expect(outcome).toMatchObject({ name: 'x.pem', kind: 'unknown', usable: false, needsPassword: false });
    expect(outcome.problem).toMatch(sentence);
    expect(outcome.format).not.toMatch(/, $/);
  });

  it('uses what is sound beside what is not', () => {
    const pem = Buffer.from(bytesOf('made/rsa.pem'));
    const cut = pem.subarray(0, 200);
    expect(loadKeyFile('k', Buffer.concat([cut, Buffer.from('\n'), pem]), [])).toMatchObject({
      usable: true,
      problem: null,
    });
    const locked = Buffer.from(bytesOf('made/pem-aes128.pem'));
    expect(loadKeyFile('k', Buffer.concat([locked, pem]), [])).toMatchObject({
      usable: true,
      needsPassword: false,
    });
  });

  it('tells a PFX that its password opens but that was altered afterwards', () => {
    const content = bytesOf('made/pfx-one-iteration.pfx').slice();
    // The MAC is the last thing in the file: salt, iterations absent, and before them the digest.
    content[content.length - 20] = (content[content.length - 20] ?? 0) ^ 1;
    expect(loadKeyFile('k', content, [PASSWORD]).problem).toMatch(/check sum does not fit/);
    expect(loadKeyFile('k', content, ['wrong']).problem).toMatch(/does not fit this PFX file/);
  });
});

describe('key logs', () => {
  const line = `CLIENT_RANDOM ${'ab'.repeat(32)} ${'cd'.repeat(48)}\n`;

  it('are loaded with their counts', () => {
    const outcome = loadKeyFile('sslkeys.log', Buffer.from(`# x\n${line}`), []);
    expect(outcome).toMatchObject({ kind: 'keylog', usable: true, format: 'TLS key log', problem: null });
    expect(outcome.materials[0]).toMatchObject({
      kind: 'keylog',
      source: { name: 'sslkeys.log', line: null },
    });
    expect(loadCapturedKeyLog('a.pcapng', Buffer.from(line))).toMatchObject({ kind: 'keylog' });
  });

  it('say why they are of no use', () => {
    expect(loadKeyFile('k', Buffer.from(line.slice(0, 121)), []).problem).toMatch(
      /no usable line: line 1 has a secret of/,
    );
    expect(loadKeyLogFile('k', Buffer.from('')).problem).toMatch(/no secret yet/);
    expect(loadKeyLogFile('k', Buffer.from('# begun\n')).problem).toMatch(/no secret yet/);
    // Lines of another kind are no proof that nothing was said by TLS.
    expect(loadKeyLogFile('k', Buffer.from(`nothing\n"${line.trim()}",\n`)).problem).toMatch(
      /no line of a TLS key log in this file, but 2 of another kind/,
    );
    expect(loadKeyLogFile('k', bytesOf('made/rsa.pem'))).toMatchObject({ kind: 'rsa-private-key' });
    expect(loadKeyLogFile('k', Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1)).problem).toMatch(/capture/);
  });
});

describe('hostile files', () => {
  const oid = (hex: string): Uint8Array => encodeElement(6, Buffer.from(hex, 'hex'));
  const count = (value: number): Uint8Array =>
    encodeInteger(Buffer.from(value.toString(16).padStart(12, '0'), 'hex'));
  const salt = encodeElement(4, new Uint8Array(8));
  const pkcs8 = (kdf: Uint8Array): Uint8Array =>
    encodeSequence(
      encodeSequence(
        oid('2a864886f70d01050d'),
        encodeSequence(kdf, encodeSequence(oid('60864801650304012a'), encodeElement(4, new Uint8Array(16)))),
      ),
      encodeElement(4, new Uint8Array(64)),
    );
  const pbkdf2 = (rounds: number): Uint8Array =>
    encodeSequence(oid('2a864886f70d01050c'), encodeSequence(salt, count(rounds)));
  const scrypt = (n: number, r: number, p: number): Uint8Array =>
    encodeSequence(oid('2b06010401da47040b'), encodeSequence(salt, count(n), count(r), count(p)));

  it.each<[string, Uint8Array, RegExp]>([
    ['PBKDF2 with a billion rounds', pbkdf2(1e9), /asks for 1,000,000,000 rounds of password hashing/],
    ['scrypt with 64 GB', scrypt(2 ** 26, 8, 1), /asks for 65,537 MB of memory/],
    ['scrypt with a huge r', scrypt(2, 2 ** 28, 1), /MB of memory/],
    ['scrypt with a huge p', scrypt(2, 1, 2 ** 28), /MB of memory/],
    ['scrypt with an N that is no power of two', scrypt(1000, 8, 1), /damaged encryption parameters/],
    ['no rounds', pbkdf2(0), /damaged encryption parameters/],
  ])('%s', (_, kdf, sentence) => {
    const started = performance.now();
    expect(loadKeyFile('k', pkcs8(kdf), ['a', 'b', 'c']).problem).toMatch(sentence);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('secrets', () => {
  const sources = [
    ...MANIFEST.filter(({ file }) => !/mac-sha512|scrypt/.test(file)).map(({ file }) => `formats/${file}`),
    ...[
      'java-JKS.store',
      'pfx-one-iteration.pfx',
      'pem-des3.pem',
      'rsa.pem',
      'pkcs8-PBE-SHA1-RC4-128.pem',
    ].map((file) => `made/${file}`),
  ].map(bytesOf);
  /** The private exponent and primes of both keys, as anybody would print them. */
  const numbers = ['formats/server1.pkcs1.pem', 'made/rsa.pem'].flatMap((file) => {
    const jwk = createPrivateKey(Buffer.from(bytesOf(file))).export({ format: 'jwk' });
    return [jwk.d, jwk.p, jwk.q].map((part) => Buffer.from(part ?? '', 'base64url'));
  });

  function expectNoSecret(outcome: KeyFileOutcome, passwords: readonly string[]): void {
    const printed = [
      JSON.stringify(describeKeyFile('k', outcome)),
      JSON.stringify(outcome, (_, value: unknown) => value),
      inspect(outcome, { depth: 12, maxArrayLength: null, showHidden: true }),
    ].join('\n');
    for (const password of passwords) if (password.length > 5) expect(printed).not.toContain(password);
    for (const number of numbers) {
      expect(printed).not.toContain(number.subarray(0, 12).toString('hex'));
      expect(printed).not.toContain(number.subarray(0, 12).toString('base64'));
      expect(printed).not.toContain(number.subarray(0, 12).join(', '));
      expect(printed).not.toContain(number.subarray(0, 12).join(','));
    }
  }

  it('never come out, and no file throws, whatever was done to it', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
        fc.nat(),
        fc.constantFrom(PASSWORD, 'wrong-password-here'),
        (source, changes, cut, password) => {
          const content = source.slice(0, cut % 4 === 0 ? cut % source.length : source.length);
          for (const [at, byte] of changes) if (content.length > 0) content[at % content.length] = byte;
          const outcome = loadKeyFile('k', content, [password]);
          expect(outcome.problem === null).toBe(outcome.usable);
          expectNoSecret(outcome, [password]);
        },
      ),
      { numRuns: 250 },
    );
  });

  it('never come out of whole files', () => {
    for (const source of sources) expectNoSecret(loadKeyFile('k', source, [PASSWORD]), [PASSWORD]);
  });

  it('do not stand in the buffers of what is public', () => {
    for (const file of ['pfx-key-in-clear.pfx', 'bundle.pem', 'java-JKS.store'])
      for (const material of loadKeyFile('k', bytesOf(`made/${file}`), [PASSWORD]).materials)
        if (material.kind === 'certificate') {
          const { der, publicKey, subject } = material.certificate;
          for (const view of [der, publicKey.spki, subject.der])
            expect(view.buffer.byteLength).toBe(der.length);
        }
  });

  it('random bytes and random DER are only unknown', () => {
    for (let i = 0; i < 300; i++) {
      const content = randomBytes(200);
      if (i % 2 === 0) content.set([0x30, 0x81, 197]);
      expect(loadKeyFile('k', content, ['x']).usable).toBe(false);
    }
  });
});

describe('describeKeyFile', () => {
  it('has the members of the command line’s contract and no others', () => {
    const outcome = loadKeyFile('server1.windows-csp.pfx', bytesOf('formats/server1.windows-csp.pfx'), [
      PASSWORD,
    ]);
    expect(describeKeyFile('keys/server1.windows-csp.pfx', outcome)).toEqual({
      file: 'keys/server1.windows-csp.pfx',
      kind: 'rsa-private-key',
      format: 'PKCS#12 (MAC HMAC-SHA-1; PBE-SHA1-RC2-40; PBE-SHA1-3DES)',
      encrypted: true,
      usable: true,
      bits: 2048,
      sha256OfPublicKey: SERVER1,
      subject: 'CN=sip.lab.example,O=TLS SIP capture lab',
      notAfter: '2036-11-17T21:32:32Z',
      problem: null,
    });
  });
});
