import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hostDecoders, prepareDecoders } from '../../../core/node/opus-decoder.ts';

const PACKETS = readFileSync(new URL('../../vectors/media/opus.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(2)
  .map((line) => Uint8Array.from(Buffer.from(line, 'hex')));

describe('Opus', () => {
  it('is decoded to one channel at 48 kHz', async () => {
    await prepareDecoders();
    const decoder = hostDecoders.create('opus');
    expect(decoder?.sampleRate).toBe(48_000);
    const samples = PACKETS.flatMap((packet) => [...(decoder?.decode(packet, 0, packet.length) ?? [])]);
    expect(samples.length).toBe(PACKETS.length * 960);
    // Past the decoder's start, upward passes through zero are the pitch.
    const steady = samples.slice(9600);
    const passes = steady.filter((sample, at) => at > 0 && steady[at - 1]! < 0 && sample >= 0).length;
    expect((passes * 48_000) / steady.length).toBeCloseTo(880, -1);
    expect(Math.max(...steady)).toBeGreaterThan(1000);
    decoder?.close?.();
  });

  it('gives each stream a decoder of its own, once it is ready', async () => {
    await prepareDecoders();
    expect(hostDecoders.supports('OPUS')).toBe(true);
    expect(hostDecoders.supports('G729')).toBe(false);
    expect(hostDecoders.create('G729')).toBeNull();
    const first = hostDecoders.create('Opus');
    expect(first).not.toBeNull();
    // None is handed out twice.
    expect(hostDecoders.create('opus')).toBeNull();
    first?.close?.();
  });

  it('makes silence, not a fault, of bytes that are no Opus', async () => {
    await prepareDecoders();
    const decoder = hostDecoders.create('opus');
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0xff), new Uint8Array(2000).fill(0xff)])
      expect(decoder?.decode(bytes, 0, bytes.length).length ?? 0).toBeLessThan(48_000);
    decoder?.close?.();
  });
});
