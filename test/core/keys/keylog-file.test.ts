import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyLogLabel } from '../../../core/keys/keylog-labels.ts';
import { KeyLog } from '../../../core/keys/keylog-file.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (length: number, seed: number): string =>
  Array.from({ length }, (_, i) => ((seed * 37 + i * 11) & 0xff).toString(16).padStart(2, '0')).join('');
const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const RANDOM = hex(32, 1);
const MASTER = hex(48, 2);
const secretsIn = (log: KeyLog, label: KeyLogLabel, random = RANDOM): [string, number][] =>
  log
    .secretsFor(label, fromHex(random))
    .map(({ secret, line }) => [Buffer.from(secret).toString('hex'), line]);

describe('labels', () => {
  it.each<[KeyLogLabel, number]>([
    ['CLIENT_RANDOM', 48],
    ['PMS_CLIENT_RANDOM', 48],
    ['PMS_CLIENT_RANDOM', 66],
    ['CLIENT_EARLY_TRAFFIC_SECRET', 32],
    ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 48],
    ['SERVER_HANDSHAKE_TRAFFIC_SECRET', 32],
    ['CLIENT_TRAFFIC_SECRET_0', 32],
    ['SERVER_TRAFFIC_SECRET_0', 32],
    ['CLIENT_TRAFFIC_SECRET_1', 32],
    ['SERVER_TRAFFIC_SECRET_4711', 48],
    ['EARLY_EXPORTER_SECRET', 32],
    ['EXPORTER_SECRET', 32],
    ['ECH_SECRET', 32],
    ['ECH_CONFIG', 300],
  ])('%s with %i bytes is found by client random', (label, length) => {
    const log = KeyLog.of(bytes(`${label} ${RANDOM} ${hex(length, 9)}\n`));
    expect(secretsIn(log, label)).toEqual([[hex(length, 9), 1]]);
    expect(log.labelsFor(fromHex(RANDOM))).toEqual([label]);
  });

  it('keeps generations of traffic secrets apart', () => {
    const log = KeyLog.of(
      bytes(
        `CLIENT_TRAFFIC_SECRET_0 ${RANDOM} ${hex(32, 5)}\nCLIENT_TRAFFIC_SECRET_1 ${RANDOM} ${hex(32, 6)}\n`,
      ),
    );
    expect(secretsIn(log, 'CLIENT_TRAFFIC_SECRET_0')).toEqual([[hex(32, 5), 1]]);
    expect(secretsIn(log, 'CLIENT_TRAFFIC_SECRET_1')).toEqual([[hex(32, 6), 2]]);
    expect(secretsIn(log, 'CLIENT_TRAFFIC_SECRET_2')).toEqual([]);
    expect(secretsIn(log, 'SERVER_TRAFFIC_SECRET_0')).toEqual([]);
  });

  it('finds "RSA" lines by the encrypted pre-master secret, however much of it is given', () => {
    const log = KeyLog.of(bytes(`RSA 0011223344556677 ${MASTER}\n`));
    for (const wire of ['0011223344556677', `0011223344556677${hex(248, 3)}`])
      expect(log.premastersFor(fromHex(wire)).map(({ line }) => line)).toEqual([1]);
    expect(log.premastersFor(fromHex('0011223344556678'))).toEqual([]);
    expect(log.premastersFor(fromHex('00112233'))).toEqual([]);
    expect(log.counts.clientRandoms).toBe(0);
  });

  it('finds "RSA Session-ID" lines', () => {
    const log = KeyLog.of(bytes(`RSA Session-ID:${hex(32, 7)} Master-Key:${MASTER}\n`));
    expect(log.masterForSessionId(fromHex(hex(32, 7)))).toEqual([{ secret: fromHex(MASTER), line: 1 }]);
    expect(log.masterForSessionId(new Uint8Array(0))).toEqual([]);
    // The session id is as long as a client random and must not be taken for one.
    expect([...log.clientRandoms()]).toEqual([]);
    expect(log.labelsFor(fromHex(hex(32, 7)))).toEqual([]);
  });
});

