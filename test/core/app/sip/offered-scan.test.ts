import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSipScratch } from '../../../../core/app/other-message.ts';
import {
  noteScan,
  offerScan,
  SCAN_OK,
  SCAN_WIDTH,
  scanSipHeaders,
} from '../../../../core/app/sip/scan-headers.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const MESSAGE = 'INVITE sip:a@b SIP/2.0\r\nCall-ID: x1@y\r\nCSeq: 12 INVITE\r\nContent-Length: 4\r\n\r\nbody';

describe('a scan that another thread noted', () => {
  it('gives what a scan here gives, whatever the bytes are', () => {
    const piece = fc.constantFrom(
      'INVITE sip:a@b SIP/2.0',
      'SIP/2.0 200 OK',
      '\r\n',
      '\n',
      'Call-ID: x',
      'i:y',
      'CSeq: 1 BYE',
      'l: 99999999999',
      'Content-Length: 3',
      ' folded',
      '\u00e9',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(5), (pieces, before) => {
        const text = encode(pieces.join(''));
        const bytes = new Uint8Array(before + text.length + 3).fill(0x20);
        bytes.set(text, before);
        const to = before + text.length;
        const expected = { ...createSipScratch() };
        const result = scanSipHeaders(expected, bytes, before, to);
        const numbers = new Int32Array(2 * SCAN_WIDTH);
        noteScan(createSipScratch(), bytes, before, to, numbers, SCAN_WIDTH);
        offerScan(bytes, before, to, numbers, SCAN_WIDTH);
        const offered = createSipScratch();
        expect(scanSipHeaders(offered, bytes, before, to)).toBe(result);
        if (result === SCAN_OK) expect(offered).toEqual(expected);
      }),
    );
  });

  it('is taken once, and only for the very bytes it was made of', () => {
    const bytes = encode(MESSAGE);
    const numbers = new Int32Array(SCAN_WIDTH);
    noteScan(createSipScratch(), bytes, 0, bytes.length, numbers, 0);
    expect(numbers[0]).toBe(2);
    numbers[1] = 777;
    offerScan(bytes, 0, bytes.length, numbers, 0);
    const other = createSipScratch();
    scanSipHeaders(other, bytes.slice(), 0, bytes.length);
    expect(other.status).toBe(0);
    scanSipHeaders(other, bytes, 0, bytes.length - 1);
    expect(other.status).toBe(0);
    scanSipHeaders(other, bytes, 0, bytes.length);
    expect(other.status).toBe(777);
    scanSipHeaders(other, bytes, 0, bytes.length);
    expect(other.status).toBe(0);
  });
});
