import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatAddress,
  formatEndpoint,
  formatIpv4,
  formatIpv6,
  formatSource,
} from '../../../core/net/addresses.ts';
import { createPacketScratch } from '../../../core/net/packet-scratch.ts';

describe('IPv6 in the form of RFC 5952', () => {
  test.each([
    [[0, 0, 0, 0], '::'],
    [[0, 0, 0, 1], '::1'],
    [[0x20010db8, 0, 0, 1], '2001:db8::1'],
    // §4.2.2: one zero field is written out.
    [[0x20010db8, 0x00000001, 0x00010001, 0x00010001], '2001:db8:0:1:1:1:1:1'],
    // §4.2.3: the longest run, of equal ones the first.
    [[0x20010000, 0x00000001, 0, 1], '2001:0:0:1::1'],
    [[0x20010db8, 0, 0x00010000, 0x00000001], '2001:db8::1:0:0:1'],
    [[0xfe800000, 0, 0, 0], 'fe80::'],
    [[0, 0, 0xffff, 0xc0000201], '::ffff:192.0.2.1'],
    [[0x20010db8, 0xaaaabbbb, 0xccccdddd, 0xeeee0aaa], '2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaa'],
  ])('%j', (words, text) => {
    expect(formatIpv6(words)).toBe(text);
  });

  test('is always an address that reads back', () => {
    const word = fc.oneof(fc.constant(0), fc.nat(0xffff), fc.integer({ min: 0, max: 0xffffffff }));
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), (words) => {
        const text = formatIpv6(Uint32Array.from(words));
        expect(isIPv6(text)).toBe(true);
        // The platform's own parser, written out: what it makes of the text is the same address.
        expect(new URL(`http://[${text}]/`).hostname).toBe(
          new URL(`http://[${writtenOut(words)}]/`).hostname,
        );
      }),
    );
  });

  function writtenOut(words: readonly number[]): string {
    return words.flatMap((word) => [(word >>> 16).toString(16), (word & 0xffff).toString(16)]).join(':');
  }
});

test('IPv4 and endpoints', () => {
  expect(formatIpv4(0xfffefdfc)).toBe('255.254.253.252');
  expect(formatAddress(4, [1, 2, 3, 4, 0x7f000001, 0, 0, 0], 4)).toBe('127.0.0.1');
  expect(formatAddress(0, [1], 0)).toBe('');
  expect(formatEndpoint('10.0.0.5', 5061)).toBe('10.0.0.5:5061');
  expect(formatEndpoint('2001:db8::1', 5061)).toBe('[2001:db8::1]:5061');
});

test('a packet without ports is its address alone', () => {
  const packet = createPacketScratch();
  expect(formatSource(packet)).toBe('');
  packet.ipVersion = 4;
  packet.addresses[0] = 0x0a000001;
  expect(formatSource(packet)).toBe('10.0.0.1');
  packet.destinationPort = 80;
  expect(formatSource(packet)).toBe('10.0.0.1:0');
});
