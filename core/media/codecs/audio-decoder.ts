import { aLawSample, muLawSample } from './g711.ts';
import { G722Decoder } from './g722.ts';

/** Turns the payloads of one codec into 16 bit linear samples, one channel. */
export interface AudioDecoder {
  readonly sampleRate: number;
  /** Each packet builds on those before it: late and repeated ones are better left out. */
  readonly needsOrder: boolean;
  /** Samples of the payload bytes[from, to). */
  decode(bytes: Uint8Array, from: number, to: number): Int16Array;
  /** Gives back what it holds outside the heap. */
  close?(): void;
}

/** Decoders that a host brings beside our own, by the codec's name in SDP. */
export interface DecoderPort {
  supports(codec: string): boolean;
  /** null where none is ready. */
  create(codec: string): AudioDecoder | null;
}

/** Whether there is a decoder of a codec as SDP names it. */
export function hasAudioDecoder(name: string, port: DecoderPort | null): boolean {
  return createAudioDecoder(name, 8000, 1, null) !== null || port?.supports(name) === true;
}

/** A decoder of a codec as SDP names it; null where there is none. */
export function createAudioDecoder(
  name: string,
  clockRate: number,
  channels: number,
  port: DecoderPort | null,
): AudioDecoder | null {
  switch (name.toUpperCase()) {
    case 'PCMU':
      return new TableDecoder(clockRate, channels, muLawSample);
    case 'PCMA':
      return new TableDecoder(clockRate, channels, aLawSample);
    case 'G722':
      return new WidebandDecoder();
    case 'L16':
      return new LinearDecoder(clockRate, channels);
    default:
      return port?.create(name) ?? null;
  }
}

class TableDecoder implements AudioDecoder {
  readonly sampleRate: number;
  readonly needsOrder = false;
  private readonly channels: number;
  private readonly sampleOf: (code: number) => number;

  constructor(clockRate: number, channels: number, sampleOf: (code: number) => number) {
    this.sampleRate = clockRate || 8000;
    this.channels = Math.max(1, channels);
    this.sampleOf = sampleOf;
  }

  decode(bytes: Uint8Array, from: number, to: number): Int16Array {
    const samples = new Int16Array(Math.floor((to - from) / this.channels));
    for (let i = 0; i < samples.length; i += 1) samples[i] = this.sampleOf(bytes[from + i * this.channels]!);
    return samples;
  }
}

/** RFC 3551 §4.5.2: the RTP clock says 8000 although there are 16,000 samples a second. */
class WidebandDecoder implements AudioDecoder {
  readonly sampleRate = 16_000;
  readonly needsOrder = true;
  private readonly decoder = new G722Decoder();

  decode(bytes: Uint8Array, from: number, to: number): Int16Array {
    return this.decoder.decode(bytes, from, to);
  }
}

/** RFC 3551 §4.5.11: big-endian, channels interleaved; the first is taken. */
class LinearDecoder implements AudioDecoder {
  readonly sampleRate: number;
  readonly needsOrder = false;
  private readonly channels: number;

  constructor(clockRate: number, channels: number) {
    this.sampleRate = clockRate || 44_100;
    this.channels = Math.max(1, channels);
  }

  decode(bytes: Uint8Array, from: number, to: number): Int16Array {
    const step = 2 * this.channels;
    const samples = new Int16Array(Math.floor((to - from) / step));
    for (let i = 0; i < samples.length; i += 1)
      samples[i] = (bytes[from + i * step]! << 8) | bytes[from + i * step + 1]!;
    return samples;
  }
}