describe('lines as they are', () => {
  it('reads odd case, indentation, tabs, a time in front and words behind', () => {
    const log = KeyLog.of(
      bytes(
        [
          `client_random ${RANDOM.toUpperCase()} ${MASTER.toUpperCase()}`,
          `\t CLIENT_RANDOM\t${hex(32, 2)}  ${MASTER}   `,
          `2026-11-20 12:00:00 java[123]: CLIENT_RANDOM ${hex(32, 3)} ${MASTER}`,
          `CLIENT_RANDOM ${hex(32, 4)} ${MASTER} # phone`,
        ].join('\n'),
      ),
    );
    expect(log.counts).toMatchObject({ secrets: 4, clientRandoms: 4, bad: 0, lines: 4 });
    expect(secretsIn(log, 'CLIENT_RANDOM')).toEqual([[MASTER, 1]]);
    expect(secretsIn(log, 'CLIENT_RANDOM', hex(32, 3))).toEqual([[MASTER, 3]]);
  });

  it('counts lines of other programs, comments and blanks apart', () => {
    const log = KeyLog.of(
      bytes(
        '# comment\n; comment\n\n   \nLOCAL_STATIC_PRIVATE_KEY = x\nRSA key exchange done\nQUIC_SECRET a b\n{"json": 1}\n',
      ),
    );
    expect(log.counts).toEqual({
      lines: 8,
      secrets: 0,
      clientRandoms: 0,
      duplicates: 0,
      comments: 2,
      blank: 2,
      other: 4,
      bad: 0,
      dropped: 0,
      used: 0,
    });
  });

  it('says which lines are bad and why', () => {
    const log = KeyLog.of(
      bytes(
        [
          `CLIENT_RANDOM ${RANDOM.slice(2)} ${MASTER}`,
          `CLIENT_RANDOM ${RANDOM} ${MASTER.slice(2)}`,
          `CLIENT_RANDOM ${RANDOM} ${MASTER.slice(1)}`,
          `CLIENT_RANDOM ${RANDOM} ${MASTER.replace('0', 'g')}zz`,
          `CLIENT_RANDOM ${RANDOM}`,
          `CLIENT_RANDOM`,
          `RSA 0011223344556677 00`,
          `RSA Session-ID: Master-Key:${MASTER}`,
          `RSA Session-ID:00 ${MASTER}`,
          `ECH_CONFIG ${RANDOM} ${'00'.repeat(65_537)}`,
        ].join('\r\n'),
      ),
    );
    expect(log.counts).toMatchObject({ secrets: 0, bad: 10 });
    expect(log.faults).toEqual([
      { line: 1, reason: 'a client random of 31 bytes instead of 32' },
      { line: 2, reason: 'a secret of 47 bytes, which CLIENT_RANDOM cannot have' },
      { line: 3, reason: 'a secret with half a byte' },
      { line: 4, reason: 'a secret that is not hexadecimal' },
      { line: 5, reason: 'no secret' },
      { line: 6, reason: 'no client random' },
      { line: 7, reason: 'a secret of 1 bytes, which RSA cannot have' },
      { line: 8, reason: 'a session id that is not hexadecimal' },
      { line: 9, reason: 'no "Master-Key:" behind the session id' },
      { line: 10, reason: 'a secret that is too long' },
    ]);
  });

  it('keeps secrets that differ, latest first, and repetitions once', () => {
    const other = hex(48, 77);
    const log = KeyLog.of(
      bytes([MASTER, other, MASTER].map((secret) => `CLIENT_RANDOM ${RANDOM} ${secret}\n`).join('')),
    );
    expect(secretsIn(log, 'CLIENT_RANDOM')).toEqual([
      [other, 2],
      [MASTER, 1],
    ]);
    expect(log.counts).toMatchObject({ secrets: 2, duplicates: 1, clientRandoms: 1 });
  });
});

