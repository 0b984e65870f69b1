import { byteAt, u24be } from '../../bytes/reader.ts';
import { decodeClientHello } from '../messages/client-hello.ts';
import { extensionOf } from '../messages/extension.ts';
import { decodeServerHello } from '../messages/server-hello.ts';
import { CLIENT_HELLO, SERVER_HELLO } from '../tables/handshake-types.ts';
import { DTLS_HANDSHAKE_HEADER_LENGTH } from './dtls-handshake-reader.ts';
import { fittingIdLength, idOffset, mayHaveId } from './dtls-record.ts';

/** One direction of a conversation. */
export interface IdOwner {
  readonly conversation: number;
  readonly direction: 0 | 1;
}

/**
 * The connection ids in records, by direction. No header says how long they are: each side tells in its hello by which id
 * it wants to be addressed (RFC 9146 §3, RFC 9147 §9). That is also how the records of an endpoint are known that goes on
 * from another address.
 */
export class ConnectionIds {
  private readonly lengths = new Map<number, number>();
  private readonly owners = new Map<string, IdOwner[]>();
  private readonly ownedLengths = new Set<number>();

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
    const { connectionId } = extension;
    this.own(connectionId, { conversation, direction: direction === 0 ? 1 : 0 });
  }

  /**
   * The length in the header at bytes[at] of a datagram that ends at `end`; 0 where there is none. Where no hello told it,
   * it is the one with which the record ends where its datagram does, or where another with the same id begins.
   */
  find(bytes: Uint8Array, at: number, end: number, conversation: number, direction: 0 | 1): number {
    const known = this.lengths.get(2 * conversation + direction);
    if (known !== undefined) return known;
    const length = fittingIdLength(bytes, at, end);
    if (length <= 0) return 0;
    const idAt = at + idOffset(byteAt(bytes, at));
    this.own(bytes.subarray(idAt, idAt + length), { conversation, direction });
    return length;
  }

  /** The directions whose records have the id that stands in the header at bytes[at]; the latest to be known first. */
  ownersOf(bytes: Uint8Array, at: number, end: number): readonly IdOwner[] {
    if (this.owners.size === 0 || !mayHaveId(byteAt(bytes, at))) return [];
    const idAt = at + idOffset(byteAt(bytes, at));
    const found: IdOwner[] = [];
    for (const length of this.ownedLengths)
      if (idAt + length < end) found.push(...(this.owners.get(keyOf(bytes, idAt, length)) ?? []));
    return found.reverse();
  }

  private own(id: Uint8Array, owner: IdOwner): void {
    this.lengths.set(2 * owner.conversation + owner.direction, id.length);
    if (id.length === 0 || this.owners.size >= MOST_IDS) return;
    const key = keyOf(id, 0, id.length);
    const known = this.owners.get(key) ?? [];
    const again = known.some(
      (one) => one.conversation === owner.conversation && one.direction === owner.direction,
    );
    if (again || known.length >= MOST_OWNERS) return;
    if (this.ownedLengths.size >= MOST_LENGTHS && !this.ownedLengths.has(id.length)) return;
    this.ownedLengths.add(id.length);
    this.owners.set(key, [...known, owner]);
  }
}

function keyOf(bytes: Uint8Array, from: number, length: number): string {
  let key = '';
  for (let i = from; i < from + length; i += 1) key += String.fromCharCode(byteAt(bytes, i));
  return key;
}

/** Ids that are remembered, their lengths, and conversations of one id: more only a hostile capture has. */
const MOST_IDS = 100_000;
const MOST_LENGTHS = 16;
const MOST_OWNERS = 64;
