import { encodeHex } from '../../bytes/hex.ts';
import { cipherSuiteOf } from '../tables/cipher-suites.ts';
import { describeNamedGroup } from '../tables/named-groups.ts';
import { describeSignatureScheme } from '../tables/signature-schemes.ts';
import { describeVersion } from '../tables/versions.ts';
import type { ClientHello } from './client-hello.ts';
import { describeExtensionTree, describeIdentity } from './describe-extension-tree.ts';
import { describeHandshakeName } from './describe-handshake.ts';
import type { Extension } from './extension.ts';
import type { HandshakeMessage } from './handshake-message.ts';
import { hex16, type MessageNode, NodeMaker } from './message-node.ts';
import { selectedVersion, type ServerHello } from './server-hello.ts';

/**
 * The tree of one handshake message for the detail pane. `body` is what `message` was decoded from, `headerLength` what
 * stands before it (4, in DTLS 12, in SSL 2.0 format 0): offsets count from the header's first byte.
 */
export function describeHandshakeTree(
  type: number,
  body: Uint8Array,
  message: HandshakeMessage,
  headerLength: number,
): MessageNode {
  const make = new NodeMaker(body, headerLength);
  const children = childrenOf(make, message);
  if (message.fault !== null) {
    const { offset, sentence } = message.fault;
    children.push(make.node(`Damaged here: ${sentence}`, offset, Math.max(0, body.length - offset)));
  }
  const name = message.kind === 'hello-retry-request' ? 'Hello Retry Request' : describeHandshakeName(type);
  const label = `Handshake: ${name} (${body.length} bytes)`;
  return make.node(label, -headerLength, headerLength + body.length, children);
}

function childrenOf(make: NodeMaker, message: HandshakeMessage): MessageNode[] {
  switch (message.kind) {
    case 'client-hello':
      return clientHello(make, message);
    case 'server-hello':
    case 'hello-retry-request':
      return serverHello(make, message);
    case 'encrypted-extensions':
      return extensionNodes(make, message.extensions);
    case 'certificate':
      return message.certificates.map(({ offset, length, extensions }, i) =>
        make.node(`Certificate ${i + 1} (${length} bytes)`, offset, length, extensionNodes(make, extensions)),
      );
    case 'certificate-request':
      return [
        make.node(`Certificate types: ${message.certificateTypes.join(', ') || 'none listed'}`, 0, 0),
        make.node(
          `Signature algorithms: ${message.signatureSchemes?.map(describeSignatureScheme).join(', ') ?? 'none listed'}`,
          0,
          0,
        ),
        ...message.authorities.map((name) => make.bytes('Distinguished name', name)),
        ...extensionNodes(make, message.extensions),
      ];
    case 'server-key-exchange':
      return [
        ...optional(message.pskHint, (hint) => make.bytes(`PSK hint ${describeIdentity(hint)}`, hint)),
        ...optional(message.group, (group) =>
          make.node(`Group: ${describeNamedGroup(group)} (${hex16(group)})`, 1, 2),
        ),
        ...optional(message.bits, (bits) => make.node(`Size: ${bits} bits`, 0, 0)),
        ...optional(message.publicValue, (value) => make.bytes('Public key', value)),
        ...signature(make, message.signatureScheme, message.signature),
      ];
    case 'client-key-exchange':
      return [
        ...optional(message.pskIdentity, (id) => make.bytes(`PSK identity ${describeIdentity(id)}`, id)),
        ...optional(message.encryptedPreMaster, (value) =>
          make.bytes(`Encrypted pre-master secret (${value.length * 8} bits)`, value),
        ),
        ...optional(message.publicValue, (value) => make.bytes('Public key', value)),
      ];
    case 'certificate-verify':
      return signature(make, message.signatureScheme, message.signature);
    case 'finished':
      return [make.bytes('Verify data', message.verifyData)];
    case 'new-session-ticket':
      return [
        make.node(`Lifetime: ${message.lifetime} seconds`, 0, 4),
        ...optional(message.ageAdd, (ageAdd) => make.node(`Age add: ${ageAdd}`, 4, 4)),
        ...optional(message.nonce, (nonce) => make.bytes('Nonce', nonce)),
        make.bytes('Ticket', message.ticket),
        ...extensionNodes(make, message.extensions),
      ];
    case 'key-update':
      return [make.node(`Update requested of the peer: ${message.requested ? 'yes' : 'no'}`, 0, 1)];
    case 'certificate-status':
      return [
        make.node(`Status type: ${message.statusType}`, 0, 1),
        make.bytes('OCSP response', message.response),
      ];
    case 'compressed-certificate':
      return [
        make.node(`Algorithm: ${COMPRESSIONS.get(message.algorithm) ?? message.algorithm}`, 0, 2),
        make.node(`Uncompressed length: ${message.uncompressedLength}`, 2, 3),
        make.bytes('Compressed', message.compressed),
      ];
    case 'hello-verify-request':
      return [
        make.node(`Version: ${describeVersion(message.version)} (${hex16(message.version)})`, 0, 2),
        make.bytes('Cookie', message.cookie),
      ];
    case 'supplemental-data':
      return message.entries.map(({ type, data }) => make.bytes(`Entry of type ${type}`, data));
    case 'new-connection-id':
    case 'request-connection-id':
      return message.connectionIds.map((id) => make.bytes('Connection ID', id));
    default:
      return [];
  }
}

