import { CLIENT, type Handshake, SERVER, type SeenAlert, type Side } from '../tls/handshake.ts';
import type { TlsSession } from '../tls/session.ts';
import { describeAlert, meaningOfAlert } from '../tls/tables/alerts.ts';
import { isTls13 } from '../tls/tables/versions.ts';

/** How a TCP connection ended, as its frames show it; by side, 0 for none. */
export interface Closing {
  readonly fin: readonly [number, number];
  readonly rst: readonly [number, number];
  /** Records of application data (outer type) by side, and those that opened. */
  readonly data: readonly [number, number];
  /** Body length of the last record of each side, 0 for none. */
  readonly lastLength: readonly [number, number];
  readonly lastFrame: readonly [number, number];
  /** Bytes that are not TLS, by side. */
  readonly otherThanTls: readonly [boolean, boolean];
  readonly payload: readonly [number, number];
  readonly lost: readonly [number, number];
}

/** A handshake that was broken off: who, at which step, by what. */
export interface HandshakeFailure {
  readonly by: Side;
  readonly how: 'alert' | 'fin' | 'rst' | 'no-answer' | 'not-tls';
  /** The last handshake message or step that was reached, in words. */
  readonly step: string;
  readonly stepFrame: number;
  readonly frame: number;
  readonly alert: SeenAlert | null;
  /** True where the alert could not be read and is told from its place and length. */
  readonly inferred: boolean;
}

/**
 * Whether the conversation's (last) handshake failed. An alert that ends a connection after application data was
 * exchanged is no failed handshake, nor is one of which the capture lost the rest.
 */
export function judgeHandshake(session: TlsSession, closing: Closing): HandshakeFailure | null {
  const handshake = session.lastHandshake;
  if (handshake === null) return null;
  const fatal = session.alerts.find((alert) => alert.level === 2 && alert.row >= handshake.firstRow);
  const step = lastStep(handshake);
  if (fatal !== undefined && !established(handshake, closing))
    return {
      by: fatal.side,
      how: 'alert',
      step: step.words,
      stepFrame: step.frame,
      frame: fatal.frame,
      alert: fatal,
      inferred: false,
    };
  if (isTls13(handshake.version)) return judgeTls13(session, handshake, closing, step);
  if (handshake.complete || established(handshake, closing)) return null;
  if (closing.lost[CLIENT] + closing.lost[SERVER] > 0) return null;
  if (handshake.clientHello !== null && handshake.serverHello === null && closing.otherThanTls[SERVER])
    return failure(SERVER, 'not-tls', step, closing.lastFrame[SERVER]);
  return judgeEnd(closing, step, handshake);
}

/** The failure in one clause, for lists: "the client refused with unknown_ca". */
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

export function meaningOfFailure(failure: HandshakeFailure): string {
  if (failure.alert === null || failure.alert.description < 0) return '';
  return meaningOfAlert(failure.alert.description);
}

function established(handshake: Handshake, closing: Closing): boolean {
  if (isTls13(handshake.version)) return handshake.complete;
  return handshake.complete && closing.data[CLIENT] + closing.data[SERVER] > 0;
}

interface Step {
  readonly words: string;
  readonly frame: number;
}

/** How far the handshake came, by its last message that was seen. */
export function lastStep(handshake: Handshake): Step {
  const steps: [string, number][] = [
    ['Client Hello', handshake.clientHello?.frame ?? 0],
    ['Hello Retry Request', handshake.helloRetryRequest?.frame ?? 0],
    ['Server Hello', handshake.serverHello?.frame ?? 0],
    ['Certificate', handshake.serverCertificate?.frame ?? 0],
    ['Server Key Exchange', handshake.serverKeyExchange?.frame ?? 0],
    ['Certificate Request', handshake.certificateRequest?.frame ?? 0],
    ['Server Hello Done', handshake.serverHelloDone?.frame ?? 0],
    ["the client's Certificate", handshake.clientCertificate?.frame ?? 0],
    ['Client Key Exchange', handshake.clientKeyExchange?.frame ?? 0],
    ['Certificate Verify', handshake.certificateVerify[CLIENT]?.frame ?? 0],
    ["the client's Change Cipher Spec", handshake.changeCipherSpec[CLIENT]],
    ["the client's Finished", handshake.finished[CLIENT]],
    ["the server's Change Cipher Spec", handshake.changeCipherSpec[SERVER]],
    ["the server's Finished", handshake.finished[SERVER]],
  ];
  let last: Step = { words: 'the beginning', frame: handshake.firstFrame };
  for (const [words, frame] of steps) if (frame > 0 && frame >= last.frame) last = { words, frame };
  return last;
}

function judgeTls13(
  session: TlsSession,
  handshake: Handshake,
  closing: Closing,
  step: Step,
): HandshakeFailure | null {
  const lost = closing.lost[CLIENT] + closing.lost[SERVER] > 0;
  if (lost) return null;
  const opened = handshake.finishedOpened[CLIENT] && handshake.finishedOpened[SERVER];
  const alert = session.alerts.find((known) => known.level === 2 && known.encrypted) ?? null;
  if (alert !== null) return { ...failure(alert.side, 'alert', step, alert.frame), alert };
  if (opened) return null;
  // Not readable: an alert is 2 bytes, its type and the tag (RFC 8446 §5.2, §6), and after it the connection ends.
  for (const side of [SERVER, CLIENT] as const) {
    const other = side === SERVER ? CLIENT : SERVER;
    const ends = closing.fin[side] > 0 || closing.rst[side] > 0;
    const first = ends && (closing.fin[other] === 0 || closing.fin[side] <= closing.fin[other]);
    const alertLike = closing.lastLength[side] === ALERT_RECORD_LENGTH;
    // A server that answers a client's data sends more than its handshake flight before its close_notify.
    const nothingSaid =
      side === SERVER
        ? closing.data[SERVER] <= FLIGHT_RECORDS && closing.data[CLIENT] <= 3
        : closing.data[CLIENT] <= 2;
    if (first && alertLike && nothingSaid)
      return { ...failure(side, 'alert', step, closing.lastFrame[side]), inferred: true };
  }
  return closing.data[CLIENT] === 0 ? judgeEnd(closing, step, handshake) : null;
}

function judgeEnd(closing: Closing, step: Step, handshake: Handshake): HandshakeFailure | null {
  const ends: [Side, 'fin' | 'rst', number][] = [];
  for (const side of [CLIENT, SERVER] as const) {
    if (closing.rst[side] > 0) ends.push([side, 'rst', closing.rst[side]]);
    if (closing.fin[side] > 0) ends.push([side, 'fin', closing.fin[side]]);
  }
  ends.sort((a, b) => a[2] - b[2]);
  const first = ends[0];
  if (first !== undefined) return failure(first[0], first[1], step, first[2]);
  if (handshake.serverHello === null && closing.payload[SERVER] === 0)
    return failure(SERVER, 'no-answer', step, step.frame);
  return null;
}

function failure(by: Side, how: HandshakeFailure['how'], step: Step, frame: number): HandshakeFailure {
  return { by, how, step: step.words, stepFrame: step.frame, frame, alert: null, inferred: false };
}

const ALERT_RECORD_LENGTH = 19;
/** EncryptedExtensions, CertificateRequest, Certificate, CertificateVerify, Finished, each in a record of its own, and the alert. */
const FLIGHT_RECORDS = 6;
