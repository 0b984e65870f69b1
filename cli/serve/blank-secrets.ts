import { Transform } from 'node:stream';

/** A pcapng stream on its way to a temporary file: its secrets are taken out of it and kept in memory. */
export interface SecretsFilter {
  /** Passes everything on, with zeros for the data of Decryption Secrets Blocks. What is no pcapng passes unchanged. */
  readonly stream: Transform;
  /** The TLS key logs that were in it, one after the other. */
  keyLogs(): Buffer;
}

const SECTION_HEADER = 0x0a0d0d0a;
const DECRYPTION_SECRETS = 0x0000000a;
/** secrets_type of a TLS key log: "TLSK" (draft-ietf-opsawg-pcapng §4.7). */
const TLS_KEY_LOG = 0x544c534b;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
// A key log beyond this is no part of a capture; it is blanked all the same.
const MOST_SECRETS = 32 * 1024 * 1024;
/** Type, length, and of a section header its byte order; the shortest block has no more. */
const HEAD = 12;
/** Type, length, secrets type, secrets length. */
const SECRETS_HEAD = 16;

// A key log need not end its last line.
const LINE_END = Buffer.from('\n');

export function createSecretsFilter(): SecretsFilter {
  const blocks = new BlockFollower();
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      blocks.follow(chunk, (bytes) => this.push(bytes));
      done();
    },
    flush(done) {
      blocks.end((bytes) => this.push(bytes));
      done();
    },
  });
  return { stream, keyLogs: () => Buffer.concat(blocks.logs) };
}

type Emit = (bytes: Buffer) => void;

/** Goes from block to block by their lengths and holds none of them: only the first bytes of each are waited for. */
class BlockFollower {
  readonly logs: Buffer[] = [];
  #kept = 0;
  #head: Buffer = Buffer.alloc(0);
  #wanted = HEAD;
  #begun = false;
  /** Not a pcapng, or no longer one: nothing is looked for in it. */
  #lost = false;
  #littleEndian = true;
  /** Bytes of the block that still come; how many of them are blanked first; how many of those are a TLS key log. */
  #rest = 0;
  #blank = 0;
  #log = 0;

  follow(chunk: Buffer, emit: Emit): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#lost) {
        emit(chunk.subarray(at));
        return;
      }
      if (this.#rest > 0) {
        const piece = chunk.subarray(at, at + this.#rest);
        at += piece.length;
        this.#rest -= piece.length;
        emit(this.#blankOf(piece));
        continue;
      }
      const piece = chunk.subarray(at, at + this.#wanted - this.#head.length);
      at += piece.length;
      this.#head = Buffer.concat([this.#head, piece]);
      if (this.#head.length === this.#wanted) this.#begin(emit);
    }
  }

  end(emit: Emit): void {
    if (this.#head.length > 0) emit(this.#head);
    this.#head = Buffer.alloc(0);
  }

  #begin(emit: Emit): void {
    const isSection = this.#head.readUInt32BE(0) === SECTION_HEADER;
    if (isSection) this.#littleEndian = this.#head.readUInt32BE(8) !== BYTE_ORDER_MAGIC;
    const type = this.#read(0);
    const length = this.#read(4);
    if (type === DECRYPTION_SECRETS && this.#begun && this.#wanted === HEAD && length >= SECRETS_HEAD + 4) {
      this.#wanted = SECRETS_HEAD;
      return;
    }
    this.#lost = (!isSection && !this.#begun) || length < HEAD || length % 4 !== 0;
    this.#begun = true;
    this.#rest = length - this.#head.length;
    if (this.#wanted === SECRETS_HEAD) {
      // The length may lie: nothing of the block but its last length is left standing.
      this.#blank = this.#rest - 4;
      this.#log = this.#read(8) === TLS_KEY_LOG ? Math.min(this.#read(12), this.#blank) : 0;
      if (this.logs.length > 0) this.logs.push(LINE_END);
    }
    emit(this.#head);
    this.#head = Buffer.alloc(0);
    this.#wanted = HEAD;
  }

  #blankOf(piece: Buffer): Buffer {
    const secret = piece.subarray(0, this.#blank);
    if (secret.length === 0) return piece;
    this.#blank -= secret.length;
    const log = secret.subarray(0, this.#log);
    this.#log -= log.length;
    this.#kept += log.length;
    if (log.length > 0 && this.#kept <= MOST_SECRETS) this.logs.push(Buffer.from(log));
    return Buffer.concat([Buffer.alloc(secret.length), piece.subarray(secret.length)]);
  }

  #read(at: number): number {
    return this.#littleEndian ? this.#head.readUInt32LE(at) : this.#head.readUInt32BE(at);
  }
}
