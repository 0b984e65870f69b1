import type { CipherSuite } from './tables/cipher-suites.ts';

/** A handshake message as it was seen: its body (without the 4-byte header), the frame in which it was complete. */
export interface SeenMessage {
  readonly frame: number;
  /** Record row in which it was complete. */
  readonly row: number;
  /** Body; bytes of the arena, good for as long as the capture is open. Empty where it was opened and not kept. */
  readonly body: Uint8Array;
  /** True where only decryption showed it. */
  readonly encrypted: boolean;
}

/** Where a secret came from. Never the secret. */
export type SecretSource =
  | {
      readonly kind: 'rsa-key';
      readonly name: string;
      readonly sha256OfPublicKey: string;
      readonly tried: boolean;
    }
  | { readonly kind: 'keylog'; readonly name: string; readonly line: number; readonly label: string }
  | { readonly kind: 'psk'; readonly name: string; readonly identity: string }
  | {
      readonly kind: 'resumed';
      readonly from: number;
      readonly by: 'session-id' | 'ticket';
      readonly source: SecretSource;
    };

/** The words of the contract's `key`: a file, or a file and a line. */
export function describeSecretSource(source: SecretSource): string {
  switch (source.kind) {
    case 'rsa-key':
      return source.name;
    case 'keylog':
      return `${source.name}:${source.line}`;
    case 'psk':
      return source.name;
    case 'resumed':
      return describeSecretSource(source.source);
  }
}

export const CLIENT = 0;
export const SERVER = 1;
/** Side of a handshake, in its own terms (not the conversation's direction). */
export type Side = typeof CLIENT | typeof SERVER;

/** Why a ≤ TLS 1.2 handshake gave no keys, as found at the moment when they were needed; refined by the diagnosis. */
export type KeyFailure =
  'none' | 'no-secret' | 'wrong-key' | 'transcript-incomplete' | 'secret-does-not-open';

/** An alert, read in clear or out of an encrypted record. */
export interface SeenAlert {
  readonly side: Side;
  readonly level: number;
  readonly description: number;
  readonly frame: number;
  readonly row: number;
  /** Encrypted and not opened: level and description are -1. */
  readonly encrypted: boolean;
}

/**
 * One handshake as it was observed: filled by TlsSession while its records pass, read by the diagnosis. Everything that
 * may be missing is null, because a capture can begin, lose or end anywhere.
 */
export class Handshake {
  readonly ordinal: number;
  readonly firstRow: number;
  readonly firstFrame: number;

  clientHello: SeenMessage | null = null;
  /** The first ClientHello, where a HelloRetryRequest (or HelloVerifyRequest) asked for another. */
  firstClientHello: SeenMessage | null = null;
  helloRetryRequest: SeenMessage | null = null;
  serverHello: SeenMessage | null = null;
  encryptedExtensions: SeenMessage | null = null;
  serverCertificate: SeenMessage | null = null;
  certificateStatus: SeenMessage | null = null;
  serverKeyExchange: SeenMessage | null = null;
  certificateRequest: SeenMessage | null = null;
  serverHelloDone: SeenMessage | null = null;
  clientCertificate: SeenMessage | null = null;
  clientKeyExchange: SeenMessage | null = null;
  certificateVerify: [SeenMessage | null, SeenMessage | null] = [null, null];
  newSessionTicket: SeenMessage | null = null;
  changeCipherSpec: [number, number] = [0, 0];
  /** Frame of the Finished (or of what stands in its place, still encrypted); 0 where not seen. By side. */
  finished: [number, number] = [0, 0];
  finishedOpened: [boolean, boolean] = [false, false];

  clientRandom: Uint8Array | null = null;
  serverRandom: Uint8Array | null = null;
  /** The version negotiated (0x0303, 0x0304 …), 0 while unknown. */
  version = 0;
  offeredVersion = 0;
  suite: CipherSuite | null = null;
  compression = 0;
  clientSessionId: Uint8Array = EMPTY;
  serverSessionId: Uint8Array = EMPTY;
  /** The ticket that the client offered (RFC 5077), null where none. */
  offeredTicket: Uint8Array | null = null;
  serverName: string | null = null;
  clientExtendedMasterSecret = false;
  serverExtendedMasterSecret = false;
  encryptThenMac = false;
  truncatedHmac = false;
  maxFragmentLength = 0;
  resumed: 'session-id' | 'ticket' | 'psk' | null = null;
  /** The client offered early data (RFC 8446 §4.2.10); the server took it. */
  earlyDataOffered = false;
  earlyDataAccepted: boolean | null = null;
  /** It was offered, and a HelloRetryRequest came: the second hello cannot offer it again. */
  earlyDataWithdrawn = false;

  /** ≤ TLS 1.2. A secret: never leaves core. */
  masterSecret: Uint8Array | null = null;
  keySource: SecretSource | null = null;
  keyFailure: KeyFailure = 'none';
  /**
   * No loaded key is known to be this handshake's, so a secret is tried that another connection (`from`) was opened with, or
   * those of all lines of the key logs (null).
   */
  borrows: { readonly from: number | null } | null = null;
  /** Labels found in key logs for this client random (TLS 1.3). */
  labelsFound: string[] = [];
  labelsMissing: string[] = [];
  /** Keys that were tried on the ClientKeyExchange because no certificate named one. */
  keysTried = 0;

  /** Records opened and records that did not open in epochs of this handshake. */
  opened = 0;
  failed = 0;
  /** Bytes lost while the handshake was under way, by side, and the frames around the first hole. */
  lost: [number, number] = [0, 0];
  lostBetween: [number, number] = [0, 0];
  /** True while every handshake message from the ClientHello on was seen whole. */
  transcriptWhole = true;

  serverCertificates: readonly Uint8Array[] = [];
  clientCertificates: readonly Uint8Array[] = [];
  certificateFaults = 0;
  clientCertificateRequested = false;

  constructor(ordinal: number, firstRow: number, firstFrame: number) {
    this.ordinal = ordinal;
    this.firstRow = firstRow;
    this.firstFrame = firstFrame;
  }

  get extendedMasterSecret(): boolean {
    return this.clientExtendedMasterSecret && this.serverExtendedMasterSecret;
  }

  get complete(): boolean {
    return this.finished[CLIENT] !== 0 && this.finished[SERVER] !== 0;
  }
}

const EMPTY = new Uint8Array(0);
