import {
  CLIENT,
  type Handshake,
  SERVER,
  type SeenAlert,
  type SeenMessage,
  type Side,
} from '../tls/handshake.ts';
import type { TlsSession } from '../tls/session.ts';
import { describeAlert } from '../tls/tables/alerts.ts';
import { isTls13, SSL_2_0 } from '../tls/tables/versions.ts';

/** How a connection ended, as its frames show it; by side, 0 for none. */
export interface Closing {
  readonly fin: readonly [number, number];
  readonly rst: readonly [number, number];
  /** Records of application data (outer type) by side. */
  readonly data: readonly [number, number];
  /** Body lengths of the first records of application data of each side (outer type), a dozen at most. */
  readonly dataLengths: readonly [readonly number[], readonly number[]];
  /** Records of application data that the server sent after the client's first. */
  readonly serverDataAfterClient: number;
  /** Body length of the last record of each side, 0 for none. */
  readonly lastLength: readonly [number, number];
  readonly lastFrame: readonly [number, number];
  /** Frame of the first record of application data (outer type) by side, 0 for none. */
  readonly firstDataFrame: readonly [number, number];
  /** Bytes that are not TLS, by side. */
  readonly otherThanTls: readonly [boolean, boolean];
  readonly payload: readonly [number, number];
  /** Frames by side. */
  readonly frames: readonly [number, number];
  readonly lost: readonly [number, number];
  /** Bytes that were acknowledged though the capture never held them, by side. */
  readonly unseen: readonly [number, number];
  /** Seconds from the conversation's first frame to the end of the capture. */
  readonly secondsToEnd: number;
  /** The capture holds datagrams, not a stream: nothing says that the other side had nothing more to say. */
  readonly datagrams: boolean;
}

/** A step of the handshake that was reached. */
export interface HandshakeStep {
  readonly words: string;
  readonly frame: number;
  readonly side: Side;
}

/** A handshake that was broken off: who, at which step, by what. */
export interface HandshakeFailure {
  readonly by: Side;
  readonly how: 'alert' | 'fin' | 'rst' | 'no-answer' | 'not-tls';
  /** The last handshake message or step that was reached, in words. */
  readonly step: string;
  readonly stepFrame: number;
  /** What the one who ended it answered to: the other side's last message, or its certificate where the alert is about that. */
  readonly answers: HandshakeStep | null;
  readonly frame: number;
  readonly alert: SeenAlert | null;
  /** True where the alert could not be read and is told from its place and length. */
  readonly inferred: boolean;
}

/**
 * Whether the conversation's newest handshake failed. An alert that ends a connection after application data was
 * exchanged is no failed handshake, nor is one of which the capture lost the rest.
 */
export function judgeHandshake(session: TlsSession, closing: Closing): HandshakeFailure | null {
  const handshake = session.newestHandshake;
  // What a renegotiation came to does not undo the connection that carried it.
  if (handshake === null || session.renegotiation !== null) return null;
  const tls13 = isTls13(handshake.version);
  const fatal = session.alerts.find((alert) => isFatal(alert, tls13) && alert.row >= handshake.firstRow);
  if (fatal !== undefined && breaksHandshake(session, handshake, fatal, closing))
    return judgeAlert(handshake, closing, fatal);
  if (closing.lost[CLIENT] + closing.lost[SERVER] > 0) return null;
  if (closing.unseen[CLIENT] + closing.unseen[SERVER] > 0) return null;
  if (tls13) return judgeTls13(handshake, closing);
  if (handshake.complete) return null;
  // SSL 2.0 goes on in records of its own, which are not read.
  if (handshake.offeredVersion === SSL_2_0) return null;
  if (handshake.clientHello !== null && handshake.serverHello === null && closing.otherThanTls[SERVER])
    return failureOf(handshake, closing, SERVER, 'not-tls', closing.lastFrame[SERVER]);
  return judgeEnd(closing, handshake);
}

/** An alert that answers to the other side's closing is not what ended the handshake. */
function judgeAlert(handshake: Handshake, closing: Closing, alert: SeenAlert): HandshakeFailure {
  const other = alert.side === CLIENT ? SERVER : CLIENT;
  const fin = closing.fin[other];
  const first = fin > 0 && fin < alert.frame && !handshake.complete;
  const silent = alert.description !== PROTOCOL_VERSION && !isCertificateAlert(alert.description);
  if (first && silent) return failureOf(handshake, closing, other, 'fin', fin);
  return { ...failureOf(handshake, closing, alert.side, 'alert', alert.frame, alert), alert };
}

/** The failure in one clause, for lists: "the client broke off with unknown_ca". */
export function describeFailure(failure: HandshakeFailure): string {
  const who = failure.by === CLIENT ? 'the client' : 'the server';
  switch (failure.how) {
    case 'alert':
      if (failure.alert === null || failure.alert.description < 0)
        return `${who} broke off with an encrypted alert`;
      return `${who} broke off with ${describeAlert(failure.alert.description)}`;
    case 'fin':
      return `${who} closed the connection`;
    case 'rst':
      return `${who} reset the connection`;
    case 'no-answer':
      return `${who} did not answer`;
    case 'not-tls':
      return `${who} does not speak TLS on this port`;
  }
}

