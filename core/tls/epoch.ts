import type { Handshake, SecretSource, Side } from './handshake.ts';
import type { RecordProtection } from './open/batch.ts';
import type { CipherSuite } from './tables/cipher-suites.ts';

/** The stretch of one direction that one set of keys protects. It exists only once its keys are derived. */
export interface Epoch {
  readonly side: Side;
  /** `session`: TLS 1.2 and before; the others are those of TLS 1.3 (RFC 8446 §7.1). */
  readonly stage: EpochStage;
  /** KeyUpdates since the handshake (TLS 1.3), else 0. */
  readonly generation: number;
  readonly suite: CipherSuite;
  readonly version: number;
  readonly protection: RecordProtection;
  /** IV of the first record where CBC chains (SSL 3.0, TLS 1.0); else empty. */
  readonly firstIv: Uint8Array;
  /** TLS 1.3: what the next generation is derived from. A secret. */
  readonly trafficSecret: Uint8Array | null;
  /** TLS 1.2 and before. A secret. */
  readonly masterSecret: Uint8Array | null;
  /** The client random that the keys were derived with (TLS 1.2 and before), which may come from a key log's line. */
  readonly clientRandom: Uint8Array | null;
  readonly source: SecretSource;
}

export type EpochStage = 'session' | 'early' | 'handshake' | 'application';

/**
 * An encrypted stretch as the records see it: with its epoch, or without one where no key is known. Opaque records
 * point here, and their cause is found from it.
 */
export class Stretch {
  readonly id: number;
  readonly conversation: number;
  readonly side: Side;
  readonly stage: EpochStage;
  /** null: encrypted before anything of a handshake was seen. */
  readonly handshake: Handshake | null;
  epoch: Epoch | null = null;
  readonly firstFrame: number;
  opened = 0;
  failed = 0;

  constructor(
    id: number,
    conversation: number,
    side: Side,
    stage: EpochStage,
    handshake: Handshake | null,
    firstFrame: number,
  ) {
    this.id = id;
    this.conversation = conversation;
    this.side = side;
    this.stage = stage;
    this.handshake = handshake;
    this.firstFrame = firstFrame;
  }
}
