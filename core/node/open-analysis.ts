import { createHash, randomInt } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { Analysis } from '../analysis/analysis.ts';
import type { BatchOpener } from '../analysis/batch-opener.ts';
import type { SipSink } from '../analysis/messages/sip-sink.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { decodeCertificate } from '../x509/certificate.ts';
import { CaptureSource } from './capture-source.ts';
import { createNodeBackend } from './crypto-backend.ts';
import { nodeInflate } from './inflate.ts';
import { hostDecoders } from './opus-decoder.ts';
import { reasonOf } from './keys/load-keys.ts';
import { CaptureSet } from './read-captures.ts';

/** An analysis over files of this machine, with Node's cryptography behind it. */
export function openAnalysis(
  keys: KeyRing,
  set: CaptureSet,
  options: {
    readonly keepTexts: boolean;
    readonly opener: BatchOpener | null;
    readonly sip?: SipSink | null;
  },
): Analysis {
  return new Analysis(keys, {
    backend: createNodeBackend(),
    store: set,
    opener: options.opener,
    inflate: nodeInflate,
    decoders: hostDecoders,
    seed: randomInt(0x7fffffff),
    keepTexts: options.keepTexts,
    sip: options.sip ?? null,
    fingerprintOf: (certificate) => decodeCertificate(certificate, sha256).sha256OfPublicKey,
  });
}

/** Opens the files of a set; a sentence where one cannot be opened. `-` is standard input. */
export function openCaptureSet(paths: readonly string[]): CaptureSet | string {
  const set = new CaptureSet();
  for (const path of paths) {
    try {
      set.sources.push(openSource(path, paths.length));
    } catch (error) {
      set.close();
      return `The capture ${path} cannot be read: ${reasonOf(error)}.`;
    }
  }
  return set;
}

/** Pipes (also those of `<(command)`) are read once, from their beginning; files by ranges. */
function openSource(path: string, files: number): CaptureSource {
  if (path === '-') return CaptureSource.openStream('standard input', process.stdin, files);
  const kind = statSync(path);
  if (kind.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
  if (kind.isFIFO() || kind.isCharacterDevice() || kind.isSocket())
    return CaptureSource.openStream(basename(path), createReadStream(path), files);
  return CaptureSource.openFile(path, files);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