/** Alerts by which one side refuses the other's certificate (RFC 8446 §6.2, RFC 5246 §7.2.2). */
export function isCertificateAlert(description: number): boolean {
  return (description >= 41 && description <= 49) || description === 113 || description === 116;
}

/** How far the handshake came, by its last message that was seen. */
export function lastStep(handshake: Handshake): HandshakeStep {
  let last: HandshakeStep = { words: 'the beginning', frame: handshake.firstFrame, side: CLIENT };
  for (const step of stepsOf(handshake)) if (step.frame >= last.frame) last = step;
  return last;
}

/** The steps of the handshake that were seen, in the order in which a handshake has them. */
export function stepsOf(handshake: Handshake): HandshakeStep[] {
  const steps: HandshakeStep[] = [];
  const add = (words: string, side: Side, frame: number): void => {
    if (frame > 0) steps.push({ words, frame, side });
  };
  const message = (words: string, side: Side, seen: SeenMessage | null): void =>
    add(words, side, seen?.frame ?? 0);
  message('Client Hello', CLIENT, handshake.firstClientHello);
  message('Hello Retry Request', SERVER, handshake.helloRetryRequest);
  message(
    handshake.firstClientHello === null ? 'Client Hello' : 'second Client Hello',
    CLIENT,
    handshake.clientHello,
  );
  message('Server Hello', SERVER, handshake.serverHello);
  message('Encrypted Extensions', SERVER, handshake.encryptedExtensions);
  message('server’s Certificate', SERVER, handshake.serverCertificate);
  message('Server Key Exchange', SERVER, handshake.serverKeyExchange);
  message('Certificate Request', SERVER, handshake.certificateRequest);
  message('server’s Certificate Verify', SERVER, handshake.certificateVerify[SERVER]);
  message('Server Hello Done', SERVER, handshake.serverHelloDone);
  if (isTls13(handshake.version)) add('server’s Finished', SERVER, handshake.finished[SERVER]);
  message('client’s Certificate', CLIENT, handshake.clientCertificate);
  message('Client Key Exchange', CLIENT, handshake.clientKeyExchange);
  message('client’s Certificate Verify', CLIENT, handshake.certificateVerify[CLIENT]);
  add('client’s Change Cipher Spec', CLIENT, handshake.changeCipherSpec[CLIENT]);
  add('client’s Finished', CLIENT, handshake.finished[CLIENT]);
  add('server’s Change Cipher Spec', SERVER, handshake.changeCipherSpec[SERVER]);
  if (!isTls13(handshake.version)) add('server’s Finished', SERVER, handshake.finished[SERVER]);
  return steps;
}

/** In TLS 1.3 the level means nothing: all but two alerts are fatal (RFC 8446 §6). */
function isFatal(alert: SeenAlert, tls13: boolean): boolean {
  if (alert.level === 2) return true;
  return (
    tls13 && alert.level === 1 && alert.description !== CLOSE_NOTIFY && alert.description !== USER_CANCELED
  );
}

function breaksHandshake(
  session: TlsSession,
  handshake: Handshake,
  alert: SeenAlert,
  closing: Closing,
): boolean {
  const data = closing.data[CLIENT] + closing.data[SERVER];
  if (!isTls13(handshake.version)) return !(handshake.complete && data > 0);
  if (!handshake.complete) return true;
  // A server refuses the client's certificate only after its own Finished (RFC 8446 §4.4.2.4); alerts about anything
  // else come later than the handshake.
  const refusal = isCertificateAlert(alert.description) || alert.description === DECRYPT_ERROR;
  return refusal && alert.side === SERVER && session.ticketsIssued.length === 0;
}

/** Without keys, the end of a TLS 1.3 handshake shows only in the lengths of its records. */
function judgeTls13(handshake: Handshake, closing: Closing): HandshakeFailure | null {
  if (handshake.finishedOpened[CLIENT] && handshake.finishedOpened[SERVER]) return null;
  const client = closing.dataLengths[CLIENT];
  const alertLength = alertRecordLength(handshake);
  const first = client[0] ?? 0;
  // The client's first encrypted record is too short to be a Finished: it is an alert.
  if (first === alertLength && closing.data[CLIENT] === 1 && !handshake.earlyDataOffered)
    return { ...failureOf(handshake, closing, CLIENT, 'alert', closing.lastFrame[CLIENT]), inferred: true };
  const serverEnds =
    (closing.fin[SERVER] > 0 || closing.rst[SERVER] > 0) &&
    (closing.fin[CLIENT] === 0 || closing.fin[SERVER] <= closing.fin[CLIENT] || closing.rst[CLIENT] > 0);
  const alertOnly = closing.lastLength[SERVER] === alertLength && closing.serverDataAfterClient === 1;
  // A Finished alone means that no client certificate was asked for: then the server has nothing left to refuse.
  if (serverEnds && alertOnly && answersCertificateRequest(handshake, client))
    return { ...failureOf(handshake, closing, SERVER, 'alert', closing.lastFrame[SERVER]), inferred: true };
  return closing.data[CLIENT] === 0 ? judgeEnd(closing, handshake) : null;
}

