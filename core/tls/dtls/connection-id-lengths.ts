import { byteAt, u16be, u24be } from '../../bytes/reader.ts';
import { decodeClientHello } from '../messages/client-hello.ts';
import { extensionOf } from '../messages/extension.ts';
import { decodeServerHello } from '../messages/server-hello.ts';
import { TLS12_CID } from '../tables/content-types.ts';
import { CLIENT_HELLO, SERVER_HELLO } from '../tables/handshake-types.ts';
import { DTLS_HANDSHAKE_HEADER_LENGTH } from './dtls-handshake-reader.ts';

/**
 * How long the connection ids in a direction's records are. No header says it: each side tells in its hello which id it
 * wants to be addressed by (RFC 9146 §3, RFC 9147 §9).
 */
export class ConnectionIdLengths {
  private readonly lengths = new Map<number, number>();

  /** A hello in bytes[from, to), a handshake record's body in clear, that `direction` of a conversation sent. */
  learn(bytes: Uint8Array, from: number, to: number, conversation: number, direction: 0 | 1): void {
    const type = byteAt(bytes, from);
    const begins = from + DTLS_HANDSHAKE_HEADER_LENGTH;
    // Of a hello in fragments nothing is learned: the first record with an id tells, see below.
    if ((type !== CLIENT_HELLO && type !== SERVER_HELLO) || begins > to || u24be(bytes, from + 6) !== 0)
      return;
    const body = bytes.subarray(begins, Math.min(to, begins + u24be(bytes, from + 9)));
    const hello = type === CLIENT_HELLO ? decodeClientHello(body, true) : decodeServerHello(body);
    const extension = extensionOf(hello.extensions, 'connection-id');
    if (extension === null || hello.fault !== null) return;
    this.lengths.set(2 * conversation + (1 - direction), extension.connectionId.length);
  }

  /**
   * The length in the header at bytes[at] of a datagram that ends at `end`; 0 where there is none. Where no hello told it,
   * it is the one with which the record ends where its datagram does, or where another with the same id begins.
   */
  find(bytes: Uint8Array, at: number, end: number, conversation: number, direction: 0 | 1): number {
    const key = 2 * conversation + direction;
    const known = this.lengths.get(key);
    if (known !== undefined) return known;
    const first = byteAt(bytes, at);
    const behind = first === TLS12_CID ? HEADER_OF_DTLS_12 : unifiedHeaderLength(first);
    if (behind === 0) return 0;
    // In a unified header the id stands before the sequence number, in that of DTLS 1.2 behind it: before the length in both.
    const idAt = first === TLS12_CID ? 11 : 1;
    for (let length = first === TLS12_CID ? 0 : 1; length <= LONGEST_TRIED; length += 1) {
      const body = at + behind + length;
      if (body > end) break;
      const next = body + u16be(bytes, body - 2);
      if (next !== end && !(next < end && hasSameId(bytes, at, next, idAt, length))) continue;
      this.lengths.set(key, length);
      return length;
    }
    return 0;
  }
}

function hasSameId(bytes: Uint8Array, at: number, next: number, idAt: number, length: number): boolean {
  if (byteAt(bytes, next) !== byteAt(bytes, at)) return false;
  for (let i = idAt; i < idAt + length; i += 1)
    if (byteAt(bytes, at + i) !== byteAt(bytes, next + i)) return false;
  return true;
}

/** Header without id of RFC 9147 §4, where it has an id and a length; else 0. */
function unifiedHeaderLength(first: number): number {
  if ((first & 0xe0) !== 0x20 || (first & 0x14) !== 0x14) return 0;
  return (first & 0x08) !== 0 ? 5 : 4;
}

const HEADER_OF_DTLS_12 = 13;
/** Longer ids are allowed, and nobody uses them. */
const LONGEST_TRIED = 32;
