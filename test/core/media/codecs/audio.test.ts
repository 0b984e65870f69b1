import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAudioDecoder } from '../../../../core/media/codecs/audio-decoder.ts';
import { aLawSample, muLawSample } from '../../../../core/media/codecs/g711.ts';
import { G722Decoder } from '../../../../core/media/codecs/g722.ts';
import { Playout } from '../../../../core/media/codecs/playout.ts';
import { writeWav } from '../../../../core/media/codecs/write-wav.ts';

describe('G.711', () => {
  it('expands the ends and the middle of both laws as the recommendation tabulates them', () => {
    expect([0x00, 0x80, 0x7f, 0xff, 0x0f, 0x8f].map(muLawSample)).toEqual([
      -32_124, 32_124, 0, 0, -16_764, 16_764,
    ]);
    expect([0x55, 0xd5, 0x2a, 0xaa, 0x00, 0x80].map(aLawSample)).toEqual([
      -8, 8, -32_256, 32_256, -5504, 5504,
    ]);
  });

  it('is odd: the sign bit alone turns the sign', () => {
    for (let code = 0; code < 128; code += 1) {
      expect(muLawSample(code)).toBe(0 - muLawSample(code | 0x80));
      expect(aLawSample(code)).toBe(-aLawSample(code | 0x80));
    }
  });
});

describe('G.722', () => {
  const text = readFileSync(new URL('../../../vectors/media/g722.txt', import.meta.url), 'utf8');
  const [, coded = '', digest = ''] = text.trim().split('\n\n');
  const bytes = Uint8Array.from(Buffer.from(coded.replaceAll('\n', ''), 'hex'));

  it('comes out bit by bit as of another decoder, in packets of any size', () => {
    expect(bytes.length).toBe(1200);
    for (const size of [1200, 160, 1]) {
      const decoder = new G722Decoder();
      const hash = createHash('sha256');
      for (let at = 0; at < bytes.length; at += size) {
        const samples = decoder.decode(bytes, at, Math.min(bytes.length, at + size));
        const out = Buffer.alloc(2 * samples.length);
        samples.forEach((sample, i) => out.writeInt16LE(sample, 2 * i));
        hash.update(out);
      }
      expect(hash.digest('hex'), `packets of ${size}`).toBe(digest);
    }
  });

  it('runs at 16 kHz whatever its RTP clock says', () => {
    const decoder = createAudioDecoder('G722', 8000, 1, null);
    expect(decoder?.sampleRate).toBe(16_000);
    expect(decoder?.decode(bytes, 0, 160).length).toBe(320);
  });
});

describe('a decoder', () => {
  it('is there for G.711 and linear samples, and for nothing that would only make noise', () => {
    expect(createAudioDecoder('pcma', 8000, 1, null)?.sampleRate).toBe(8000);
    const linear = createAudioDecoder('L16', 44_100, 2, null);
    expect([...(linear?.decode(Uint8Array.of(0x7f, 0xff, 0, 0, 0x80, 0, 0, 0, 9), 0, 9) ?? [])]).toEqual([
      32_767, -32_768,
    ]);
    expect(createAudioDecoder('opus', 48_000, 2, null)).toBeNull();
    expect(createAudioDecoder('G729', 8000, 1, null)).toBeNull();
  });
});

describe('the time line of a stream', () => {
  const packet = (value: number): Int16Array => new Int16Array(160).fill(value);

  it('is silent where packets are missing, and puts late ones in their place', () => {
    const playout = new Playout(8000, 8000, 10);
    playout.add(1000, 0, packet(1));
    playout.add(1000 + 3 * 160, 0.06, packet(4));
    playout.add(1000 + 160, 0.061, packet(2));
    const { line } = playout;
    expect(line.length).toBe(640);
    expect([0, 160, 320, 480].map((at) => line[at])).toEqual([1, 2, 0, 4]);
    expect(playout.complete).toBe(true);
  });

  it('goes on over the wrap of time stamps', () => {
    const playout = new Playout(8000, 8000, 10);
    playout.add(0xffff_ff60, 0, packet(1));
    playout.add(0, 0.02, packet(2));
    expect(playout.line.length).toBe(320);
    expect(playout.line[160]).toBe(2);
  });

  it('is not stretched by a clock that begins anew', () => {
    const playout = new Playout(8000, 8000, 3600);
    playout.add(0, 0, packet(1));
    playout.add(2_000_000_000, 0.02, packet(2));
    playout.add(2_000_000_160, 0.04, packet(3));
    expect(playout.line.length).toBe(480);
  });

  it('ends at its bound whatever time stamps say', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(0xffff_ffff), fc.double({ min: 0, max: 1e6, noNaN: true }))),
        (all) => {
          const playout = new Playout(8000, 8000, 2);
          for (const [timestamp, relative] of all) playout.add(timestamp, relative, packet(7));
          expect(playout.line.length).toBeLessThanOrEqual(16_000);
        },
      ),
    );
  });
});

describe('a WAV file', () => {
  it('has the header of RIFF with its lengths', () => {
    const file = writeWav(Int16Array.of(1, -2), 8000, 1);
    expect(Buffer.from(file).toString('hex')).toBe(
      '524946462800000057415645666d74201000000001000100401f0000803e0000020010006461746104000000' + '0100feff',
    );
  });
});
