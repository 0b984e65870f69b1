/**
 * What one frame holds, down to the transport's payload. One object, reused for every frame of a capture.
 * Addresses are four big-endian 32-bit words (unsigned, in a Uint32Array); IPv4 stands in the first word.
 */
export const PACKET_OTHER = 0;
/** A TCP segment (it may carry no payload). */
export const PACKET_SEGMENT = 1;
/** A UDP datagram. */
export const PACKET_DATAGRAM = 2;
/** An IP fragment whose datagram is not complete yet. */
export const PACKET_FRAGMENT = 3;
/** A layer's header is impossible or cut: see faultLayer and fault. */
export const PACKET_MALFORMED = 4;
/**
 * One SCTP DATA chunk; see the sctp fields. A packet may carry several: PacketDecoder.nextChunk steps to the next.
 * Without any DATA chunk the payload is empty and sctpFlags is -1.
 */
export const PACKET_SCTP = 5;

export const TCP_FIN = 0x01;
export const TCP_SYN = 0x02;
export const TCP_RST = 0x04;
export const TCP_PSH = 0x08;
export const TCP_ACK = 0x10;

export const SCTP_END = 0x01;
export const SCTP_BEGIN = 0x02;
export const SCTP_UNORDERED = 0x04;

export interface PacketScratch {
  kind: number;
  /** 4, 6, or 0 where no IP layer was understood. */
  ipVersion: 0 | 4 | 6;
  /** source address words 0..3, destination address words 4..7. */
  readonly addresses: Uint32Array;
  /** IP protocol number of the innermost IP layer's payload (6 TCP, 17 UDP, 132 SCTP, 50 ESP …), -1 without IP. */
  ipProtocol: number;
  sourcePort: number;
  destinationPort: number;
  /** TCP sequence and acknowledgement numbers, unsigned 32 bits. */
  sequence: number;
  acknowledgement: number;
  tcpFlags: number;
  tcpWindow: number;
  /**
   * The transport's payload that was captured: payload[payloadStart, payloadEnd).
   * Usually the capture window itself; a buffer of its own where IP fragments were put together.
   */
  payload: Uint8Array;
  payloadStart: number;
  payloadEnd: number;
  /** Payload bytes that were on the wire behind payloadEnd but were not captured (snap length). */
  payloadMissing: number;
  /**
   * Where the payload lies in the file. Where `pieces` is 0 it is one run, its first byte at file offset
   * `payloadOffset`. Else piece i holds pieceLengths[i] bytes at file offset pieceOffsets[i] from frame pieceFrames[i],
   * in order of the payload.
   */
  payloadOffset: number;
  pieces: number;
  readonly pieceOffsets: Float64Array;
  readonly pieceLengths: Uint32Array;
  readonly pieceFrames: Uint32Array;
  /** For PACKET_FRAGMENT: an identifier of the datagram, so that the frames of one datagram can be joined once it is complete. For a completed datagram the same number; else 0. */
  datagramId: number;
  /** For PACKET_SCTP, of the DATA or I-DATA chunk (RFC 9260 §3.3.1, RFC 8260 §2.1). */
  sctpTsn: number;
  sctpStream: number;
  /** Stream sequence number (DATA) or message identifier (I-DATA). */
  sctpStreamSequence: number;
  sctpPayloadProtocol: number;
  /** Flags of the chunk: SCTP_END, SCTP_BEGIN, SCTP_UNORDERED; -1 where the packet holds no DATA chunk. */
  sctpFlags: number;
  /** The name of the innermost layer understood ("TCP", "UDP", "ARP", "ICMP", "ESP", "IPv4", "Ethernet" …). */
  protocol: string;
  /** The layer that could not be read, and in one sentence why; empty strings where none. */
  faultLayer: string;
  fault: string;
}
