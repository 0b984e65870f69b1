import { typeOf } from './media-remarks.ts';
import type { MediaStream } from './media-stream.ts';

/** Finds the streams in which a text stands; what it found last is kept for the next window of the same list. */
export class MediaTextFilter {
  private wanted = '';
  private streams: readonly MediaStream[] = [];
  private found: readonly MediaStream[] = [];

  /** `wanted` in lower case; `more`: what a stream's row shows beside its ends, codec and call. */
  of(
    wanted: string,
    streams: readonly MediaStream[],
    more: (stream: MediaStream) => readonly string[],
    callOf: (callId: string) => string,
  ): readonly MediaStream[] {
    if (wanted === this.wanted && isSame(streams, this.streams)) return this.found;
    this.wanted = wanted;
    this.streams = streams;
    this.found = streams.filter((stream) =>
      [...wordsOf(stream, callOf), ...more(stream)].join(' ').toLowerCase().includes(wanted),
    );
    return this.found;
  }
}

function wordsOf(stream: MediaStream, callOf: (callId: string) => string): readonly string[] {
  const { source, destination, callId, carrier } = stream;
  const codec = stream.codecOf(stream.mainType)?.name ?? '';
  const call = callId === null ? [] : [callId, callOf(callId)];
  return [source, destination, codec, typeOf(stream), carrier, ...call];
}

function isSame(one: readonly MediaStream[], other: readonly MediaStream[]): boolean {
  return one.length === other.length && one.every((stream, at) => stream === other[at]);
}
