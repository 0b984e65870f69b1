import type { Rc4 } from '../crypto/rc4.ts';
import type { RecordInflater } from './compression.ts';
import { COMPRESSION_NULL } from './compression.ts';
import type { Epoch, Stretch } from './epoch.ts';
import type { HandshakeReader } from './handshake-reader.ts';

/** One direction of a connection, as the session follows it. */
export class Flow {
  readonly direction: 0 | 1;
  readonly reader: HandshakeReader;
  /** Whether records of this direction are encrypted now; null where the beginning was not seen. */
  encrypted: boolean | null = false;
  stretch: Stretch | null = null;
  /** The epoch in force, and others that may be: tried in order until a record proves one. */
  epoch: Epoch | null = null;
  candidates: Epoch[] = [];
  proven = false;
  /** Sequence number of the next record to settle, and records queued but not settled: the next to queue is their sum. */
  expected = 0;
  pending = 0;
  /** Bytes lost, and whole records that did not open, since the last record that authenticated. */
  lost = 0;
  refused = 0;
  /** The record before in this direction (whole), for chained IVs; -1 for none or where it is not whole. */
  previousRow = -1;
  /** The record before is missing or did not authenticate: where IVs chain, the first block of the next is not known. */
  chainBroken = false;
  /** Bytes of keystream used (stream ciphers), and bytes lost since then whose records were not even seen. */
  keystreamUsed = 0;
  keystreamLost = 0;
  /** The key stream at some position, so that it need not be run from its beginning for each record. */
  rc4: { readonly epoch: Epoch; readonly state: Rc4 } | null = null;
  /** What the epoch in force compresses with (RFC 3749); `inflater` is null where that cannot be undone. */
  compression = COMPRESSION_NULL;
  inflater: RecordInflater | null = null;
  /** Records for which key logs were searched without success; over a bound it is given up. */
  attempts = 0;
  searched = false;
  /** Frame of the first record at all. */
  firstFrame = 0;
  records = 0;

  constructor(direction: 0 | 1, reader: HandshakeReader) {
    this.direction = direction;
    this.reader = reader;
  }
}
