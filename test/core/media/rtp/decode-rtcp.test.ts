import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHex } from '../../../../core/bytes/hex.ts';
import { decodeRtcp, type RtcpSink, rtcpPacketName } from '../../../../core/media/rtp/decode-rtcp.ts';

function listener(): { readonly said: unknown[]; readonly sink: RtcpSink } {
  const said: unknown[] = [];
  return {
    said,
    sink: {
      senderReport: (...facts) => said.push(['sr', ...facts]),
      reportBlock: (...facts) => said.push(['block', ...facts]),
      bye: (ssrc) => said.push(['bye', ssrc]),
    },
  };
}

const COMPOUND = parseHex(
  [
    '81c8000c 11111111 0102030405060708 000000a0 0000000a 00000640',
    '22222222 40fffffe 00010005 0000000c aabbccdd 00010000',
    '81ca0003 11111111 01026162 00000000',
    '81cb0001 11111111',
  ]
    .join('')
    .replaceAll(' ', ''),
);

describe('a compound of RTCP', () => {
  it('gives its reports and its end', () => {
    if (COMPOUND === null) throw new Error('not hexadecimal');
    const { said, sink } = listener();
    const types = decodeRtcp(COMPOUND, 0, COMPOUND.length, sink);
    expect(types.map(rtcpPacketName)).toEqual(['SR', 'SDES', 'BYE']);
    expect(said).toEqual([
      ['sr', 0x11111111, 0x03040506, 0xa0, 10, 0x640],
      // Two packets more than sent: cumulative loss is signed.
      ['block', 0x11111111, 0x22222222, 0x40, -2, 12, 0xaabbccdd, 0x10000],
      ['bye', 0x11111111],
    ]);
  });

  it('is read as far as it goes where it is cut', () => {
    if (COMPOUND === null) throw new Error('not hexadecimal');
    for (let to = 0; to < COMPOUND.length; to += 1) {
      const { said, sink } = listener();
      decodeRtcp(COMPOUND, 0, to, sink);
      expect(said.length).toBe(to < 52 ? 0 : 2);
    }
  });

  it('names what it does not look into', () => {
    expect([204, 205, 206, 207, 77].map(rtcpPacketName)).toEqual(['APP', 'RTPFB', 'PSFB', 'XR', 'type 77']);
  });

  it('survives whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        if (bytes.length > 1) bytes[0] = 0x80 | (bytes[0]! & 0x3f);
        expect(decodeRtcp(bytes, 0, bytes.length, listener().sink).length).toBeLessThanOrEqual(30);
      }),
    );
  });
});
