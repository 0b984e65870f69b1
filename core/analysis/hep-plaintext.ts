import { createAppStream } from '../app/app-stream.ts';
import type { AppSink, AppStream } from '../app/events.ts';
import { HepStreamReader, isHep } from '../app/hep/hep-reader.ts';

/**
 * HEP inside TLS, as capture agents send it to a Homer. Which endpoints it names is not followed: only a key shows them,
 * and a key numbers no conversation; the SIP is the TLS conversation's own.
 */
export class HepPlaintext {
  private readonly sink: AppSink;
  /** By direction: null where it begins with something else, undefined before it begins. */
  private readonly readers: [HepStreamReader | null | undefined, HepStreamReader | null | undefined] = [
    undefined,
    undefined,
  ];
  private readonly datagrams: AppStream;
  private row = 0;

  constructor(sink: AppSink) {
    this.sink = sink;
    this.datagrams = createAppStream(
      {
        // The text stands between HEP's own chunks.
        sip: (message) => sink.sip({ ...message, derived: true }),
        other: (message) => sink.other(message),
        protocol: () => undefined,
      },
      'datagram',
    );
  }

  /** Takes plaintext of a direction that is HEP; false where it is not. */
  takes(direction: 0 | 1, bytes: Uint8Array, from: number, to: number, row: number): boolean {
    let reader = this.readers[direction];
    if (reader === undefined) {
      reader = isHep(bytes, from, to) ? this.begin(direction, row) : null;
      this.readers[direction] = reader;
    }
    if (reader === null) return false;
    this.row = row;
    reader.chunk(bytes, from, to, 0, row);
    return true;
  }

  gap(direction: 0 | 1): void {
    this.readers[direction]?.gap();
  }

  private begin(direction: 0 | 1, row: number): HepStreamReader {
    this.sink.protocol('HEP3', row);
    return new HepStreamReader(({ bytes, from, to }) => {
      this.datagrams.chunk(direction, bytes, from, to, this.row, 0);
    });
  }
}
