import type { Finding } from '../api.ts';
import {
  findChainIncomplete,
  findExpired,
  findNameMismatch,
  findNotYetValid,
  findSelfSigned,
} from './certificate-findings.ts';
import { findSignatureNotOffered, findWeakKey, findWeakSignature } from './signature-findings.ts';
import { findClientCertificateMissing, findClientCertificateRefused } from './client-certificate-findings.ts';
import { findHandshakeFailed } from './failure-findings.ts';
import { findHelloUnanswered, findNoSharedCipher, findVersionRefused } from './hello-findings.ts';
import type { FindingContext, Found } from './finding-context.ts';
import { findOneDirection, findPacketsLost, findSnapped } from './loss-findings.ts';
import { findWhichKeys } from './needed-keys.ts';
import {
  findEarlyDataRejected,
  findHttpOnSipPort,
  findNullCipher,
  findOldVersion,
  findPlainSipOnTlsPort,
  findSlowHandshake,
  findWeakCipher,
} from './protocol-findings.ts';
import {
  findMidStreamByTrial,
  findMoved,
  findRecordRefused,
  findResynchronised,
  findSecretBorrowed,
  findTriedAllKeys,
  findUnauthenticatedPlaintext,
} from './rescue-findings.ts';
import { findRenegotiationRefused } from './renegotiation-findings.ts';
import { plainText } from './rich-text.ts';
import { findConnectionRefused, findConnectionUnanswered, findNothingSaid } from './tcp-findings.ts';
import { SEVERITIES } from '../verdict.ts';

/** What an expert would remark of a connection, in the order in which it is told. Ids are stable. */
export const FINDING_IDS = [
  'handshake-failed',
  'hello-unanswered',
  'connection-refused',
  'connection-unanswered',
  'nothing-said',
  'renegotiation-refused',
  'record-refused',
  'plain-sip-on-tls-port',
  'http-on-sip-port',
  'no-shared-cipher',
  'version-refused',
  'client-certificate-refused',
  'client-certificate-missing',
  'certificate-expired',
  'not-yet-valid',
  'name-mismatch',
  'chain-incomplete',
  'self-signed',
  'weak-signature',
  'signature-not-offered',
  'weak-key',
  'old-version',
  'weak-cipher',
  'null-cipher',
  'early-data-rejected',
  'slow-handshake',
  'moved',
  'resynchronised',
  'unauthenticated-plaintext',
  'tried-all-keys',
  'mid-stream-by-trial',
  'secret-borrowed',
  'packets-lost',
  'snapped',
  'one-direction',
  'which-keys-can-work',
] as const;
export type FindingId = (typeof FINDING_IDS)[number];

/** Everything that is remarked of one conversation, errors first. */
export function findInConversation(c: FindingContext): Finding[] {
  const found = FINDING_IDS.flatMap((id) => FINDERS[id](c).map((one) => toFinding(id, one, c.conversation)));
  return found.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

export function toFinding(id: string, found: Found, conversation: string | null): Finding {
  return {
    id,
    severity: found.severity,
    sentence: plainText(found.sentence),
    rich: found.sentence,
    frames: [...new Set(found.frames)],
    fix: found.fix,
    confidence: found.confidence,
    conversation,
  };
}

/** A finding without a finder, which also makes its text, does not compile. */
const FINDERS = {
  'handshake-failed': findHandshakeFailed,
  'hello-unanswered': findHelloUnanswered,
  'connection-refused': findConnectionRefused,
  'connection-unanswered': findConnectionUnanswered,
  'nothing-said': findNothingSaid,
  'renegotiation-refused': findRenegotiationRefused,
  'record-refused': findRecordRefused,
  'plain-sip-on-tls-port': findPlainSipOnTlsPort,
  'http-on-sip-port': findHttpOnSipPort,
  'no-shared-cipher': findNoSharedCipher,
  'version-refused': findVersionRefused,
  'client-certificate-refused': findClientCertificateRefused,
  'client-certificate-missing': findClientCertificateMissing,
  'certificate-expired': findExpired,
  'not-yet-valid': findNotYetValid,
  'name-mismatch': findNameMismatch,
  'chain-incomplete': findChainIncomplete,
  'self-signed': findSelfSigned,
  'weak-signature': findWeakSignature,
  'signature-not-offered': findSignatureNotOffered,
  'weak-key': findWeakKey,
  'old-version': findOldVersion,
  'weak-cipher': findWeakCipher,
  'null-cipher': findNullCipher,
  'early-data-rejected': findEarlyDataRejected,
  'slow-handshake': findSlowHandshake,
  moved: findMoved,
  resynchronised: findResynchronised,
  'unauthenticated-plaintext': findUnauthenticatedPlaintext,
  'tried-all-keys': findTriedAllKeys,
  'mid-stream-by-trial': findMidStreamByTrial,
  'secret-borrowed': findSecretBorrowed,
  'packets-lost': findPacketsLost,
  snapped: findSnapped,
  'one-direction': findOneDirection,
  'which-keys-can-work': findWhichKeys,
} as const satisfies { readonly [K in FindingId]: (context: FindingContext) => readonly Found[] };
