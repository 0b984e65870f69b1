import { decodeLatin1 } from '../../bytes/text.ts';
import { describeExtension } from '../tables/extensions.ts';
import { describeNamedGroup } from '../tables/named-groups.ts';
import { describeSignatureScheme } from '../tables/signature-schemes.ts';
import { describeVersion } from '../tables/versions.ts';
import type { Extension } from './extension.ts';
import { hex16, type MessageNode, type NodeMaker } from './message-node.ts';

/** The node of one extension, type and length included: "Extension: server_name (13 bytes): pbx.example". */
export function describeExtensionTree(make: NodeMaker, extension: Extension): MessageNode {
  const { id, offset, length } = extension;
  const { summary, children } = contentOf(make, extension);
  const size = `${length} byte${length === 1 ? '' : 's'}`;
  const label = `Extension: ${describeExtension(id)} (${size})${summary === '' ? '' : `: ${summary}`}`;
  return make.node(label, offset - 4, length + 4, children);
}

interface Content {
  readonly summary: string;
  readonly children: readonly MessageNode[];
}

function contentOf(make: NodeMaker, extension: Extension): Content {
  const { offset } = extension;
  const summary = (text: string): Content => ({ summary: text, children: [] });
  const words = (
    numbers: readonly number[],
    skip: number,
    describe: (n: number) => string,
    size = 2,
  ): Content => ({
    summary: numbers.length === 1 ? describe(numbers[0] ?? 0) : `${numbers.length} entries`,
    children: numbers.map((n, i) =>
      make.node(`${describe(n)} (${hex16(n)})`, offset + skip + i * size, size),
    ),
  });
  switch (extension.kind) {
    case 'server-name':
      return summary(extension.names.join(', '));
    case 'alpn':
      return summary(extension.protocols.join(', '));
    case 'max-fragment-length':
      return summary(MAX_FRAGMENT_LENGTHS.get(extension.code) ?? `code ${extension.code}`);
    case 'record-size-limit':
      return summary(`${extension.limit} bytes`);
    case 'supported-groups':
      return words(extension.groups, 2, describeNamedGroup);
    case 'signature-algorithms':
    case 'signature-algorithms-cert':
      return words(extension.schemes, 2, describeSignatureScheme);
    case 'supported-versions':
      return words(
        extension.versions,
        extension.versions.length * 2 === extension.length ? 0 : 1,
        describeVersion,
      );
    case 'use-srtp':
      return words(extension.profiles, 2, describeSrtpProfile);
    case 'ec-point-formats':
      return words(extension.formats, 1, (n) => (n === 0 ? 'uncompressed' : `format ${n}`), 1);
    case 'psk-key-exchange-modes':
      return words(extension.modes, 1, (n) => PSK_MODES.get(n) ?? `mode ${n}`, 1);
    case 'key-share':
      return {
        summary: extension.entries.map(({ group }) => describeNamedGroup(group)).join(', '),
        children: extension.entries
          .filter(({ keyExchange }) => keyExchange.length > 0)
          .map(({ group, keyExchange }) => make.bytes(describeNamedGroup(group), keyExchange)),
      };
    case 'session-ticket':
      return { summary: '', children: [make.bytes('Ticket', extension.ticket)] };
    case 'cookie':
      return { summary: '', children: [make.bytes('Cookie', extension.cookie)] };
    case 'connection-id':
      return { summary: '', children: [make.bytes('Connection ID', extension.connectionId)] };
    case 'renegotiation-info':
      return extension.verifyData.length === 0
        ? summary('first handshake')
        : { summary: '', children: [make.bytes('Verify data', extension.verifyData)] };
    case 'pre-shared-key-offer':
      return {
        summary: `${extension.identities.length} offered`,
        children: [
          ...extension.identities.map(({ identity, obfuscatedTicketAge }) =>
            make.bytes(`Identity (obfuscated age ${obfuscatedTicketAge})`, identity),
          ),
          ...extension.binders.map((binder) => make.bytes('Binder', binder)),
        ],
      };
    case 'pre-shared-key-choice':
      return summary(`identity ${extension.selected}`);
    case 'early-data':
      return summary(extension.maxSize === null ? '' : `at most ${extension.maxSize} bytes`);
    case 'certificate-authorities':
      return summary(`${extension.names.length} names`);
    case 'encrypted-client-hello':
      return summary(extension.type === 0 ? `outer, ${extension.payloadLength} bytes encrypted` : '');
    case 'heartbeat':
      return summary(extension.mode === 1 ? 'peer may send' : 'peer must not send');
    default:
      return summary('');
  }
}

/** RFC 6066 §4. */
const MAX_FRAGMENT_LENGTHS: ReadonlyMap<number, string> = new Map([
  [1, '512 bytes'],
  [2, '1024 bytes'],
  [3, '2048 bytes'],
  [4, '4096 bytes'],
]);

const PSK_MODES: ReadonlyMap<number, string> = new Map([
  [0, 'psk_ke'],
  [1, 'psk_dhe_ke'],
]);

/** IANA's DTLS-SRTP protection profiles, those in use (RFC 5764 §4.1.2, RFC 7714 §14.2). */
function describeSrtpProfile(profile: number): string {
  return SRTP_PROFILES.get(profile) ?? `profile ${hex16(profile)}`;
}

const SRTP_PROFILES: ReadonlyMap<number, string> = new Map([
  [1, 'SRTP_AES128_CM_HMAC_SHA1_80'],
  [2, 'SRTP_AES128_CM_HMAC_SHA1_32'],
  [5, 'SRTP_NULL_HMAC_SHA1_80'],
  [6, 'SRTP_NULL_HMAC_SHA1_32'],
  [7, 'SRTP_AEAD_AES_128_GCM'],
  [8, 'SRTP_AEAD_AES_256_GCM'],
]);

/** Text of a PSK identity or hint: as it is where it is printable. */
export function describeIdentity(bytes: Uint8Array): string {
  const text = decodeLatin1(bytes);
  return /^[\x20-\x7e]*$/.test(text) ? `"${text}"` : `${bytes.length} bytes`;
}
