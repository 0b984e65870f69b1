import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DTLS_CUT,
  DTLS_NONE,
  DTLS_RECORD,
  looksLikeDtls,
  newDtlsRecordScratch,
  readDtlsRecord,
} from '../../../../core/tls/dtls/dtls-record.ts';

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

describe('readDtlsRecord', () => {
  it('reads every record of a datagram, with epoch and 48-bit sequence', () => {
    const bytes = bytesOf(
      'ff 16 fefd 0000 000000000005 0003 aabbcc 14 fefd 0000 000000000006 0001 01 16 fefd 0001 ffffffffffff 0002 dddd',
    );
    const record = newDtlsRecordScratch();
    const seen: unknown[] = [];
    let at = 1;
    while (readDtlsRecord(bytes, at, bytes.length, 0, record) === DTLS_RECORD) {
      seen.push([record.type, record.version, record.epoch, record.sequence, record.to - record.bodyFrom]);
      at = record.to;
    }
    expect(seen).toEqual([
      [22, 0xfefd, 0, 5, 3],
      [20, 0xfefd, 0, 6, 1],
      [22, 0xfefd, 1, 2 ** 48 - 1, 2],
    ]);
    expect(at).toBe(bytes.length);
  });

  it('finds the connection id of RFC 9146 by the length that was agreed', () => {
    const bytes = bytesOf('19 fefd 0001 000000000001 c1d2e3 0002 aabb');
    const record = newDtlsRecordScratch();
    expect(readDtlsRecord(bytes, 0, bytes.length, 3, record)).toBe(DTLS_RECORD);
    expect([record.type, record.cidFrom, record.cidTo, record.bodyFrom, record.to]).toEqual([
      25, 11, 14, 16, 18,
    ]);
  });

  it('reads the unified headers of RFC 9147 §4', () => {
    const record = newDtlsRecordScratch();
    // No connection id, 16-bit sequence, length, epoch 2; then 8-bit sequence, no length, epoch 3.
    const bytes = bytesOf('2e 1234 0003 aabbcc 23 56 ddee');
    expect(readDtlsRecord(bytes, 0, bytes.length, 0, record)).toBe(DTLS_RECORD);
    expect(record).toMatchObject({
      type: -1,
      unified: true,
      epoch: 2,
      sequence: 0x1234,
      sequenceBits: 16,
      sequenceAt: 1,
      bodyFrom: 5,
      to: 8,
    });
    expect(readDtlsRecord(bytes, 8, bytes.length, 0, record)).toBe(DTLS_RECORD);
    expect(record).toMatchObject({ epoch: 3, sequence: 0x56, sequenceBits: 8, bodyFrom: 10, to: 12 });
    const withCid = bytesOf('35 c1c2 56 0002 aabb');
    expect(readDtlsRecord(withCid, 0, withCid.length, 2, record)).toBe(DTLS_RECORD);
    expect(record).toMatchObject({ epoch: 1, cidFrom: 1, cidTo: 3, sequence: 0x56, bodyFrom: 6 });
    expect(readDtlsRecord(withCid, 0, withCid.length, 0, record)).toBe(DTLS_NONE);
  });

  it('tells a record that the datagram cuts', () => {
    const bytes = bytesOf('17 fefd 0001 000000000001 0010 aabb');
    const record = newDtlsRecordScratch();
    expect(readDtlsRecord(bytes, 0, bytes.length, 0, record)).toBe(DTLS_CUT);
    expect(record.to).toBe(bytes.length);
    expect(looksLikeDtls(bytes, 0, bytes.length, 0)).toBe(false);
    expect(looksLikeDtls(bytes, 0, bytes.length, 14)).toBe(true);
  });

  it('never goes beyond the datagram, and always goes on', () => {
    const start = fc.constantFrom('', '16fefd', '19feff', '2f', '3c', '17fefd0001000000000001');
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 60 }), fc.nat(4), (head, tail, cidLength) => {
        const bytes = new Uint8Array([...bytesOf(head), ...tail]);
        const record = newDtlsRecordScratch();
        let at = 0;
        while (readDtlsRecord(bytes, at, bytes.length, cidLength, record) !== DTLS_NONE) {
          expect(record.to).toBeGreaterThan(at);
          expect(record.to).toBeLessThanOrEqual(bytes.length);
          expect(record.bodyFrom).toBeLessThanOrEqual(record.to);
          at = record.to;
        }
        looksLikeDtls(bytes, 0, bytes.length, 0);
      }),
    );
  });
});
