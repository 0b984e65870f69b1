import { byteAt, u16be } from '../../bytes/reader.ts';
import { decodeExtensions } from './decode-extensions.ts';
import type { Extension } from './extension.ts';
import { extensionOf } from './extension.ts';
import { type MessageFault, MessageReader } from './message-reader.ts';

/** A ClientHello. Byte fields are views of the body; what the bytes did not reach is empty and `fault` says where. */
export interface ClientHello {
  readonly kind: 'client-hello';
  /** legacy_version: TLS 1.3 stands as 0x0303 here, see offeredVersions. */
  readonly version: number;
  /** 32 bytes. From an SSL 2.0-format hello: its challenge, zeros before it (RFC 5246 §E.2). */
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  /** DTLS only (RFC 6347 §4.2.1), else null. */
  readonly cookie: Uint8Array | null;
  readonly cipherSuites: readonly number[];
  readonly compressionMethods: readonly number[];
  readonly extensions: readonly Extension[];
  /** True where it came in the SSL 2.0 format; `cipherSuites` then has three-byte kinds too (above 0xffff). */
  readonly sslv2: boolean;
  readonly fault: MessageFault | null;
}

/**
 * Decodes a ClientHello's body, behind the handshake header (RFC 5246 §7.4.1.2, RFC 8446 §4.1.2); or one in SSL 2.0
 * format, whose body begins with the message type: no version of TLS reads as that and SSL 2.0 or 3.x behind it.
 */
export function decodeClientHello(body: Uint8Array, dtls: boolean): ClientHello {
  const begin = body.length < 2 ? 0 : u16be(body, 0);
  if (!dtls && (begin === 0x0100 || begin === 0x0103)) return decodeSslV2ClientHello(body);
  const reader = new MessageReader(body);
  const version = reader.u16('client_version');
  const random = reader.view(32, 'random');
  const sessionId = reader.vector(1, 'session id');
  const cookie = dtls ? reader.vector(1, 'cookie') : null;
  const cipherSuites = reader.u16List(2, 'cipher suites');
  const compressionMethods = reader.u8List('compression methods');
  // Hellos of SSL 3.0 and of some TLS 1.0 clients end here.
  const extensions = reader.remaining > 0 ? decodeExtensions(reader, 'client-hello') : [];
  reader.expectEnd();
  return {
    kind: 'client-hello',
    version,
    random,
    sessionId,
    cookie,
    cipherSuites,
    compressionMethods,
    extensions,
    sslv2: false,
    fault: reader.fault,
  };
}

/**
 * Decodes a ClientHello in SSL 2.0 format (RFC 5246 §E.2): the bytes behind the two-byte record header, which are
 * also what the handshake hash takes.
 */
export function decodeSslV2ClientHello(body: Uint8Array): ClientHello {
  const reader = new MessageReader(body);
  if (reader.u8('message type') !== 1) reader.fail('this is no SSL 2.0-format Client Hello');
  const version = reader.u16('version');
  const specsLength = reader.u16('length of cipher specs');
  const sessionIdLength = reader.u16('length of session id');
  const challengeLength = reader.u16('length of challenge');
  const specs = reader.view(specsLength, 'cipher specs');
  const sessionId = reader.view(sessionIdLength, 'session id');
  const challenge = reader.view(challengeLength, 'challenge');
  reader.expectEnd();
  const cipherSuites: number[] = [];
  for (let at = 0; at + 3 <= specs.length; at += 3)
    cipherSuites.push(byteAt(specs, at) * 0x10000 + u16be(specs, at + 1));
  const random = new Uint8Array(32);
  random.set(challenge.subarray(-32), 32 - Math.min(32, challenge.length));
  return {
    kind: 'client-hello',
    version,
    random,
    sessionId,
    cookie: null,
    cipherSuites,
    compressionMethods: [0],
    extensions: [],
    sslv2: true,
    fault: reader.fault,
  };
}

/** The versions a client offers, its own order: supported_versions where given, else the one of the hello. */
export function offeredVersions(hello: ClientHello): readonly number[] {
  return extensionOf(hello.extensions, 'supported-versions')?.versions ?? [hello.version];
}

/** The first host name of server_name, null without. */
export function serverNameOf(hello: ClientHello): string | null {
  return extensionOf(hello.extensions, 'server-name')?.names[0] ?? null;
}
