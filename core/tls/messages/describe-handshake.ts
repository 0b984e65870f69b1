import { capitalise } from '../../bytes/text.ts';
import { cipherSuiteOf } from '../tables/cipher-suites.ts';
import { describeHandshakeType } from '../tables/handshake-types.ts';
import { describeNamedGroup } from '../tables/named-groups.ts';
import { describeSignatureScheme } from '../tables/signature-schemes.ts';
import { describeVersion } from '../tables/versions.ts';
import { serverNameOf } from './client-hello.ts';
import type { HandshakeMessage } from './handshake-message.ts';
import { selectedVersion } from './server-hello.ts';

/** The message's name in words, as Wireshark's Info column has it: "Client Hello", "Server Hello Done". */
export function describeHandshakeName(type: number): string {
  const known = TITLES.get(type);
  if (known !== undefined) return known;
  const name = describeHandshakeType(type);
  return name.startsWith('unknown')
    ? `Handshake message of ${name.replace('unknown', 'unknown type')}`
    : name.split('_').map(capitalise).join(' ');
}

/**
 * One line for a list: the name and what of it tells most.
 * "Client Hello (SNI=pbx.example)", "Server Hello, TLS 1.2, TLS_RSA_WITH_AES_256_CBC_SHA", "Certificate (3 certificates)".
 */
export function describeHandshake(type: number, message: HandshakeMessage): string {
  // In the final TLS 1.3 it is a Server Hello with a special random.
  const name = message.kind === 'hello-retry-request' ? 'Hello Retry Request' : describeHandshakeName(type);
  const detail = detailOf(message);
  return `${name}${detail}${message.fault === null ? '' : ' (damaged)'}`;
}

function detailOf(message: HandshakeMessage): string {
  switch (message.kind) {
    case 'client-hello': {
      const name = serverNameOf(message);
      if (message.sslv2) return ' (SSL 2.0 format)';
      return name === null ? '' : ` (SNI=${name})`;
    }
    case 'server-hello':
    case 'hello-retry-request': {
      const suite = cipherSuiteOf(message.cipherSuite).name;
      return `, ${describeVersion(selectedVersion(message))}, ${suite}`;
    }
    case 'certificate': {
      const count = message.certificates.length;
      return count === 0 ? ' (none)' : ` (${count} certificate${count === 1 ? '' : 's'})`;
    }
    case 'server-key-exchange':
      if (message.group !== null) return ` (${describeNamedGroup(message.group)})`;
      return message.bits === null ? '' : ` (${message.bits} bits)`;
    case 'certificate-verify':
      return message.signatureScheme === null ? '' : ` (${describeSignatureScheme(message.signatureScheme)})`;
    case 'new-session-ticket':
      return ` (valid for ${message.lifetime} s)`;
    case 'key-update':
      return message.requested ? ' (requested of the peer too)' : '';
    default:
      return '';
  }
}

/** Names that are not their registered name in words. */
const TITLES: ReadonlyMap<number, string> = new Map([
  [5, 'End of Early Data'],
  [9, 'Request Connection ID'],
  [10, 'New Connection ID'],
  [21, 'Client Certificate URL'],
]);
