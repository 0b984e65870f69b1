import * as fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Rc4 } from '../../../../core/crypto/rc4.ts';
import type { AeadName, BlockCipherName, HashName } from '../../../../core/crypto/backend.ts';
import {
  OPEN_BAD_LENGTH,
  OPEN_BAD_MAC,
  OPEN_BAD_PADDING,
  OPEN_BAD_TAG,
  OPEN_OK,
  ROW_WIDTH,
  type OpenBatch,
  type OpenResults,
  type RecordProtection,
} from '../../../../core/tls/open/batch.ts';
import { openBatch } from '../../../../core/tls/open/open-batch.ts';
import { RUNTIME_PROFILES } from '../../../support/boringssl-profile.ts';
import { sealRecords, sealWith, type PlainRecord, type SealedRecord } from '../../../support/seal-records.ts';

interface Flavour {
  readonly name: string;
  readonly version: number;
  readonly make: () => RecordProtection;
}

const KEY_LENGTHS: Readonly<Record<string, number>> = { '3des': 24, des: 8 };

function keyLength(cipher: string): number {
  const bits = /-(128|192|256)/.exec(cipher);
  if (bits !== null) return Number(bits[1]) / 8;
  return KEY_LENGTHS[cipher] ?? (cipher === 'chacha20-poly1305' ? 32 : 16);
}

const MAC_LENGTHS: Readonly<Record<HashName, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

function cbc(
  cipher: BlockCipherName,
  mac: HashName,
  version: number,
  options: { encryptThenMac?: boolean; truncated?: boolean } = {},
): Flavour {
  const extra = `${options.encryptThenMac === true ? ' EtM' : ''}${options.truncated === true ? ' truncated' : ''}`;
  return {
    name: `${cipher}-cbc ${mac} 0x${version.toString(16)}${extra}`,
    version,
    make: () => ({
      kind: 'cbc',
      cipher,
      blockLength: cipher === '3des' || cipher === 'des' ? 8 : 16,
      mac,
      macLength: options.truncated === true ? 10 : MAC_LENGTHS[mac],
      explicitIv: version > 0x0301,
      encryptThenMac: options.encryptThenMac === true,
      ssl3: version === 0x0300,
      key: randomBytes(keyLength(cipher)),
      macKey: randomBytes(MAC_LENGTHS[mac]),
    }),
  };
}

function stream(cipher: 'rc4' | 'null', mac: HashName, version: number): Flavour {
  return {
    name: `${cipher} ${mac} 0x${version.toString(16)}`,
    version,
    make: () => ({
      kind: 'stream',
      cipher,
      mac,
      macLength: MAC_LENGTHS[mac],
      ssl3: version === 0x0300,
      key: randomBytes(16),
      macKey: randomBytes(MAC_LENGTHS[mac]),
    }),
  };
}

function aead(cipher: AeadName, tls13: boolean): Flavour {
  const explicitNonceLength = tls13 || cipher === 'chacha20-poly1305' ? 0 : 8;
  return {
    name: `${cipher} ${tls13 ? 'TLS 1.3' : 'TLS 1.2'}`,
    version: 0x0303,
    make: () => ({
      kind: 'aead',
      cipher,
      key: randomBytes(keyLength(cipher)),
      iv: randomBytes(explicitNonceLength === 8 ? 4 : 12),
      explicitNonceLength,
      tls13,
    }),
  };
}

