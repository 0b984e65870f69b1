/**
 * The part of the contract that speaks of calls and media: types only, see api.ts.
 * A call is named by the Call-ID of its first leg, so that its name outlives added keys; one of which nothing could be read
 * is named by its first medium, or where it has none by its opaque conversation ("locked 12"). No key, password or credential is a member of any type here.
 */
import type { RowOrder } from './api-order.ts';
import type { Finding, RichText, SipMessageRow } from './api.ts';
import type { CauseId } from './verdict.ts';

/** `dialogs`: what is no call. Empty members do not filter. */
export interface CallFilter {
  /** Matched on what the row shows, and on the Call-ID. */
  readonly text: string;
  /** States of describe-leg.ts, and "locked". */
  readonly states: readonly string[];
}

export interface CallRow {
  readonly call: string;
  /** `locked`: inferred from opaque signalling and media in time and place; nothing of it could be read. */
  readonly kind: 'read' | 'locked';
  readonly from: string;
  readonly to: string;
  /** A state of describe-leg.ts, or "locked". */
  readonly state: string;
  /** "seconds.nanoseconds" since 1970 UTC, and seconds since the first frame. */
  readonly time: string;
  readonly relative: number;
  /** Seconds; null where one end was not seen. */
  readonly requestDelay: number | null;
  readonly ringing: number | null;
  readonly setup: number | null;
  readonly duration: number | null;
  /** 0 without a final response. */
  readonly finalStatus: number;
  readonly finalReason: string;
  /** Endpoints ("address:port"), or empty. */
  readonly finalFrom: string;
  readonly endedBy: string;
  readonly source: string;
  readonly destination: string;
  readonly legs: number;
  readonly messages: number;
  /** Messages that came out of encryption. */
  readonly decrypted: number;
  readonly transports: readonly string[];
  /** Opaque conversations that may hold more of it. */
  readonly locked: number;
  /** RTP streams that belong to it. */
  readonly streams: number;
  readonly notes: readonly string[];
  readonly firstFrame: number;
}

/** `ordered` of this and other windows: false as long as the rows stand as captured though another order was asked for. */
export interface CallWindow {
  readonly revision: number;
  readonly total: number;
  readonly ordered: boolean;
  readonly from: number;
  readonly rows: readonly CallRow[];
}

/** Everything with one Call-ID. */
export interface LegRow {
  readonly callId: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly state: string;
  readonly time: string;
  readonly relative: number;
  readonly requestDelay: number | null;
  readonly setup: number | null;
  readonly duration: number | null;
  readonly finalStatus: number;
  readonly source: string;
  readonly destination: string;
  readonly transports: readonly string[];
  readonly messages: number;
  readonly decrypted: number;
  readonly retransmissions: number;
  readonly event: string;
  readonly contact: string;
  readonly expires: number | null;
  readonly subscriptionState: string;
  readonly notes: readonly string[];
  readonly firstFrame: number;
}

export interface LegWindow {
  readonly revision: number;
  readonly total: number;
  readonly ordered: boolean;
  readonly from: number;
  readonly rows: readonly LegRow[];
}

/** Why two legs are taken for one call. */
export interface LegJoin {
  readonly callIds: readonly [string, string];
  readonly ground: string;
  readonly sentence: string;
  /** False: an inference from likeness. */
  readonly certain: boolean;
}

/** One arrow of a call's ladder. `from` and `to` are columns. */
export interface CallArrow {
  readonly message: number;
  readonly frame: number;
  readonly conversation: string;
  /** Index in CallDetail.legs. */
  readonly leg: number;
  readonly from: number;
  readonly to: number;
  readonly time: string;
  /** Seconds since the call began, and since the arrow before. */
  readonly relative: number;
  readonly delay: number;
  readonly label: string;
  /** What stands small below the label: "SDP", codec, reason phrase. */
  readonly detail: string;
  readonly isRequest: boolean;
  readonly status: number;
  readonly hasSdp: boolean;
  readonly decrypted: boolean;
  readonly retransmission: boolean;
}

/** A stretch between two hosts in which an opaque connection took part: inference, said as such. */
export interface CallLock {
  readonly conversation: string;
  readonly cause: CauseId;
  readonly sentence: RichText;
  /** Columns. */
  readonly from: number;
  readonly to: number;
  /** Seconds since the call began. */
  readonly start: number;
  readonly end: number;
  readonly records: number;
}

/** A bar of media between two hosts. */
export interface CallMediaBar {
  /** Id of the MediaStreamRow. */
  readonly stream: number;
  readonly from: number;
  readonly to: number;
  /** Seconds since the call began. */
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly problem: boolean;
}

/** One medium that was offered, and answered or not. */
export interface CallNegotiation {
  readonly offerFrame: number;
  readonly answerFrame: number | null;
  readonly type: string;
  readonly active: boolean;
  readonly codecs: readonly string[];
  readonly offerAddress: string;
  readonly answerAddress: string;
  /** What each side says of it beside that, a line each: suites, fingerprint, ICE candidates, ports of RTCP. */
  readonly offerDetails: readonly string[];
  readonly answerDetails: readonly string[];
  readonly direction: string;
  readonly protection: 'none' | 'sdes' | 'dtls' | 'zrtp';
  readonly renegotiation: boolean;
  readonly remarks: readonly string[];
}

export interface CallDetail {
  readonly row: CallRow;
  readonly headline: RichText;
  readonly legs: readonly LegRow[];
  readonly joins: readonly LegJoin[];
  /** Hosts in order of appearance: "address", or "address:port" where an address speaks with itself. */
  readonly columns: readonly { readonly host: string; readonly name: string }[];
  readonly arrows: readonly CallArrow[];
  readonly locks: readonly CallLock[];
  readonly media: readonly CallMediaBar[];
  readonly complete: boolean;
  readonly negotiations: readonly CallNegotiation[];
  readonly findings: readonly Finding[];
}

