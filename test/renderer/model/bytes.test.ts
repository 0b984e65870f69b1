import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64OfBytes, bytesOfBase64, hexDump } from '../../../renderer/model/bytes.ts';

describe('base64', () => {
  it('goes there and back for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(bytesOfBase64(base64OfBytes(bytes))).toEqual(bytes);
      }),
    );
  });
  it('takes more bytes than an argument list holds', () => {
    const bytes = new Uint8Array(300_000).fill(7);
    expect(bytesOfBase64(base64OfBytes(bytes))).toEqual(bytes);
  });
  it('makes nothing of what is no base64', () => {
    expect(bytesOfBase64('*')).toEqual(new Uint8Array(0));
  });
});

describe('hexDump', () => {
  it('writes offset, hex and text, the last line filled', () => {
    const bytes = new TextEncoder().encode('INVITE sip:a@b\r\n!');
    expect(hexDump(bytes)).toBe(
      '0000  49 4e 56 49 54 45 20 73 69 70 3a 61 40 62 0d 0a  INVITE sip:a@b..\n' +
        '0010  21                                               !',
    );
  });
});