const FLAVOURS: readonly Flavour[] = [
  cbc('aes-128', 'sha1', 0x0303),
  cbc('aes-256', 'sha1', 0x0302),
  cbc('aes-256', 'sha1', 0x0301),
  cbc('aes-128', 'sha1', 0x0300),
  cbc('aes-128', 'sha256', 0x0303),
  cbc('aes-256', 'sha384', 0x0303),
  cbc('aes-256', 'sha1', 0x0303, { encryptThenMac: true }),
  cbc('aes-128', 'sha1', 0x0301, { encryptThenMac: true }),
  cbc('aes-256', 'sha384', 0x0303, { encryptThenMac: true }),
  cbc('aes-128', 'sha1', 0x0303, { truncated: true }),
  cbc('3des', 'sha1', 0x0303),
  cbc('3des', 'sha1', 0x0301),
  cbc('3des', 'sha1', 0x0300),
  cbc('3des', 'sha1', 0x0303, { encryptThenMac: true }),
  cbc('des', 'sha1', 0x0301),
  cbc('camellia-128', 'sha1', 0x0303),
  cbc('camellia-256', 'sha256', 0x0303),
  cbc('aria-128', 'sha256', 0x0303),
  cbc('aria-256', 'sha384', 0x0303),
  stream('rc4', 'sha1', 0x0301),
  stream('rc4', 'md5', 0x0300),
  stream('null', 'sha256', 0x0303),
  stream('null', 'md5', 0x0300),
  aead('aes-128-gcm', false),
  aead('aes-256-gcm', false),
  aead('aes-128-ccm', false),
  aead('aes-256-ccm-8', false),
  aead('chacha20-poly1305', false),
  aead('camellia-128-gcm', false),
  aead('camellia-256-gcm', false),
  aead('aria-128-gcm', false),
  aead('aria-256-gcm', false),
  aead('aes-128-gcm', true),
  aead('aes-256-gcm', true),
  aead('aes-128-ccm', true),
  aead('aes-128-ccm-8', true),
  aead('chacha20-poly1305', true),
];

/** Records laid out as a caller does: some bytes between them, the IV before a chained record. */
function layOut(records: readonly SealedRecord[], gap: number): { input: Uint8Array; rows: Uint32Array } {
  const rows = new Uint32Array(records.length * ROW_WIDTH);
  const parts: Uint8Array[] = [];
  let at = 0;
  const put = (bytes: Uint8Array): number => {
    parts.push(bytes);
    at += bytes.length;
    return at - bytes.length;
  };
  records.forEach((record, i) => {
    put(new Uint8Array(gap).fill(0xa5));
    const additional = record.additionalData === null ? 0xffffffff : put(record.additionalData);
    put(record.iv);
    const offset = put(record.fragment);
    rows.set(
      [
        record.type,
        record.version,
        offset,
        record.fragment.length,
        Number(record.sequence >> 32n),
        Number(record.sequence & 0xffffffffn),
        additional,
        record.additionalData?.length ?? 0,
      ],
      i * ROW_WIDTH,
    );
  });
  return { input: new Uint8Array(Buffer.concat(parts)), rows };
}

/** A batch that has its rows and its results for itself. */
const ALONE = { first: 0, outputFrom: 0, keystreamUsed: 0 };

function resultsFor(batch: OpenBatch): OpenResults {
  let size = 0;
  for (let row = 0; row < batch.count; row++) size += batch.rows[row * ROW_WIDTH + 3] ?? 0;
  return {
    output: new Uint8Array(size),
    offsets: new Uint32Array(batch.count).fill(0xdeadbeef),
    lengths: new Uint32Array(batch.count).fill(0xdeadbeef),
    status: new Uint8Array(batch.count),
    types: new Uint8Array(batch.count),
    readable: new Uint8Array(batch.count).fill(7),
  };
}

interface Opened {
  readonly status: number;
  readonly type: number;
  readonly content: string;
  readonly readable: number;
}

function rowsOf(results: OpenResults, count: number): Opened[] {
  return Array.from({ length: count }, (_, row) => {
    const offset = results.offsets[row] ?? 0;
    const content = results.output.subarray(offset, offset + (results.lengths[row] ?? 0));
    return {
      status: results.status[row] ?? -1,
      type: results.types[row] ?? -1,
      content: Buffer.from(content).toString('hex'),
      readable: results.readable[row] ?? -1,
    };
  });
}

function plainRecords(version: number, firstSequence: bigint, count: number, connectionId?: Uint8Array) {
  return fc
    .array(
      fc.record({
        type: fc.constantFrom(20, 21, 22, 23),
        length: fc.oneof(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 0, max: 1500 })),
        extraPadding: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 1, maxLength: count },
    )
    .map((shapes): PlainRecord[] =>
      shapes.map((shape, i) => ({
        type: shape.type,
        version,
        sequence: firstSequence + BigInt(i),
        content: randomBytes(shape.length),
        extraPadding: shape.extraPadding,
        ...(connectionId === undefined ? {} : { connectionId }),
      })),
    );
}