describe('encodings and splits', () => {
  const text = [
    '# NSS key log',
    `CLIENT_RANDOM ${RANDOM} ${MASTER}`,
    '',
    `CLIENT_TRAFFIC_SECRET_0 ${hex(32, 8)} ${hex(32, 9)}`,
    `RSA 0011223344556677 ${MASTER}`,
    'bad line of another program',
    `SERVER_TRAFFIC_SECRET_0 ${hex(32, 8)} 00`,
  ];
  const expected = { lines: 7, secrets: 3, comments: 1, blank: 1, other: 1, bad: 1, clientRandoms: 2 };
  const utf16 = (content: string, order: 'le' | 'be'): Uint8Array => {
    const buffer = Buffer.from(content, 'utf16le');
    return new Uint8Array(order === 'le' ? buffer : buffer.swap16());
  };

  it.each(['\n', '\r\n', '\r'])('reads line ends %j in every encoding', (end) => {
    const whole = text.join(end) + end;
    for (const encoded of [
      bytes(whole),
      bytes(`\ufeff${whole}`),
      utf16(whole, 'le'),
      utf16(whole, 'be'),
      utf16(`\ufeff${whole}`, 'le'),
      utf16(`\ufeff${whole}`, 'be'),
    ]) {
      const log = KeyLog.of(encoded);
      expect(log.counts).toMatchObject(expected);
      expect(log.faults).toEqual([
        { line: 7, reason: 'a secret of 1 bytes, which SERVER_TRAFFIC_SECRET_0 cannot have' },
      ]);
      expect(secretsIn(log, 'CLIENT_RANDOM')).toEqual([[MASTER, 2]]);
      expect(secretsIn(log, 'CLIENT_TRAFFIC_SECRET_0', hex(32, 8))).toEqual([[hex(32, 9), 4]]);
    }
  });

  it('reads ASCII appended to a file that began in UTF-16, as PowerShell leaves it', () => {
    const mixed = Buffer.concat([
      utf16(`\ufeff# begun\r\n`, 'le'),
      bytes(`CLIENT_RANDOM ${RANDOM} ${MASTER}\n`),
    ]);
    expect(secretsIn(KeyLog.of(mixed), 'CLIENT_RANDOM')).toEqual([[MASTER, 2]]);
  });

  it('gives the same for every split, with and without looks in between', () => {
    const end = fc.constantFrom('\n', '\r\n', '\r');
    const encode = fc.constantFrom<(t: string) => Uint8Array>(
      bytes,
      (t) => utf16(`\ufeff${t}`, 'le'),
      (t) => utf16(t, 'be'),
    );
    fc.assert(
      fc.property(
        end,
        encode,
        fc.array(fc.nat(5000), { maxLength: 20 }),
        fc.boolean(),
        (lineEnd, encoder, cuts, looks) => {
          const whole = encoder(text.join(lineEnd));
          const log = new KeyLog();
          const places = [...new Set(cuts.map((cut) => cut % whole.length))].sort((a, b) => a - b);
          let from = 0;
          for (const to of [...places, whole.length]) {
            log.append(whole.subarray(from, to));
            if (looks) log.finish();
            from = to;
          }
          log.finish();
          const { bad, other, comments, blank, lines } = log.counts;
          expect({ bad, other, comments, blank, lines }).toEqual({
            bad: 1,
            other: 1,
            comments: 1,
            blank: 1,
            lines: 7,
          });
          expect(secretsIn(log, 'CLIENT_RANDOM').at(-1)).toEqual([MASTER, 2]);
          expect(secretsIn(log, 'CLIENT_TRAFFIC_SECRET_0', hex(32, 8))).toContainEqual([hex(32, 9), 4]);
          expect(log.premastersFor(fromHex('0011223344556677'))).toHaveLength(1);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('takes a last line without its end, and its end when that comes', () => {
    const log = new KeyLog();
    const line = `CLIENT_RANDOM ${RANDOM} ${MASTER}`;
    log.append(bytes(line.slice(0, 60)));
    log.finish();
    expect(log.counts).toMatchObject({ bad: 1, lines: 1 });
    log.append(bytes(line.slice(60)));
    log.finish();
    expect(log.counts).toMatchObject({ bad: 0, secrets: 1, lines: 1 });
    expect(log.faults).toEqual([]);
    log.append(bytes(`\r\n${line}\n`));
    expect(log.counts).toMatchObject({ bad: 0, secrets: 1, duplicates: 1, lines: 2 });
  });

  it('passes over a line without end and goes on behind it', () => {
    const log = new KeyLog();
    for (let i = 0; i < 10; i++) log.append(new Uint8Array(100_000).fill(0x41));
    log.append(bytes(`\nCLIENT_RANDOM ${RANDOM} ${MASTER}\n`));
    expect(log.counts).toMatchObject({ lines: 2, bad: 1, secrets: 1 });
  });
});

describe('many lines', () => {
  it('finds each of 20,000 client randoms, and none that is not there', () => {
    const randoms = Array.from({ length: 20_000 }, (_, i) => i.toString(16).padStart(64, '0'));
    const log = KeyLog.of(bytes(randoms.map((random) => `CLIENT_RANDOM ${random} ${MASTER}\n`).join('')));
    randoms.forEach((random, i) => {
      expect(log.secretsFor('CLIENT_RANDOM', fromHex(random))[0]?.line).toBe(i + 1);
    });
    expect(log.secretsFor('CLIENT_RANDOM', fromHex('ff'.repeat(32)))).toEqual([]);
    expect([...log.clientRandoms()].map((random) => Buffer.from(random).toString('hex'))).toEqual(randoms);
    expect([...log.everySecret('CLIENT_RANDOM')]).toHaveLength(20_000);
    expect([...log.everySecret('RSA')]).toEqual([]);
  });

  it('bounds what one client random with endless secrets costs', () => {
    const lines = Array.from(
      { length: 30_000 },
      (_, i) => `CLIENT_RANDOM ${RANDOM} ${i.toString(16).padStart(96, '0')}\n`,
    );
    const log = KeyLog.of(bytes(lines.join('')));
    expect(log.counts.secrets).toBe(30_000);
    const found = log.secretsFor('CLIENT_RANDOM', fromHex(RANDOM));
    expect(found).toHaveLength(256);
    expect(found[0]?.line).toBe(30_000);
    expect(log.counts.clientRandoms).toBe(1);
  });
});

it('marks the lines that were used', () => {
  const log = KeyLog.of(
    bytes(`# x\nCLIENT_RANDOM ${RANDOM} ${MASTER}\nCLIENT_RANDOM ${hex(32, 9)} ${MASTER}\n`),
  );
  log.markUsed(3);
  log.markUsed(3);
  log.markUsed(1);
  expect([1, 2, 3].map((line) => log.isUsed(line))).toEqual([false, false, true]);
  expect(log.counts.used).toBe(1);
  log.clearUsage();
  expect(log.isUsed(3)).toBe(false);
  expect(log.counts.used).toBe(0);
});

it('prints no secret', () => {
  const log = KeyLog.of(
    bytes(`CLIENT_RANDOM ${RANDOM} ${MASTER}\nCLIENT_RANDOM ${RANDOM} ${MASTER.slice(2)}`),
  );
  const printed = `${inspect(log, { depth: 10, showHidden: true })} ${JSON.stringify(log)} ${String(log)}`;
  expect(printed).not.toContain(MASTER.slice(0, 8));
  expect(printed).not.toContain(fromHex(MASTER).join());
});

it('never throws', () => {
  const piece = fc.constantFrom(
    'CLIENT_RANDOM ',
    'RSA ',
    'Session-ID:',
    ' Master-Key:',
    RANDOM,
    MASTER,
    '\n',
    '\r',
    '\0',
    ' ',
    '\ufeff',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), (pieces) => {
      const log = KeyLog.of(bytes(pieces.join('')));
      const { secrets, duplicates, comments, blank, other, bad, lines } = log.counts;
      expect(secrets + duplicates + comments + blank + other + bad).toBe(lines);
    }),
    { numRuns: 2000 },
  );
});
