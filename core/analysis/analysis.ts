import type { InflatePort } from '../app/events.ts';
import type { FrameScratch } from '../capture/frame.ts';
import type { CryptoBackend } from '../crypto/backend.ts';
import { type ConversationEvidence, decideCauses, type LoadedKeys } from '../diagnosis/decide-cause.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { RECORD_DIRECTION, VERDICT_OPAQUE } from '../store/record-table.ts';
import type { Stretch } from '../tls/epoch.ts';
import { CLIENT, type Handshake, SERVER, type Side } from '../tls/handshake.ts';
import type { TlsSession } from '../tls/session.ts';
import type { DecoderPort } from '../media/codecs/audio-decoder.ts';
import { type CauseId, causeOfCode } from '../verdict.ts';
import { type BatchOpener, LocalOpener } from './batch-opener.ts';
import type { CaptureStore } from './capture-store.ts';
import { Evidence } from './evidence.ts';
import { InnerTls } from './inner-tls.ts';
import { projectFrames } from './frames/frame-verdicts.ts';
import { Opening } from './opening.ts';
import type { SipSink } from './messages/sip-sink.ts';
import { Structure } from './structure.ts';

export interface AnalysisPorts {
  readonly backend: CryptoBackend;
  readonly store: CaptureStore;
  /** null: records are opened on this thread. */
  readonly opener: BatchOpener | null;
  readonly inflate: InflatePort | null;
  /** Against inputs made to collide in hash tables. */
  readonly seed: number;
  readonly keepTexts: boolean;
  /** Takes SIP messages as they are found, instead of the tables. */
  readonly sip?: SipSink | null;
  /** How many TLS connections this one is inside of. */
  readonly depth?: number;
  /** The id of one of its conversations, where it is inside of another. */
  idOf?(conversation: number): string;
  /** SHA-256 of a DER certificate's SubjectPublicKeyInfo, lower-case hexadecimal; null where it cannot be read. */
  fingerprintOf(certificate: Uint8Array): string | null;
  /** Audio decoders beside our own. */
  readonly decoders?: DecoderPort;
}

/**
 * One capture set with the keys that are loaded: feeds the structure, drives the opening behind it, and answers what
 * became of each frame. Pure but for its ports.
 */
export class Analysis {
  readonly structure: Structure;
  readonly opening: Opening;
  readonly keys: KeyRing;
  /** Changes whenever a verdict that was given may have changed; `version` also when frames were added. */
  revision = 0;
  version = 0;
  readonly ports: AnalysisPorts;
  /** TLS inside TLS. */
  readonly inner: InnerTls;
  private readonly evidence: Evidence;
  private readonly causeCache = new Map<Stretch | null, readonly CauseId[]>();
  /** Frames that were given a verdict, and how often those given before were given again. */
  verdictsGiven = 0;
  verdictGeneration = 0;
  private projected = 0;
  private ended = false;
  private lateKeys = false;
  private keysChanged = false;

  constructor(keys: KeyRing, ports: AnalysisPorts) {
    this.keys = keys;
    this.ports = ports;
    const { seed, inflate, keepTexts, sip = null } = ports;
    this.structure = new Structure({ seed, inflate, keepTexts, sip });
    this.evidence = new Evidence(this, this.causeCache);
    const { depth = 0 } = ports;
    this.inner = new InnerTls(this, (store, messages) => {
      const idOf = (conversation: number): string => this.inner.idOf(conversation);
      return new Analysis(keys, { ...ports, store, sip: messages, opener: null, depth: depth + 1, idOf });
    });
    this.opening = new Opening(
      this.structure,
      ports.store,
      ports.backend,
      keys,
      ports.opener ?? new LocalOpener(ports.backend),
      { inflate, keepTexts, sip, inner: this.inner, fingerprintOf: ports.fingerprintOf },
    );
    sip?.begin(this);
  }

  addFrame(frame: FrameScratch, file: number): void {
    this.structure.addFrame(frame, file);
  }

  /** True once the input has ended and every record was walked: no frame, record or message is added any more. */
  get isSettled(): boolean {
    return this.ended && this.opening.walked >= this.structure.records.length;
  }

  /** Keys were added or removed while the capture is still being read: the next `advance` begins anew. */
  noteKeysChanged(): void {
    this.keysChanged = true;
  }

  /** One sentence for each reason for which something is left out: nothing is left out silently. */
  get limits(): readonly string[] {
    const limits: string[] = [];
    const unread = this.structure.unreadLinkTypes.describe();
    if (unread !== null) limits.push(unread);
    if (this.opening.trialsExhausted)
      limits.push(
        'The bound on trials was reached: some records behind losses may stay encrypted though their keys are loaded. Open a part of the capture to have them tried.',
      );
    if (this.inner.full)
      limits.push(
        'More TLS inside TLS came than is kept in memory: the rest of it was not read. Open a part of the capture to have it read.',
      );
    return limits;
  }

  /** Lets others begin with what `advance` will need; true where it need not wait for that. */
  lookAhead(): boolean {
    return this.opening.lookAhead();
  }

  /** Opens what the structure pass has found so far; call between slices of a file. */
  async advance(): Promise<void> {
    if (this.keysChanged) this.beginAgain();
    await this.opening.advance();
    this.project();
    this.ports.sip?.advanced();
  }

