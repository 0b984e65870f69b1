import type { RichText } from '../api.ts';
import type { Handshake } from '../tls/handshake.ts';
import { decodeClientHello, offeredVersions } from '../tls/messages/client-hello.ts';
import { describeVersion, isDtls, isTls13, TLS_1_2 } from '../tls/tables/versions.ts';
import { frameLink, rich } from './rich-text.ts';

/** A record that stayed encrypted, as its header shows it. */
export interface OpaqueRecord {
  readonly frame: number;
  readonly type: number;
  readonly version: number;
}

/**
 * Why a connection whose version nothing chose in this capture cannot be TLS 1.3, in one sentence; null where it may be.
 * TLS 1.3 says TLS 1.2 in the header of every encrypted record, and application data as its type (RFC 8446 §5.2); DTLS 1.3
 * has another header (RFC 9147 §4).
 */
export function ruleOutTls13(handshake: Handshake | null, records: Iterable<OpaqueRecord>): RichText | null {
  const { serverHello, clientHello, version, offeredVersion } = handshake ?? NOTHING_SEEN;
  if (serverHello !== null)
    return isTls13(version)
      ? null
      : rich`The Server Hello in ${frameLink(serverHello.frame)} chose ${describeVersion(version)}.`;
  if (clientHello !== null) {
    const offered = offeredVersions(decodeClientHello(clientHello.body, isDtls(offeredVersion)));
    if (!offered.some(isTls13))
      return rich`The Client Hello in ${frameLink(clientHello.frame)} does not offer ${isDtls(offeredVersion) ? 'DTLS' : 'TLS'} 1.3.`;
  }
  for (const { frame, type, version: shown } of records) {
    if (isTls13(shown)) return null;
    if (shown !== TLS_1_2)
      return rich`The record in ${frameLink(frame)} says ${describeVersion(shown)}, which ${isDtls(shown) ? 'DTLS' : 'TLS'} 1.3 never does.`;
    if (type !== APPLICATION_DATA)
      return rich`The record in ${frameLink(frame)} shows what it carries${NAMES[type] === undefined ? '' : ` (${NAMES[type]})`}, which TLS 1.3 hides.`;
  }
  return null;
}

const APPLICATION_DATA = 23;
const NAMES: Readonly<Record<number, string>> = { 21: 'an alert', 22: 'a handshake message' };
const NOTHING_SEEN = { serverHello: null, clientHello: null, version: 0, offeredVersion: 0 } as const;
