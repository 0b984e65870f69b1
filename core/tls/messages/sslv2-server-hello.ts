import { MessageReader, type MessageFault } from './message-reader.ts';

/** The Server Hello of SSL 2.0 itself (Hickman, "The SSL Protocol", 1995, §2.6). */
export interface SslV2ServerHello {
  /** True where an earlier session goes on: no certificate and no CLIENT-MASTER-KEY then. */
  readonly sessionIdHit: boolean;
  readonly version: number;
  /** DER; empty where there is none. */
  readonly certificate: Uint8Array;
  /** Three bytes each, as one number. */
  readonly cipherKinds: readonly number[];
  readonly fault: MessageFault | null;
}

/** Decodes the bytes behind the record header, message type included. */
export function decodeSslV2ServerHello(body: Uint8Array): SslV2ServerHello {
  const reader = new MessageReader(body);
  if (reader.u8('message type') !== SSLV2_SERVER_HELLO) reader.fail('this is no SSL 2.0 Server Hello');
  const sessionIdHit = reader.u8('session id hit') !== 0;
  reader.u8('certificate type');
  const version = reader.u16('version');
  const certificateLength = reader.u16('length of certificate');
  const specsLength = reader.u16('length of cipher specs');
  reader.u16('length of connection id');
  const certificate = reader.view(certificateLength, 'certificate');
  const specs = reader.view(specsLength, 'cipher specs');
  const cipherKinds: number[] = [];
  for (let at = 0; at + 3 <= specs.length; at += 3)
    cipherKinds.push(((specs[at] ?? 0) << 16) | ((specs[at + 1] ?? 0) << 8) | (specs[at + 2] ?? 0));
  return { sessionIdHit, version, certificate, cipherKinds, fault: reader.fault };
}

/** Message type of SSL 2.0. */
export const SSLV2_SERVER_HELLO = 4;