describe.each(RUNTIME_PROFILES)('openBatch in %s', (_profile, backend) => {
  test.each(FLAVOURS.map((flavour) => [flavour.name, flavour] as const))(
    'opens %s in any split of the batch',
    (_name, flavour) => {
      fc.assert(
        fc.property(
          plainRecords(flavour.version, 0xfffffff0n, 24),
          fc.integer({ min: 0, max: 5 }),
          fc.integer({ min: 1, max: 24 }),
          (records, gap, split) => {
            const protection = flavour.make();
            const sealed = sealRecords(protection, records);
            let keystreamUsed = 0;
            for (let first = 0; first < sealed.length; first += split) {
              const part = sealed.slice(first, first + split);
              const batch: OpenBatch = {
                protection,
                first: 0,
                count: part.length,
                outputFrom: 0,
                keystreamUsed,
                ...layOut(part, gap),
              };
              const results = resultsFor(batch);
              openBatch(backend, batch, results);
              expect(rowsOf(results, part.length)).toEqual(
                records.slice(first, first + split).map((record) => ({
                  status: OPEN_OK,
                  type: record.type,
                  content: Buffer.from(record.content).toString('hex'),
                  readable: 0,
                })),
              );
              for (const record of part) keystreamUsed += record.fragment.length;
            }
          },
        ),
        { numRuns: 12 },
      );
    },
  );

  test.each(FLAVOURS.map((flavour) => [flavour.name, flavour] as const))(
    'detects every altered bit of %s, and in that record only',
    (_name, flavour) => {
      fc.assert(
        fc.property(
          plainRecords(flavour.version, 5n, 6),
          fc.nat(),
          fc.nat(),
          fc.integer({ min: 0, max: 7 }),
          (records, whichRecord, whichByte, bit) => {
            const protection = flavour.make();
            const sealed = sealRecords(protection, records);
            const victim = whichRecord % sealed.length;
            const fragment = sealed[victim]?.fragment ?? new Uint8Array(0);
            const at = whichByte % fragment.length;
            fragment[at] = (fragment[at] ?? 0) ^ (1 << bit);
            const batch: OpenBatch = {
              protection,
              ...ALONE,
              count: sealed.length,
              ...layOut(sealed, 1),
            };
            const results = resultsFor(batch);
            openBatch(backend, batch, results);
            rowsOf(results, sealed.length).forEach((row, i) => {
              if (i !== victim) expect(row.status).toBe(OPEN_OK);
              // SSL 3.0 has arbitrary bytes in its padding, which no MAC covers.
              else if (flavour.version === 0x0300 && row.status === OPEN_OK)
                expect(row.content).toBe(Buffer.from(records[i]?.content ?? []).toString('hex'));
              else expect(row.status).not.toBe(OPEN_OK);
            });
          },
        ),
        { numRuns: 25 },
      );
    },
  );

  test.each(['aes-128-gcm', 'aes-128-ccm', 'chacha20-poly1305'] as const)(
    'opens DTLS 1.3 records with the additional data that they bring: %s',
    (cipher) => {
      const protection = aead(cipher, true).make();
      if (protection.kind !== 'aead') throw new Error('no AEAD');
      const { key, iv } = protection;
      const parts: Uint8Array[] = [];
      const rows = new Uint32Array(3 * ROW_WIDTH);
      const contents = [17, 0, 400].map((length) => randomBytes(length));
      let at = 0;
      contents.forEach((content, number) => {
        // Unified header with connection id and length (RFC 9147 §4); content, type, two zeros.
        const header = Uint8Array.of(0x3e, 0xc1, 0xc2, 0, number, 0x01, 0x90);
        const inner = Buffer.concat([content, Uint8Array.of(22, 0, 0)]);
        const nonce = iv.map((byte, i) => (i === 11 ? byte ^ number : byte));
        const sealed = sealWith(cipher, key, nonce, header, inner, 16);
        parts.push(header, sealed);
        rows.set([0x3e, 0xfefd, at + 7, sealed.length, 0, number, at, 7], number * ROW_WIDTH);
        at += 7 + sealed.length;
      });
      const input = new Uint8Array(Buffer.concat(parts));
      const batch: OpenBatch = {
        protection,
        ...ALONE,
        count: 3,
        input,
        rows,
      };
      const results = resultsFor(batch);
      openBatch(backend, batch, results);
      expect(rowsOf(results, 3)).toEqual(
        contents.map((content) => ({
          status: OPEN_OK,
          type: 22,
          content: content.toString('hex'),
          readable: 0,
        })),
      );
    },
  );

  test.each([
    cbc('aes-128', 'sha1', 0xfefd),
    cbc('aes-128', 'sha256', 0xfefd, { encryptThenMac: true }),
    stream('null', 'sha1', 0xfefd),
    aead('aes-128-gcm', false),
    aead('aes-128-ccm-8', false),
    aead('chacha20-poly1305', false),
  ])('opens DTLS records with connection ids: $name', (flavour) => {
    fc.assert(
      fc.property(plainRecords(0xfefd, 0x0001_0000_0000_0007n, 6, randomBytes(5)), (records) => {
        const protection = flavour.make();
        const sealed = sealRecords(protection, records);
        const batch: OpenBatch = {
          protection,
          ...ALONE,
          count: sealed.length,
          ...layOut(sealed, 0),
        };
        const results = resultsFor(batch);
        openBatch(backend, batch, results);
        expect(rowsOf(results, sealed.length)).toEqual(
          records.map((record) => ({
            status: OPEN_OK,
            type: record.type,
            content: Buffer.from(record.content).toString('hex'),
            readable: 0,
          })),
        );
      }),
      { numRuns: 10 },
    );
  });
});

