import { describe, expect, it } from 'vitest';
import { ConnectionIds } from '../../../../core/tls/dtls/connection-ids.ts';

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

/** A ServerHello of DTLS 1.2 that asks for the id c1 c2 c3, as it stands in its record. */
const SERVER_HELLO = bytesOf(
  `02 000030 0000 000000 000030 fefd ${'11'.repeat(32)} 00 009c 00 0008 0036 0004 03 c1c2c3`,
);

describe('ConnectionIds', () => {
  it('takes the length from the hello of whoever the records go to', () => {
    const ids = new ConnectionIds();
    ids.learn(SERVER_HELLO, 0, SERVER_HELLO.length, 5, 1);
    // Two records in one datagram, and the first does not end where it does.
    const bytes = bytesOf(
      '19 fefd 0001 000000000001 c1c2c3 0001 aa 19 fefd 0001 000000000002 c1c2c3 0001 bb',
    );
    expect(ids.find(bytes, 0, bytes.length, 5, 0)).toBe(3);
    const without = bytesOf('3a c1 1234 aabb');
    expect(ids.find(without, 0, without.length, 5, 0)).toBe(3);
    expect(ids.find(without, 0, without.length, 5, 1)).toBe(0);
    expect(ids.find(without, 0, without.length, 6, 0)).toBe(0);
  });

  it('without a hello takes the one with which the record fills its datagram', () => {
    const ids = new ConnectionIds();
    const old = bytesOf('19 fefd 0001 000000000001 c1c2 0003 aabbcc');
    expect(ids.find(old, 0, old.length, 1, 0)).toBe(2);
    const two = bytesOf('19 fefd 0001 000000000001 c1c2 0001 aa 19 fefd 0001 000000000002 c1c2 0002 bbcc');
    expect(ids.find(two, 0, two.length, 1, 1)).toBe(2);
    // DTLS 1.3: long and short sequence number; without a length nothing can be told.
    const unified = bytesOf('3f c1c2c3c4 1234 0002 aabb');
    expect(ids.find(unified, 0, unified.length, 2, 0)).toBe(4);
    const short = bytesOf('36 c1 12 0002 aabb');
    expect(ids.find(short, 0, short.length, 3, 0)).toBe(1);
    const bare = bytesOf('3a c1 1234 aabb');
    expect(ids.find(bare, 0, bare.length, 4, 0)).toBe(0);
    // It stays what it was where a later record would allow for another.
    const later = bytesOf('3f c1c2c3c4 1234 0003 aa');
    expect(ids.find(later, 0, later.length, 2, 0)).toBe(4);
  });

  it('finds nothing in a hello that is cut, and does not fail', () => {
    for (let end = 0; end < SERVER_HELLO.length; end += 1) {
      const ids = new ConnectionIds();
      ids.learn(SERVER_HELLO.subarray(0, end), 0, end, 0, 1);
      expect([0, 3]).toContain(ids.find(bytesOf('2f 1234 0002 aabb'), 0, 7, 0, 0));
    }
  });

  it('knows whose id a record elsewhere has', () => {
    const ids = new ConnectionIds();
    ids.learn(SERVER_HELLO, 0, SERVER_HELLO.length, 5, 1);
    const owners = (hex: string): unknown => ids.ownersOf(bytesOf(hex), 0, bytesOf(hex).length);
    expect(owners('19 fefd 0001 000000000001 c1c2c3 0001 aa')).toEqual([{ conversation: 5, direction: 0 }]);
    expect(owners('3e c1c2c3 1234 0001 aa')).toEqual([{ conversation: 5, direction: 0 }]);
    expect(owners('19 fefd 0001 000000000001 c1c2c4 0001 aa')).toEqual([]);
    expect(owners('17 fefd 0001 000000000001 c1c2c3 0001 aa')).toEqual([]);
    expect(owners('19 fefd 00')).toEqual([]);
  });
});
