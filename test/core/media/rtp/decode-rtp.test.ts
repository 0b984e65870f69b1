import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHex } from '../../../../core/bytes/hex.ts';
import { decodeRtpHeader, endWithoutPadding, newRtpHeader } from '../../../../core/media/rtp/decode-rtp.ts';

function bytesOf(hex: string): Uint8Array {
  return parseHex(hex.replaceAll(' ', '')) ?? new Uint8Array(0);
}

describe('an RTP header', () => {
  it('is read with CSRC list, extension and padding', () => {
    // Version 2, padding, extension, two CSRCs; marker, type 96.
    const packet = bytesOf(
      'b2e0 fffe 00000140 deadbeef 00000001 00000002 bede0001 10aa0000 01020304 00000004',
    );
    const header = newRtpHeader();
    expect(decodeRtpHeader(packet, 0, packet.length, header)).toBe(true);
    expect(header).toEqual({
      payloadType: 96,
      marker: true,
      padded: true,
      sequence: 0xfffe,
      timestamp: 0x140,
      ssrc: 0xdeadbeef,
      csrcs: 2,
      extensionProfile: 0xbede,
      payloadFrom: 28,
    });
    expect(endWithoutPadding(packet, 28, packet.length, true)).toBe(32);
  });

  it('is refused wherever its bytes end inside it', () => {
    const packet = bytesOf('92e0 fffe 00000140 deadbeef 00000001 00000002 bede0001 10aa0000');
    const header = newRtpHeader();
    for (let to = 0; to < packet.length; to += 1)
      expect(decodeRtpHeader(packet, 0, to, header), `${to} bytes`).toBe(false);
    expect(decodeRtpHeader(packet, 0, packet.length, header)).toBe(true);
    expect(decodeRtpHeader(packet, 0, packet.length + 1, header)).toBe(false);
  });

  it('never points behind the packet', () => {
    const header = newRtpHeader();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(80), (bytes, from) => {
        if (!decodeRtpHeader(bytes, from, bytes.length, header)) return;
        expect(header.payloadFrom).toBeGreaterThanOrEqual(from + 12);
        expect(header.payloadFrom).toBeLessThanOrEqual(bytes.length);
        const end = endWithoutPadding(bytes, header.payloadFrom, bytes.length, header.padded);
        if (end !== -1) expect(end).toBeGreaterThanOrEqual(header.payloadFrom);
      }),
    );
  });

  it('has impossible padding told apart', () => {
    expect(endWithoutPadding(Uint8Array.of(1, 2, 0), 0, 3, true)).toBe(-1);
    expect(endWithoutPadding(Uint8Array.of(1, 2, 4), 0, 3, true)).toBe(-1);
    expect(endWithoutPadding(Uint8Array.of(1, 2, 3), 0, 3, true)).toBe(0);
    expect(endWithoutPadding(new Uint8Array(0), 0, 0, true)).toBe(-1);
    expect(endWithoutPadding(Uint8Array.of(1, 2, 9), 0, 3, false)).toBe(3);
  });
});