describe.each(RUNTIME_PROFILES)('openBatch in %s, given damage', (_profile, backend) => {
  const record = (length: number): PlainRecord => ({
    type: 23,
    version: 0x0303,
    sequence: 0n,
    content: randomBytes(length),
    extraPadding: 0,
  });

  function openOne(protection: RecordProtection, sealed: SealedRecord): Opened {
    const batch: OpenBatch = {
      protection,
      ...ALONE,
      count: 1,
      ...layOut([sealed], 0),
    };
    const results = resultsFor(batch);
    openBatch(backend, batch, results);
    return rowsOf(results, 1)[0] ?? { status: -1, type: -1, content: '', readable: -1 };
  }

  test('tells a wrong MAC with sound padding from wrong padding', () => {
    const protection = cbc('aes-128', 'sha1', 0x0303).make();
    const plain = record(64);
    const [sealed] = sealRecords(protection, [plain]);
    if (sealed === undefined) throw new Error('nothing sealed');
    // The IV only reaches the first block: content altered, padding as it was.
    sealed.fragment[3] = (sealed.fragment[3] ?? 0) ^ 1;
    const opened = openOne(protection, sealed);
    expect(opened).toMatchObject({ status: OPEN_BAD_MAC, readable: 1 });
    const expected = Buffer.from(plain.content);
    expected[3] = (expected[3] ?? 0) ^ 1;
    expect(opened.content).toBe(expected.toString('hex'));
  });

  test('a wrong key gives bad padding, a bad MAC or a bad tag, never plaintext', () => {
    for (const flavour of FLAVOURS) {
      const protection = flavour.make();
      const [sealed] = sealRecords(protection, [{ ...record(200), version: flavour.version }]);
      if (sealed === undefined) throw new Error('nothing sealed');
      const other = flavour.make();
      const opened = openOne(other, sealed);
      expect([OPEN_BAD_MAC, OPEN_BAD_PADDING, OPEN_BAD_TAG], flavour.name).toContain(opened.status);
      if (opened.readable === 0) expect(opened.content).toBe('');
    }
  });

  test('refuses lengths that no record can have, and goes on with the next row', () => {
    for (const flavour of FLAVOURS) {
      const protection = flavour.make();
      const [sealed] = sealRecords(protection, [{ ...record(40), version: flavour.version }]);
      if (sealed === undefined) throw new Error('nothing sealed');
      const short = { ...sealed, fragment: sealed.fragment.subarray(0, 7) };
      const { input, rows } = layOut([short, sealed], 0);
      // A row that points behind the input.
      const hostile = new Uint32Array(ROW_WIDTH * 3);
      hostile.set(rows, 0);
      hostile.set(rows.subarray(0, ROW_WIDTH), 2 * ROW_WIDTH);
      hostile[2 * ROW_WIDTH + 2] = 0xfffffff0;
      const used = protection.kind === 'stream' ? 7 : 0;
      const batch: OpenBatch = {
        protection,
        ...ALONE,
        count: 3,
        input,
        rows: hostile,
      };
      const results = resultsFor(batch);
      openBatch(backend, batch, results);
      expect([results.status[0], results.status[2]], flavour.name).toEqual([
        OPEN_BAD_LENGTH,
        OPEN_BAD_LENGTH,
      ]);
      if (used === 0) expect(results.status[1], flavour.name).toBe(OPEN_OK);
    }
  });

  test('refuses CBC records that are no whole blocks, and their neighbours open', () => {
    for (const flavour of FLAVOURS.filter(({ name }) => name.includes('cbc'))) {
      const protection = flavour.make();
      const plain = [0, 1, 2].map((sequence) => ({
        ...record(100 + sequence),
        version: flavour.version,
        sequence: BigInt(sequence),
      }));
      const sealed = sealRecords(protection, plain).map((made, i) =>
        i === 1 ? { ...made, fragment: new Uint8Array([...made.fragment, 7]) } : made,
      );
      const batch: OpenBatch = {
        protection,
        ...ALONE,
        count: 3,
        ...layOut(sealed, 0),
      };
      const results = resultsFor(batch);
      openBatch(backend, batch, results);
      expect([...results.status], flavour.name).toEqual([OPEN_OK, OPEN_BAD_LENGTH, OPEN_OK]);
    }
  });

  test('RC4 goes on behind a record that is too short, and back to an earlier place', () => {
    const protection = stream('rc4', 'sha1', 0x0301).make();
    const plain = [0, 1].map((sequence) => ({ ...record(50), version: 0x0301, sequence: BigInt(sequence) }));
    const [first, second] = sealRecords(protection, plain);
    if (first === undefined || second === undefined) throw new Error('nothing sealed');
    const before = new Rc4(protection.key);
    before.skip(first.fragment.length);
    const behind = before.checkpoint();
    behind.skip(7);
    const moved = new Uint8Array(second.fragment);
    before.apply(moved, 0, moved.length, moved, 0);
    behind.apply(moved, 0, moved.length, moved, 0);
    const short = { ...second, fragment: new Uint8Array(7) };
    const open = (records: SealedRecord[], keystreamUsed: number): number[] => {
      const batch: OpenBatch = {
        protection,
        first: 0,
        count: records.length,
        outputFrom: 0,
        keystreamUsed,
        ...layOut(records, 0),
      };
      const results = resultsFor(batch);
      openBatch(backend, batch, results);
      return [...results.status];
    };
    expect(open([first, short, { ...second, fragment: moved }], 0)).toEqual([
      OPEN_OK,
      OPEN_BAD_LENGTH,
      OPEN_OK,
    ]);
    // The key stream stands behind all three by now.
    expect(open([second], first.fragment.length)).toEqual([OPEN_OK]);
    expect(open([first], 0)).toEqual([OPEN_OK]);
  });

  test('opens batches that take several chunks of memory, and of more rows than one chunk has', () => {
    for (const flavour of FLAVOURS.filter(({ name }) => !/camellia|aria/.test(name))) {
      for (const [count, size] of [
        [40, 9000],
        [1100, 3],
      ] as const) {
        const protection = flavour.make();
        const plain = Array.from({ length: count }, (_, i) => ({
          ...record(size + (i % 7)),
          version: flavour.version,
          sequence: BigInt(i),
        }));
        const sealed = sealRecords(protection, plain);
        const batch: OpenBatch = {
          protection,
          ...ALONE,
          count,
          ...layOut(sealed, 0),
        };
        const results = resultsFor(batch);
        openBatch(backend, batch, results);
        expect(
          rowsOf(results, count).map(({ status, content }) => [status, content]),
          flavour.name,
        ).toEqual(plain.map(({ content }) => [OPEN_OK, Buffer.from(content).toString('hex')]));
      }
    }
  });

  test('leaves good records to the kernels: the host is asked only about bad ones', () => {
    let asked = 0;
    const counting = new Proxy(backend, {
      get(target, name) {
        if (name === 'hmac' || name === 'aeadOpen') asked += 1;
        const found: unknown = Reflect.get(target, name);
        return typeof found === 'function' ? found.bind(target) : found;
      },
    });
    const kernels = FLAVOURS.filter(
      ({ name }) => /gcm|chacha/.test(name) || (/sha1|sha256/.test(name) && !name.endsWith('0x300')),
    );
    for (const flavour of kernels)
      for (const gap of [0, 3]) {
        const protection = flavour.make();
        const plain = [0, 1, 2, 3, 4].map((i) => ({
          ...record(100 * i),
          version: flavour.version,
          sequence: BigInt(i),
        }));
        const sealed = sealRecords(protection, plain);
        const bad = sealed[3];
        if (bad !== undefined) bad.fragment[9] = (bad.fragment[9] ?? 0) ^ 1;
        const batch: OpenBatch = {
          protection,
          ...ALONE,
          count: 5,
          ...layOut(sealed, gap),
        };
        const results = resultsFor(batch);
        asked = 0;
        openBatch(counting, batch, results);
        // A CBC record whose padding is gone as well is not asked about.
        expect(asked, flavour.name).toBeLessThanOrEqual(1);
        expect(
          [...results.status].filter((status) => status === OPEN_OK),
          flavour.name,
        ).toHaveLength(4);
      }
  });

  test('refuses additional data that ends behind the input', () => {
    for (const flavour of FLAVOURS) {
      const protection = flavour.make();
      const sealed = sealRecords(protection, [{ ...record(64), version: flavour.version }]);
      const laid = layOut(sealed, 0);
      laid.rows[6] = laid.input.length - 12;
      laid.rows[7] = 13;
      const batch: OpenBatch = { protection, ...ALONE, count: 1, ...laid };
      const results = resultsFor(batch);
      openBatch(backend, batch, results);
      expect(results.status[0], flavour.name).toBe(OPEN_BAD_LENGTH);
    }
  });

  test('survives any row over any input', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FLAVOURS),
        fc.uint8Array({ maxLength: 300 }),
        fc.array(
          fc.tuple(fc.nat(400), fc.nat(400), fc.oneof(fc.constant(0xffffffff), fc.nat(400)), fc.nat(60)),
        ),
        (flavour, input, shapes) => {
          const rows = new Uint32Array(shapes.length * ROW_WIDTH);
          shapes.forEach(([offset, length, own, ownLength], i) =>
            rows.set([23, 0x0303, offset, length, 0, i, own, ownLength], i * ROW_WIDTH),
          );
          const batch: OpenBatch = {
            protection: flavour.make(),
            ...ALONE,
            count: shapes.length,
            input,
            rows,
          };
          const results = resultsFor(batch);
          openBatch(backend, batch, results);
          for (let row = 0; row < batch.count; row++) {
            expect(results.status[row]).toBeGreaterThan(OPEN_OK);
            const [offset = 0, length = 0, own = 0, ownLength = 0] = shapes[row] ?? [];
            const outside =
              offset + length > input.length || (own !== 0xffffffff && own + ownLength > input.length);
            if (outside) expect(results.status[row]).toBe(OPEN_BAD_LENGTH);
            const end = (results.offsets[row] ?? 0) + (results.lengths[row] ?? 0);
            expect(end).toBeLessThanOrEqual(results.output.length);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('reads input from and writes output to shared memory', () => {
    for (const flavour of FLAVOURS) {
      const protection = flavour.make();
      const plain = { ...record(333), version: flavour.version };
      const sealed = sealRecords(protection, [plain]);
      const { input, rows } = layOut(sealed, 3);
      const shared = new Uint8Array(new SharedArrayBuffer(input.length));
      shared.set(input);
      const batch: OpenBatch = {
        protection,
        ...ALONE,
        count: 1,
        input: shared,
        rows,
      };
      const results = { ...resultsFor(batch), output: new Uint8Array(new SharedArrayBuffer(input.length)) };
      openBatch(backend, batch, results);
      expect(rowsOf(results, 1)[0], flavour.name).toMatchObject({
        status: OPEN_OK,
        content: Buffer.from(plain.content).toString('hex'),
      });
    }
  });
});
