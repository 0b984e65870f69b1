import { u16be } from '../../bytes/reader.ts';
import { CLIENT, type Side } from '../handshake.ts';
import { CHANGE_CIPHER_SPEC, HANDSHAKE } from '../tables/content-types.ts';
import { CLIENT_HELLO, HELLO_VERIFY_REQUEST, NEW_SESSION_TICKET } from '../tables/handshake-types.ts';

/** The rank of everything encrypted, and of what has no place of its own in a handshake. */
export const BEHIND_FLIGHTS = 9;

/**
 * Where a record of epoch 0 stands in a handshake (RFC 6347 §4.2.4): a lower rank was sent before a higher one. Server's
 * and client's never have the same.
 */
export function rankInFlights(side: Side, type: number, body: Uint8Array): number {
  if (type === CHANGE_CIPHER_SPEC) return side === CLIENT ? 8 : 7;
  if (type !== HANDSHAKE || body.length < 6) return BEHIND_FLIGHTS;
  if (side === CLIENT) return body[0] === CLIENT_HELLO ? Math.min(2, 2 * u16be(body, 4)) : 4;
  if (body[0] === HELLO_VERIFY_REQUEST) return 1;
  return body[0] === NEW_SESSION_TICKET ? 5 : 3;
}
