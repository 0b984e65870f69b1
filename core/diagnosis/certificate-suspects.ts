import type { RichText } from '../api.ts';
import { SERVER } from '../tls/handshake.ts';
import {
  findChainIncomplete,
  findExpired,
  findNameMismatch,
  findNotYetValid,
  findSelfSigned,
} from './certificate-findings.ts';
import type { FindingContext, Found } from './finding-context.ts';
import type { HandshakeFailure } from './handshake-outcome.ts';
import { rich } from './rich-text.ts';
import { findSignatureNotOffered, findWeakKey, findWeakSignature } from './signature-findings.ts';

/** What is wrong with a side's certificate that may be why it was refused: what fits the alert best comes first. */
export function suspectsOf(
  c: FindingContext,
  about: 0 | 1,
): { readonly sentences: RichText; readonly fix: string | null; readonly frames: readonly number[] } {
  const own = about === SERVER ? c.handshake?.serverCertificate : c.handshake?.clientCertificate;
  const frame = own?.frame ?? -1;
  const code = c.failure?.alert?.description ?? -1;
  const finders = SUSPECTS_OF_ALERT[code] ?? EVERY_SUSPECT;
  for (const find of finders) {
    const [found] = find(c).filter((one) => one.severity === 'error' && one.frames.includes(frame));
    if (found !== undefined)
      return { sentences: rich` ${found.sentence}`, fix: found.fix, frames: found.frames };
  }
  return { sentences: [], fix: null, frames: [] };
}

type Finder = (c: FindingContext) => Found[];

const OF_TRUST: readonly Finder[] = [findSelfSigned, findChainIncomplete];

const OF_SIGNATURES: readonly Finder[] = [findWeakSignature, findSignatureNotOffered, findWeakKey];

const OF_TIME: readonly Finder[] = [findExpired, findNotYetValid];

const EVERY_SUSPECT: readonly Finder[] = [...OF_TIME, ...OF_SIGNATURES, ...OF_TRUST, findNameMismatch];

const SUSPECTS_OF_ALERT: Readonly<Record<number, readonly Finder[]>> = {
  40: OF_SIGNATURES,
  42: [...OF_SIGNATURES, ...OF_TIME, findNameMismatch, ...OF_TRUST],
  43: OF_SIGNATURES,
  44: [],
  45: OF_TIME,
  47: OF_SIGNATURES,
  48: OF_TRUST,
  51: OF_SIGNATURES,
  71: OF_SIGNATURES,
  116: [],
};

/** decrypt_error after a certificate is about a signature. */
export function failsOnSignature(failure: HandshakeFailure): boolean {
  const code = failure.alert?.description ?? -1;
  return code === DECRYPT_ERROR && (failure.answers?.words.includes('Certificate') ?? false);
}

const DECRYPT_ERROR = 51;
