import { isWord } from './header-ranges.ts';

/** What a header says to whoever sorts messages into calls. */
export type HeaderKey =
  | 'call-id'
  | 'cseq'
  | 'from'
  | 'to'
  | 'via'
  | 'contact'
  | 'expires'
  | 'event'
  | 'subscription-state'
  | 'session-id'
  | 'related'
  | 'correlation'
  | 'charging'
  | 'replaces'
  | 'refer-to'
  | 'content-type'
  | 'credentials';

/** By name in lower case. The headers behind 'related' are what Kamailio, Asterisk, FreeSWITCH and SBCs are set up with. */
const HEADERS: readonly (readonly [name: string, key: HeaderKey])[] = [
  ['call-id', 'call-id'],
  ['i', 'call-id'],
  ['cseq', 'cseq'],
  ['from', 'from'],
  ['f', 'from'],
  ['to', 'to'],
  ['t', 'to'],
  ['via', 'via'],
  ['v', 'via'],
  ['contact', 'contact'],
  ['m', 'contact'],
  ['expires', 'expires'],
  ['event', 'event'],
  ['o', 'event'],
  ['subscription-state', 'subscription-state'],
  ['session-id', 'session-id'],
  ['x-cid', 'related'],
  ['x-call-id', 'related'],
  ['x-callid', 'related'],
  ['x-original-call-id', 'related'],
  ['x-inbound-call-id', 'related'],
  ['x-aleg-call-id', 'related'],
  ['p-charging-vector', 'charging'],
  ['cisco-guid', 'correlation'],
  ['av-global-session-id', 'correlation'],
  ['x-genesys-calluuid', 'correlation'],
  ['x-broadworks-correlation-info', 'correlation'],
  ['replaces', 'replaces'],
  ['refer-to', 'refer-to'],
  ['r', 'refer-to'],
  ['content-type', 'content-type'],
  ['c', 'content-type'],
  ['authorization', 'credentials'],
  ['proxy-authorization', 'credentials'],
];

const LONGEST_NAME = Math.max(...HEADERS.map(([name]) => name.length));
const encoder = new TextEncoder();
/** By length of the name: most headers are told apart by it. */
const BY_LENGTH: (readonly (readonly [name: Uint8Array, key: HeaderKey])[])[] = [];
for (let length = 0; length <= LONGEST_NAME; length++)
  BY_LENGTH.push(
    HEADERS.filter(([name]) => name.length === length).map(([name, key]) => [encoder.encode(name), key]),
  );

/** By the header's name in bytes[from, to), whatever its case; undefined where it says nothing here. */
export function headerKeyOf(bytes: Uint8Array, from: number, to: number): HeaderKey | undefined {
  for (const [name, key] of BY_LENGTH[to - from] ?? []) if (isWord(bytes, from, name)) return key;
  return undefined;
}