/** What the lengths of the client's flight in TLS 1.3 say of its certificate. */
export function clientFlight(
  handshake: Handshake,
  lengths: readonly number[],
): 'finished-only' | 'empty-certificate' | 'certificate' | 'unknown' {
  const first = lengths[0] ?? 0;
  if (first === 0 || !isTls13(handshake.version) || handshake.suite === null) return 'unknown';
  const overhead = handshake.suite.tagLength + 1;
  const finished = 4 + (handshake.suite.prfHash === 'sha384' ? 48 : 32);
  if (first === finished + overhead) return 'finished-only';
  // RFC 8446 §4.4.2: header, empty context, empty list.
  if (first === EMPTY_CERTIFICATE + overhead || first === EMPTY_CERTIFICATE + finished + overhead)
    return 'empty-certificate';
  return first > finished + overhead ? 'certificate' : 'unknown';
}

function answersCertificateRequest(handshake: Handshake, lengths: readonly number[]): boolean {
  const flight = clientFlight(handshake, lengths);
  return flight === 'empty-certificate' || flight === 'certificate';
}

/** Two bytes, the content type and the tag (RFC 8446 §5.2, §6). */
function alertRecordLength(handshake: Handshake): number {
  const tag = handshake.suite?.tagLength ?? 16;
  return 3 + (tag === 0 ? 16 : tag);
}

function judgeEnd(closing: Closing, handshake: Handshake): HandshakeFailure | null {
  const ends: [Side, 'fin' | 'rst', number][] = [];
  for (const side of [CLIENT, SERVER] as const) {
    if (closing.rst[side] > 0) ends.push([side, 'rst', closing.rst[side]]);
    if (closing.fin[side] > 0) ends.push([side, 'fin', closing.fin[side]]);
  }
  ends.sort((a, b) => a[2] - b[2]);
  const first = ends[0];
  if (first !== undefined && handshake.clientHello !== null)
    return failureOf(handshake, closing, first[0], first[1], first[2]);
  const answered = handshake.serverHello !== null || closing.payload[SERVER] > 0;
  // A TCP server that was never seen, or one lone datagram, shows nothing.
  const reached = closing.datagrams ? closing.frames[CLIENT] > 1 : closing.frames[SERVER] > 0;
  if (!answered && reached && handshake.clientHello !== null && closing.secondsToEnd >= SECONDS_OF_SILENCE)
    return failureOf(handshake, closing, SERVER, 'no-answer', lastStep(handshake).frame);
  return null;
}

function failureOf(
  handshake: Handshake,
  closing: Closing,
  by: Side,
  how: HandshakeFailure['how'],
  frame: number,
  alert: SeenAlert | null = null,
): HandshakeFailure {
  const before = [...stepsOf(handshake), ...encryptedSteps(handshake, closing)]
    .filter((step) => step.frame <= frame)
    .sort((a, b) => a.frame - b.frame);
  const step = before.at(-1) ?? lastStep(handshake);
  const others = before.filter((known) => known.side !== by);
  const certificate = others.find((known) => known.words.endsWith('Certificate'));
  const last = others.at(-1) ?? null;
  const together = certificate !== undefined && certificate.frame === last?.frame && how !== 'alert';
  const named = alert !== null && isCertificateAlert(alert.description);
  const about = named || together ? certificate : undefined;
  return {
    by,
    how,
    step: step.words,
    stepFrame: step.frame,
    answers: about ?? last,
    frame,
    alert: null,
    inferred: false,
  };
}

/** What of a TLS 1.3 handshake shows without keys: that encrypted messages came. */
function encryptedSteps(handshake: Handshake, closing: Closing): HandshakeStep[] {
  if (!isTls13(handshake.version)) return [];
  const steps: HandshakeStep[] = [];
  if (handshake.finished[SERVER] === 0 && closing.firstDataFrame[SERVER] > 0)
    steps.push({ words: 'server’s encrypted messages', frame: closing.firstDataFrame[SERVER], side: SERVER });
  if (handshake.finished[CLIENT] === 0 && closing.firstDataFrame[CLIENT] > 0)
    steps.push({ words: 'client’s encrypted answer', frame: closing.firstDataFrame[CLIENT], side: CLIENT });
  return steps;
}

const CLOSE_NOTIFY = 0;
const DECRYPT_ERROR = 51;
const PROTOCOL_VERSION = 70;
const USER_CANCELED = 90;
const EMPTY_CERTIFICATE = 8;
/** A capture that ends sooner after a hello does not show that nobody answered. */
const SECONDS_OF_SILENCE = 1;