function clientHello(make: NodeMaker, hello: ClientHello): MessageNode[] {
  if (hello.sslv2) return sslv2ClientHello(make, hello);
  const suites = make.endOf(hello.cookie ?? hello.sessionId) + 2;
  const methods = suites + hello.cipherSuites.length * 2 + 1;
  const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
  return [
    make.node(`Version: ${describeVersion(hello.version)} (${hex16(hello.version)})`, 0, 2),
    make.bytes('Random', hello.random),
    make.bytes('Session ID', hello.sessionId),
    ...optional(hello.cookie, (cookie) => make.bytes('Cookie', cookie)),
    make.list(
      `Cipher suites (${many(hello.cipherSuites.length, 'suite')})`,
      suites,
      2,
      hello.cipherSuites,
      suiteLabel,
    ),
    make.list(
      `Compression methods (${many(hello.compressionMethods.length, 'method')})`,
      methods,
      1,
      hello.compressionMethods,
      compressionLabel,
    ),
    ...extensionNodes(make, hello.extensions),
  ];
}

function sslv2ClientHello(make: NodeMaker, hello: ClientHello): MessageNode[] {
  return [
    make.node(`Version: ${describeVersion(hello.version)} (${hex16(hello.version)})`, 1, 2),
    make.list(`Cipher specs (${hello.cipherSuites.length})`, 9, 3, hello.cipherSuites, (spec) =>
      spec > 0xffff ? `SSL 2.0 cipher 0x${spec.toString(16).padStart(6, '0')}` : suiteLabel(spec),
    ),
    make.node(`Challenge, as random: ${encodeHex(hello.random)}`, 0, 0),
  ];
}

function serverHello(make: NodeMaker, hello: ServerHello): MessageNode[] {
  const suite = make.endOf(hello.sessionId);
  const selected = selectedVersion(hello);
  return [
    make.node(
      selected === hello.version
        ? `Version: ${describeVersion(selected)} (${hex16(selected)})`
        : `Version: ${describeVersion(hello.version)} (${hex16(hello.version)}), in truth ${describeVersion(selected)}`,
      0,
      2,
    ),
    make.bytes('Random', hello.random),
    ...optional(hello.downgrade, (mark) =>
      make.node(
        `The server could do ${mark === 'tls12' ? 'TLS 1.3' : 'TLS 1.2 or later'}: its random says so`,
        make.endOf(hello.random) - 8,
        8,
      ),
    ),
    make.bytes('Session ID', hello.sessionId),
    make.node(`Cipher suite: ${suiteLabel(hello.cipherSuite)}`, suite, 2),
    make.node(`Compression method: ${compressionLabel(hello.compressionMethod)}`, suite + 2, 1),
    ...extensionNodes(make, hello.extensions),
  ];
}

function extensionNodes(make: NodeMaker, extensions: readonly Extension[]): MessageNode[] {
  return extensions.map((extension) => describeExtensionTree(make, extension));
}

function signature(make: NodeMaker, scheme: number | null, bytes: Uint8Array | null): MessageNode[] {
  return [
    ...optional(bytes, (value) =>
      make.bytes(scheme === null ? 'Signature' : `Signature (${describeSignatureScheme(scheme)})`, value),
    ),
  ];
}

function suiteLabel(id: number): string {
  return `${cipherSuiteOf(id).name} (${hex16(id)})`;
}

function compressionLabel(method: number): string {
  return method === 0 ? 'null (0)' : method === 1 ? 'DEFLATE (1)' : `method ${method}`;
}

function optional<T>(value: T | null, describe: (value: T) => MessageNode): MessageNode[] {
  return value === null ? [] : [describe(value)];
}

/** RFC 8879 §3. */
const COMPRESSIONS: ReadonlyMap<number, string> = new Map([
  [1, 'zlib'],
  [2, 'brotli'],
  [3, 'zstd'],
]);
