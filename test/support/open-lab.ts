import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Analysis } from '../../core/analysis/analysis.ts';
import type { BatchOpener } from '../../core/analysis/batch-opener.ts';
import { ConversationReporter } from '../../core/analysis/conversations/conversation-report.ts';
import { FrameReporter } from '../../core/analysis/frames/frame-report.ts';
import { MessageIndex } from '../../core/analysis/messages/message-index.ts';
import { WhyTeller } from '../../core/analysis/frames/why-panel.ts';
import { KeyRing } from '../../core/keys/key-ring.ts';
import { createNodeBackend } from '../../core/node/crypto-backend.ts';
import { nodeInflate } from '../../core/node/inflate.ts';
import { loadKeys } from '../../core/node/keys/load-keys.ts';
import { openCaptureSet } from '../../core/node/open-analysis.ts';
import { type CaptureSet, readCaptures } from '../../core/node/read-captures.ts';
import { decodeCertificate } from '../../core/x509/certificate.ts';

export interface LabCase {
  readonly id: string;
  readonly capture: string;
  readonly keys: readonly LabKey[];
  readonly decryptable: 'all' | 'some' | 'none';
  readonly startLines: readonly string[];
  readonly cause: string | null;
}

export interface LabKey {
  readonly type: string;
  readonly file?: string | null;
  readonly value?: string | null;
  readonly identity?: string | null;
}

const FOLDER = new URL('../captures/', import.meta.url);

export const LAB: readonly LabCase[] = JSON.parse(readFileSync(new URL('manifest.json', FOLDER), 'utf8'));

export function labCase(id: string): LabCase {
  const found = LAB.find((known) => known.id === id);
  if (found === undefined) throw new Error(`There is no lab capture ${id}`);
  return found;
}

export function labFile(name: string): string {
  return fileURLToPath(new URL(name, FOLDER));
}

/** Loads keys as a command line would. */
export function addLabKeys(ring: KeyRing, keys: readonly LabKey[]): void {
  const files = (type: (type: string) => boolean): string[] =>
    keys.flatMap((key) => (type(key.type) && key.file != null ? [labFile(key.file)] : []));
  const outcome = loadKeys(ring, {
    keyFiles: files((type) => type !== 'nss-keylog'),
    keylogs: files((type) => type === 'nss-keylog'),
    passwords: [],
    psks: keys.flatMap((key) =>
      key.value == null ? [] : [key.identity == null ? key.value : `${key.identity}=${key.value}`],
    ),
  });
  if (outcome.error !== null) throw new Error(outcome.error);
}

export interface OpenedLab {
  readonly analysis: Analysis;
  readonly keys: KeyRing;
  readonly set: CaptureSet;
  readonly messages: MessageIndex;
  readonly frames: FrameReporter;
  readonly conversations: ConversationReporter;
  readonly why: WhyTeller;
  readonly warnings: readonly string[];
  readonly error: string | null;
}

/** An analysis over files, read to the end. */
export async function openFiles(
  paths: readonly string[],
  keys: KeyRing,
  options: { readonly opener?: BatchOpener; readonly beforeFinish?: (analysis: Analysis) => void } = {},
): Promise<OpenedLab> {
  const set = openCaptureSet(paths);
  if (typeof set === 'string') throw new Error(set);
  const analysis = new Analysis(keys, {
    backend: createNodeBackend(),
    store: set,
    opener: options.opener ?? null,
    inflate: nodeInflate,
    seed: 1,
    keepTexts: false,
    fingerprintOf: (certificate) => decodeCertificate(certificate).sha256OfPublicKey,
  });
  const outcome = await readCaptures(analysis, set, { cancelled: () => false, pause: null });
  return { ...withTellers(analysis, keys, set), warnings: outcome.warnings, error: outcome.error };
}

/** An analysis that was read without complaint, and what tells of it. */
export function withTellers(analysis: Analysis, keys: KeyRing, set: CaptureSet): OpenedLab {
  const messages = new MessageIndex(analysis);
  const frames = new FrameReporter(analysis, messages);
  const conversations = new ConversationReporter(analysis, frames);
  const why = new WhyTeller(analysis, frames, conversations);
  return { analysis, keys, set, messages, frames, conversations, why, warnings: [], error: null };
}

/** A lab capture with the keys that its manifest names, or with others. */
export async function openLab(id: string, keys?: readonly LabKey[]): Promise<OpenedLab> {
  const lab = labCase(id);
  const ring = new KeyRing();
  addLabKeys(ring, keys ?? lab.keys);
  return openFiles([labFile(lab.capture)], ring);
}

/** One line a frame: verdict, cause, state mask, decoder, and what stands in it. */
export function describeFrames(opened: OpenedLab): string[] {
  const lines: string[] = [];
  for (let frame = 1; frame <= opened.analysis.structure.frames.length; frame += 1) {
    const report = opened.frames.report(frame, { plaintext: false, files: null });
    const records = report.records.map(
      (record) =>
        `${record.from === 'client' ? '>' : '<'}${record.type}${record.innerType === undefined ? '' : `/${record.innerType}`} ${record.verdict}${record.cause === null ? '' : `:${record.cause}`} 0x${record.state.toString(16)} ${record.decoder}${record.resynchronised === undefined ? '' : ` +${record.resynchronised}`}`,
    );
    lines.push(
      [
        String(frame),
        report.protocol,
        report.cause === null ? report.verdict : `${report.verdict}:${report.cause}`,
        ...(report.completedIn === undefined ? [] : [`completed in ${report.completedIn}`]),
        ...(report.duplicateOf === undefined ? [] : [`repeats ${report.duplicateOf}`]),
        ...records,
        ...report.sip.map((text) => text.split(/\r?\n/)[0] ?? ''),
      ].join(' | '),
    );
  }
  return lines;
}

export function startLinesOf(opened: OpenedLab, decryptedOnly: boolean): string[] {
  const lines: string[] = [];
  for (let at = 0; at < opened.messages.length; at += 1) {
    const view = opened.messages.view(at);
    if (view !== null && (view.decrypted || !decryptedOnly)) lines.push(view.startLine.trim());
  }
  return lines;
}
