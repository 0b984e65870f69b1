import type { KeyFileOutcome } from './key-containers.ts';

/** One object of `sipher keys --json` (docs: the command line's contract). */
export interface KeyFileDescription {
  readonly file: string;
  readonly kind: KeyFileOutcome['kind'];
  readonly format: string;
  readonly encrypted: boolean;
  readonly usable: boolean;
  readonly bits: number | null;
  readonly sha256OfPublicKey: string | null;
  readonly subject: string | null;
  readonly notAfter: string | null;
  readonly problem: string | null;
}

/** `file` is the name as the user gave it. */
export function describeKeyFile(file: string, outcome: KeyFileOutcome): KeyFileDescription {
  const { kind, format, encrypted, usable, bits, sha256OfPublicKey, subject, notAfter, problem } = outcome;
  return { file, kind, format, encrypted, usable, bits, sha256OfPublicKey, subject, notAfter, problem };
}
