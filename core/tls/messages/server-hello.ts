import { equalBytes } from '../../bytes/reader.ts';
import { parseHex } from '../../bytes/hex.ts';
import { TLS_1_3 } from '../tables/versions.ts';
import { decodeExtensions } from './decode-extensions.ts';
import type { Extension } from './extension.ts';
import { extensionOf } from './extension.ts';
import { type MessageFault, MessageReader } from './message-reader.ts';

/** A ServerHello or a HelloRetryRequest. Byte fields are views of the body. */
export interface ServerHello {
  readonly kind: 'server-hello' | 'hello-retry-request';
  /** legacy_version, see selectedVersion. */
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cipherSuite: number;
  readonly compressionMethod: number;
  readonly extensions: readonly Extension[];
  /**
   * The mark by which a server that can do better says so in its random (RFC 8446 §4.1.3): `tls12` where TLS 1.2 was
   * negotiated, `tls11-or-below` for less. null without.
   */
  readonly downgrade: 'tls12' | 'tls11-or-below' | null;
  readonly fault: MessageFault | null;
}

/** Decodes a ServerHello's body (RFC 5246 §7.4.1.3, RFC 8446 §4.1.3). */
export function decodeServerHello(body: Uint8Array): ServerHello {
  const reader = new MessageReader(body);
  const version = reader.u16('server_version');
  const random = reader.view(32, 'random');
  // Drafts of TLS 1.3 up to 21 had neither session id nor compression in it.
  const draft = isEarlyDraft(version);
  const sessionId = draft ? reader.view(0, 'session id') : reader.vector(1, 'session id');
  const cipherSuite = reader.u16('cipher suite');
  const compressionMethod = draft ? 0 : reader.u8('compression method');
  const retry = equalBytes(random, RETRY_RANDOM);
  const kind = retry ? 'hello-retry-request' : 'server-hello';
  const extensions = reader.remaining > 0 ? decodeExtensions(reader, kind) : [];
  reader.expectEnd();
  return {
    kind,
    version,
    random,
    sessionId,
    cipherSuite,
    compressionMethod,
    extensions,
    downgrade: downgradeOf(random),
    fault: reader.fault,
  };
}

/** Decodes the HelloRetryRequest message of TLS 1.3 drafts up to 21 (handshake type 6). */
export function decodeDraftHelloRetryRequest(body: Uint8Array): ServerHello {
  const reader = new MessageReader(body);
  const version = reader.u16('server_version');
  const cipherSuite = (version & 0xff) >= 19 ? reader.u16('cipher suite') : 0;
  const extensions = reader.remaining > 0 ? decodeExtensions(reader, 'hello-retry-request') : [];
  reader.expectEnd();
  return {
    kind: 'hello-retry-request',
    version,
    random: body.subarray(0, 0),
    sessionId: body.subarray(0, 0),
    cipherSuite,
    compressionMethod: 0,
    extensions,
    downgrade: null,
    fault: reader.fault,
  };
}

/** The version a server chose: supported_versions where given (TLS 1.3), else the one of the hello. Drafts stay 0x7fNN. */
export function selectedVersion(hello: ServerHello): number {
  return extensionOf(hello.extensions, 'supported-versions')?.versions[0] ?? hello.version;
}

/** SHA-256 of "HelloRetryRequest" (RFC 8446 §4.1.3). */
const RETRY_RANDOM = bytesOf('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c');
const DOWNGRADE_TLS12 = bytesOf('444f574e47524401');
const DOWNGRADE_TLS11 = bytesOf('444f574e47524400');

function downgradeOf(random: Uint8Array): ServerHello['downgrade'] {
  const tail = random.subarray(24);
  if (equalBytes(tail, DOWNGRADE_TLS12)) return 'tls12';
  return equalBytes(tail, DOWNGRADE_TLS11) ? 'tls11-or-below' : null;
}

/** The final TLS 1.3 says 0x0303 here; drafts before 16 said 0x0304 (draft-ietf-tls-tls13-15 §4.1.2). */
function isEarlyDraft(version: number): boolean {
  if (version === TLS_1_3) return true;
  return version >>> 8 === 0x7f && (version & 0xff) <= 21;
}

function bytesOf(hex: string): Uint8Array {
  return parseHex(hex) ?? new Uint8Array(0);
}