export interface MethodStatisticsRow {
  readonly method: string;
  readonly requests: number;
  readonly retransmissions: number;
  readonly unanswered: number;
  readonly finals: readonly { readonly status: number; readonly reason: string; readonly count: number }[];
  readonly median: number | null;
  readonly percentile95: number | null;
  readonly largest: number | null;
}

export interface SipStatistics {
  readonly methods: readonly MethodStatisticsRow[];
  readonly calls: readonly { readonly state: string; readonly count: number }[];
  readonly registrations: {
    readonly total: number;
    readonly registered: number;
    readonly failed: number;
    readonly challenged: number;
  };
  /** Failed calls and registrations by what ended them. */
  readonly failures: readonly {
    readonly reason: string;
    readonly count: number;
    readonly firstFrame: number;
  }[];
}

/** One RTP stream: one SSRC in one direction. Times in seconds unless the name says otherwise. */
export interface MediaStreamRow {
  readonly stream: number;
  readonly conversation: string;
  /** As "0x1a2b3c4d". */
  readonly ssrc: string;
  readonly source: string;
  readonly destination: string;
  /** Call-ID of its call, null where no description names it. */
  readonly call: string | null;
  readonly type: string;
  readonly payloadTypes: readonly number[];
  readonly codec: string;
  readonly firstFrame: number;
  readonly lastFrame: number;
  readonly time: string;
  readonly relative: number;
  readonly duration: number;
  readonly packets: number;
  readonly expected: number;
  readonly lost: number;
  readonly reordered: number;
  readonly duplicates: number;
  /** RFC 3550 §6.4.1, milliseconds. */
  readonly jitterMean: number;
  readonly jitterMax: number;
  /** Longest time between two packets, milliseconds. */
  readonly deltaMax: number;
  readonly gaps: readonly { readonly frame: number; readonly relative: number; readonly packets: number }[];
  readonly dtmf: readonly { readonly frame: number; readonly relative: number; readonly digit: string }[];
  /** Estimate by the E-model (ITU-T G.107), 1 to 4.5; null for what is no known speech codec. */
  readonly mos: number | null;
  readonly protection: 'none' | 'sdes' | 'dtls-srtp' | 'unknown';
  /** SRTP: packets whose tag was checked and fits, and those whose tag does not. */
  readonly authenticated: number;
  readonly failed: number;
  /** Why it cannot be opened, or what was done; empty for plain RTP. */
  readonly srtp: RichText;
  readonly rtcp: {
    readonly reports: number;
    /** Packets, and milliseconds: the largest that a receiver reported. */
    readonly lostMax: number | null;
    readonly jitterMax: number | null;
    /** Seconds: from the place of the capture to the receiver and back, and to the sender and back where that reported too. */
    readonly roundTrip: number | null;
  } | null;
  readonly playable: boolean;
  /** Why it cannot be played; empty where it can. */
  readonly notPlayable: string;
  readonly remarks: readonly string[];
}

export interface MediaWindow {
  readonly revision: number;
  readonly total: number;
  readonly ordered: boolean;
  readonly from: number;
  readonly rows: readonly MediaStreamRow[];
}

/** Requests of the page about calls and media. `count` is at most 1000. */
export interface CallRequests {
  'calls.window': {
    readonly params: {
      readonly filter: CallFilter;
      readonly order?: RowOrder<'calls'> | null | undefined;
      readonly from: number;
      readonly count: number;
    };
    readonly result: CallWindow;
  };
  /** The row at which a call stands in the list; null where the filter hides it. */
  'calls.rowOf': {
    readonly params: {
      readonly filter: CallFilter;
      readonly order?: RowOrder<'calls'> | null | undefined;
      readonly call: string;
    };
    readonly result: number | null;
  };
  'call.detail': { readonly params: { readonly call: string }; readonly result: CallDetail };
  /** The ladder to keep. */
  'call.ladder': {
    readonly params: { readonly call: string; readonly as: 'text' | 'svg' };
    readonly result: { readonly text: string };
  };
  /** The user's word on two legs: one call, or not; null takes it back. It counts before everything else. */
  'calls.join': {
    readonly params: { readonly callIds: readonly [string, string]; readonly joined: boolean | null };
    readonly result: null;
  };
  /** Registrations, subscriptions and other dialogs that are no calls; `kind` empty: all. */
  'dialogs.window': {
    readonly params: {
      readonly kind: string;
      readonly text: string;
      readonly order?: RowOrder<'dialogs'> | null | undefined;
      readonly from: number;
      readonly count: number;
    };
    readonly result: LegWindow;
  };
  /** The messages of one Call-ID. */
  'dialog.messages': {
    readonly params: { readonly callId: string };
    readonly result: readonly SipMessageRow[];
  };
  'sip.statistics': { readonly params: null; readonly result: SipStatistics };
  /** `call` null: all streams. `text`: what an address, the SSRC, the codec, the call or "SRTP" has to hold. */
  'media.window': {
    readonly params: {
      readonly call: string | null;
      readonly text?: string | undefined;
      readonly order?: RowOrder<'media'> | null | undefined;
      readonly from: number;
      readonly count: number;
    };
    readonly result: MediaWindow;
  };
  /** RIFF/WAVE, 16 bit linear, at most `seconds` of it. */
  'media.wav': {
    readonly params: { readonly stream: number; readonly seconds: number };
    readonly result: { readonly bytes: string; readonly complete: boolean };
  };
}