  /** Keys came with the capture (a secrets block): what was walked before them is decided again at the end. */
  noteLateKeys(): void {
    if (this.opening.walked > 0) this.lateKeys = true;
  }

  /** The end of the input: every verdict is final after this. */
  async finish(): Promise<void> {
    this.structure.finish();
    this.ended = true;
    if (this.lateKeys || this.keysChanged) this.beginAgain();
    await this.opening.advance();
    await this.finishOpening();
    this.projectAgain();
  }

  private async finishOpening(): Promise<void> {
    await this.opening.finish();
    if ((this.ports.depth ?? 0) < MOST_INSIDE) await this.inner.finish();
  }

  /**
   * Keys were added or removed after the capture was read: everything that hangs on keys is decided again. `pause` lets
   * others run between slices; it returns true to give up (a newer change is waiting).
   */
  async reopen(pause: () => Promise<boolean>): Promise<boolean> {
    this.beginAgain();
    const { records } = this.structure;
    while (this.opening.walked < records.length) {
      await this.opening.advance(Math.min(records.length, this.opening.walked + REOPEN_SLICE));
      if (await pause()) return false;
    }
    if (this.ended) await this.finishOpening();
    this.projectAgain();
    return true;
  }

  private beginAgain(): void {
    this.keysChanged = false;
    this.opening.reset();
    this.opening.forgetPremasters();
    this.causeCache.clear();
    this.projected = 0;
    this.revision += 1;
  }

  /** The causes of an opaque record, the deciding one first. */
  causesOf(record: number): readonly CauseId[] {
    const { records } = this.structure;
    if (records.verdict.read(record) !== VERDICT_OPAQUE) return [];
    const own = causeOfCode(records.cause.read(record));
    const stretch = this.stretchOf(record);
    if (own === null) return this.causesOfStretch(stretch, records.conversation.read(record));
    const failed = own === 'mac-mismatch' || own === 'tag-mismatch' || own === 'bad-padding';
    if (failed && stretch !== null && stretch.opened === 0)
      return this.causesOfStretch(stretch, stretch.conversation);
    if (stretch === null || stretch.epoch !== null) return [own];
    // The record's own bytes are missing, and its keys are too.
    const further = this.causesOfStretch(stretch, stretch.conversation).filter((cause) => cause !== own);
    return [own, ...further];
  }

  stretchOf(record: number): Stretch | null {
    return this.opening.stretches[this.structure.records.epoch.read(record) - 1] ?? null;
  }

  causesOfStretch(stretch: Stretch | null, conversation: number): readonly CauseId[] {
    const known = stretch === null ? undefined : this.causeCache.get(stretch);
    if (known !== undefined) return known;
    const evidence = this.evidenceOf(conversation, stretch?.handshake ?? null);
    const causes = decideCauses(evidence, this.loadedKeys(), stretch);
    // While the capture is still being read the answer may change with every frame.
    if (stretch !== null && this.ended) this.causeCache.set(stretch, causes);
    return causes;
  }

  /** What was read is TLS inside the TLS of another analysis. */
  get isInside(): boolean {
    return (this.ports.depth ?? 0) > 0;
  }

  /** How a conversation is named to people: its number; inside another one "12.1". */
  idOf(conversation: number): string {
    return this.ports.idOf?.(conversation) ?? String(conversation);
  }

  sessionOf(conversation: number): TlsSession | null {
    return this.opening.sessions.get(conversation) ?? null;
  }

  /** Which direction of a conversation is the client's, and whether that had to be assumed. */
  rolesOf(conversation: number): { readonly client: 0 | 1; readonly assumed: boolean } {
    const session = this.sessionOf(conversation);
    if (session !== null && session.handshakes.length > 0)
      return { client: session.clientDirection, assumed: false };
    const opener = this.structure.conversations.openerOf(conversation);
    if (opener >= 0) return { client: opener === 0 ? 0 : 1, assumed: false };
    return { client: this.opening.guessClient(conversation), assumed: true };
  }

  /** For one of its handshakes; for the one that describes it where none is named. */
  evidenceOf(conversation: number, handshake: Handshake | null = null): ConversationEvidence {
    return this.evidence.of(conversation, handshake);
  }

  loadedKeys(): LoadedKeys {
    return this.evidence.loadedKeys();
  }

  /** Rows of the gap table that belong to a conversation. */
  gapRows(conversation: number): readonly number[] {
    return this.evidence.holes.rowsOf(conversation);
  }

  sideOfRecord(record: number): Side {
    const { records } = this.structure;
    const direction = (records.flags.read(record) & RECORD_DIRECTION) === 0 ? 0 : 1;
    return direction === this.rolesOf(records.conversation.read(record)).client ? CLIENT : SERVER;
  }

  private project(): void {
    const { frames, records } = this.structure;
    if (this.ports.sip?.alone !== true)
      projectFrames(frames, records, (record) => this.causesOf(record), this.projected, frames.length);
    if (this.projected < this.verdictsGiven) this.verdictGeneration += 1;
    this.projected = frames.length;
    this.verdictsGiven = frames.length;
    this.version += 1;
  }

  /** Verdicts of frames seen before may have changed with later ones. */
  projectAgain(): void {
    this.projected = 0;
    this.revision += 1;
    this.project();
  }
}

/** Records walked between two chances for others to run. */
const REOPEN_SLICE = 20_000;
/** TLS inside TLS is followed so deep. */
const MOST_INSIDE = 3;
