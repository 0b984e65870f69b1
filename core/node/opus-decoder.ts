import type { OpusDecoder } from 'opus-decoder';
import type { AudioDecoder, DecoderPort } from '../media/codecs/audio-decoder.ts';

/** Opus (RFC 6716), by libopus in WebAssembly. It takes a moment to start: see prepareDecoders. */
export const hostDecoders: DecoderPort = {
  supports: (codec) => codec.toLowerCase() === 'opus',
  create: (codec) => {
    if (ready === null || codec.toLowerCase() !== 'opus') return null;
    const decoder = new OpusAudioDecoder(ready);
    ready = null;
    return decoder;
  },
};

/** Readies what `hostDecoders` gives out next, one decoder for one stream. Where that fails there is none. */
export async function prepareDecoders(): Promise<void> {
  if (ready !== null) return;
  try {
    // Loaded when it is wanted: no other command pays for it.
    const { OpusDecoder } = await import('opus-decoder');
    // One channel: the decoder itself mixes what was sent in two.
    const decoder = new OpusDecoder({
      channels: 1,
      streamCount: 1,
      coupledStreamCount: 0,
      channelMappingTable: [0],
    });
    await decoder.ready;
    ready = decoder;
  } catch {
    ready = null;
  }
}

/** An RTP payload is one Opus packet (RFC 7587 §4.2). */
class OpusAudioDecoder implements AudioDecoder {
  readonly sampleRate = 48_000;
  readonly needsOrder = true;
  private readonly decoder: OpusDecoder;

  constructor(decoder: OpusDecoder) {
    this.decoder = decoder;
  }

  decode(bytes: Uint8Array, from: number, to: number): Int16Array {
    const { channelData, samplesDecoded } = this.decoder.decodeFrame(bytes.slice(from, to));
    const sound = channelData[0];
    const samples = new Int16Array(sound === undefined ? 0 : samplesDecoded);
    for (let at = 0; at < samples.length; at += 1)
      samples[at] = Math.max(-32_768, Math.min(32_767, Math.round(32_768 * (sound?.[at] ?? 0))));
    return samples;
  }

  close(): void {
    this.decoder.free();
  }
}

let ready: OpusDecoder | null = null;
