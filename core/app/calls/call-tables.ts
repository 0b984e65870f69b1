/**
 * Columns of the messages, transactions, dialogs and legs that a CallTracker keeps. Rows of other tables are kept plus
 * one, so that 0 is none; times are read from the message rows.
 */
import { Float64Column, Uint16Column, Uint32Column, Uint8Column } from '../../store/columns.ts';

/** Methods of IANA's SIP registry by code; others are METHOD_UNKNOWN. */
export const METHODS = [
  '',
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'REGISTER',
  'OPTIONS',
  'MESSAGE',
  'SUBSCRIBE',
  'NOTIFY',
  'UPDATE',
  'PRACK',
  'REFER',
  'INFO',
  'PUBLISH',
] as const;
export const METHOD_UNKNOWN = 0;
export const METHOD_INVITE = 1;
export const METHOD_ACK = 2;
export const METHOD_BYE = 3;
export const METHOD_CANCEL = 4;
export const METHOD_REGISTER = 5;
export const METHOD_OPTIONS = 6;
export const METHOD_MESSAGE = 7;
export const METHOD_SUBSCRIBE = 8;
export const METHOD_NOTIFY = 9;
export const METHOD_UPDATE = 10;
export const METHOD_PRACK = 11;
export const METHOD_REFER = 12;
export const METHOD_INFO = 13;
export const METHOD_PUBLISH = 14;

/** Bits of MessageRows.flags. */
export const MESSAGE_IS_REQUEST = 0x01;
export const MESSAGE_IS_DECRYPTED = 0x02;
export const MESSAGE_IS_RETRANSMISSION = 0x04;
export const MESSAGE_HAS_SDP = 0x08;
export const MESSAGE_HAS_CREDENTIALS = 0x10;
/** Inside a dialog: the request has a To tag. */
export const MESSAGE_IN_DIALOG = 0x20;

export class MessageRows {
  /** The caller's number of the message. */
  readonly message = new Uint32Column();
  readonly frame = new Uint32Column();
  readonly seconds = new Float64Column();
  readonly nanoseconds = new Uint32Column();
  readonly conversation = new Uint32Column();
  /** Numbers of the endpoints' names. */
  readonly source = new Uint32Column();
  readonly destination = new Uint32Column();
  readonly flags = new Uint8Column();
  /** Of the request, or of the CSeq of a response. */
  readonly method = new Uint8Column();
  readonly status = new Uint16Column();
  readonly leg = new Uint32Column();
  readonly transaction = new Uint32Column();
  readonly nextInLeg = new Uint32Column();

  get length(): number {
    return this.frame.length;
  }
}

export class TransactionRows {
  readonly leg = new Uint32Column();
  readonly method = new Uint8Column();
  readonly cseq = new Uint32Column();
  readonly request = new Uint32Column();
  readonly firstResponse = new Uint32Column();
  /** First 180 to 189. */
  readonly ringing = new Uint32Column();
  /** First final response. */
  readonly final = new Uint32Column();
  readonly finalStatus = new Uint16Column();
  readonly ack = new Uint32Column();
  readonly requestRetransmissions = new Uint16Column();
  readonly responseRetransmissions = new Uint16Column();
  /** Last response: status, and its To tag. */
  readonly lastStatus = new Uint16Column();
  readonly lastToTag = new Uint32Column();
  readonly fromTag = new Uint32Column();
  /** Of the request: 0 where it is not inside a dialog. */
  readonly toTag = new Uint32Column();
  /** Via values of the request: more where it came back to where it was. */
  readonly vias = new Uint16Column();
  readonly nextInLeg = new Uint32Column();
  /** The one before with the same CSeq number in the leg: another hop, another branch of a fork, or a loop. */
  readonly sameCSeq = new Uint32Column();

  get length(): number {
    return this.leg.length;
  }
}

export const DIALOG_EARLY = 1;
export const DIALOG_CONFIRMED = 2;
export const DIALOG_TERMINATED = 3;

export class DialogRows {
  readonly leg = new Uint32Column();
  /** Tags of the one who asked and of the one who answered. */
  readonly callerTag = new Uint32Column();
  readonly calleeTag = new Uint32Column();
  readonly state = new Uint8Column();
  readonly method = new Uint8Column();
  readonly first = new Uint32Column();
  readonly confirmed = new Uint32Column();
  readonly ended = new Uint32Column();
  readonly next = new Uint32Column();

  get length(): number {
    return this.leg.length;
  }
}

export const LEG_KINDS = [
  'call',
  'registration',
  'subscription',
  'message',
  'options',
  'publication',
  'other',
] as const;
export type LegKind = (typeof LEG_KINDS)[number];

/** A leg is everything with one Call-ID. */
export class LegRows {
  readonly callId = new Uint32Column();
  /** Index in LEG_KINDS. */
  readonly kind = new Uint8Column();
  readonly first = new Uint32Column();
  readonly last = new Uint32Column();
  readonly messages = new Uint32Column();
  readonly decrypted = new Uint32Column();
  readonly fromUri = new Uint32Column();
  readonly toUri = new Uint32Column();
  /** The transaction that set it up: of the first hop seen, the last try. */
  readonly primary = new Uint32Column();
  readonly firstTransaction = new Uint32Column();
  readonly lastTransaction = new Uint32Column();
  readonly firstDialog = new Uint32Column();
  readonly dialogs = new Uint32Column();
  readonly bye = new Uint32Column();
  readonly cancel = new Uint32Column();
  /** Bit n: transport n of the tracker's list. */
  readonly transports = new Uint32Column();
  readonly sessionId = new Uint32Column();
  readonly remoteSessionId = new Uint32Column();
  readonly relatedCallId = new Uint32Column();
  readonly correlation = new Uint32Column();
  readonly replaces = new Uint32Column();
  readonly contactUri = new Uint32Column();
  readonly event = new Uint32Column();
  /** Seconds plus one, as last granted. */
  readonly expires = new Uint32Column();
  /** Challenges (401, 407) to the last tries, one after another without another answer; and the most of them. */
  readonly challenges = new Uint16Column();
  readonly mostChallenges = new Uint16Column();
  /** "address:port" of the first medium in the first offer. */
  readonly media = new Uint32Column();
  readonly subscriptionState = new Uint32Column();

  get length(): number {
    return this.callId.length;
  }
}
