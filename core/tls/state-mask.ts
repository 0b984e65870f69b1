import { STATE_FLAGS as F } from '../verdict.ts';

/**
 * Wireshark's `ssl state`, kept record by record so that an administrator can hold our answer against Wireshark's
 * debug log. It describes what was *seen*; what a decoder did is said elsewhere (DecoderState).
 * The rules were read off tshark 4.0's debug log on captures; bit 0x200 is that of Wireshark 2.x.
 */
export class StateMask {
  value = 0;

  /** A record's header, before its body: it sets VERSION unless it may be a ClientHello or unreadable handshake. */
  recordSeen(contentType: number, firstByte: number, datagram = false): void {
    if ((this.value & F.VERSION) !== 0) return;
    if (isAuthoritative(contentType, firstByte, datagram)) this.value |= F.VERSION;
  }

  clientHello(extendedMasterSecret: boolean): void {
    this.value &= ~(
      F.HAVE_SESSION_KEY |
      F.MASTER_SECRET |
      F.PRE_MASTER_SECRET |
      F.CLIENT_EXTENDED_MASTER_SECRET
    );
    this.value |= F.CLIENT_RANDOM;
    if (extendedMasterSecret) this.value |= F.CLIENT_EXTENDED_MASTER_SECRET;
  }

  serverHello(cipherKnown: boolean, extendedMasterSecret: boolean, encryptThenMac: boolean): void {
    this.value &= ~(
      F.HAVE_SESSION_KEY |
      F.MASTER_SECRET |
      F.PRE_MASTER_SECRET |
      F.SERVER_EXTENDED_MASTER_SECRET |
      F.NEW_SESSION_TICKET
    );
    this.value |= F.SERVER_RANDOM | F.VERSION;
    if (cipherKnown) this.value |= F.CIPHER;
    if (extendedMasterSecret) this.value |= F.SERVER_EXTENDED_MASTER_SECRET;
    if (encryptThenMac) this.value |= F.ENCRYPT_THEN_MAC;
  }

  serverHelloDone(): void {
    this.value |= F.SERVER_HELLO_DONE;
  }

  newSessionTicket(): void {
    this.value |= F.NEW_SESSION_TICKET;
  }

  /** Whether Wireshark would try the ClientKeyExchange at all. */
  get readyForKeyExchange(): boolean {
    const needed = F.CIPHER | F.CLIENT_RANDOM | F.SERVER_RANDOM | F.VERSION;
    return (this.value & needed) === needed;
  }

  preMasterSecretKnown(): void {
    this.value |= F.PRE_MASTER_SECRET;
  }

  /** At a ChangeCipherSpec: the master secret is known and the key block was made. */
  keysDerived(): void {
    this.value &= ~F.PRE_MASTER_SECRET;
    this.value |= F.MASTER_SECRET | F.HAVE_SESSION_KEY;
  }

  get haveSessionKey(): boolean {
    return (this.value & F.HAVE_SESSION_KEY) !== 0;
  }

  earlyDataSeen(): void {
    this.value |= F.SEEN_0RTT_APPDATA;
  }
}

/** Handshake types that Wireshark counts as valid (IANA's registry, without ClientHello). */
const HANDSHAKE_TYPES = new Set([0, 2, 3, 4, 5, 6, 8, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25, 67]);
/** hello_verify_request is one of DTLS only (RFC 6347 §4.3.2). */
const HELLO_VERIFY = 3;

function isAuthoritative(contentType: number, firstByte: number, datagram: boolean): boolean {
  if (contentType === 22) return HANDSHAKE_TYPES.has(firstByte) && (datagram || firstByte !== HELLO_VERIFY);
  return contentType === 20 || contentType === 21 || contentType === 23 || contentType === 24;
}
