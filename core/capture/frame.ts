/**
 * One frame as a capture reader stands on it. Reused from frame to frame: copy what is to be kept.
 * `bytes` is the caller's window; nothing is copied.
 */
export interface FrameScratch {
  /** Time since 1970-01-01 UTC: whole seconds (may exceed 32 bits: a float64 integer) and nanoseconds 0..999,999,999. */
  seconds: number;
  nanoseconds: number;
  /** LINKTYPE_ value of the tcpdump.org registry (0xffff where the file does not say). */
  linkType: number;
  capturedLength: number;
  originalLength: number;
  interfaceIndex: number;
  /** The window in which the frame's bytes stand, from `start` up to `start + capturedLength`. */
  bytes: Uint8Array;
  start: number;
  /** Offset of the frame's first byte in the (decompressed) capture file. */
  offset: number;
}

/** What is wrong with a capture file, and where. A value, never thrown. */
export interface CaptureFault {
  readonly kind:
    | 'not-a-capture'
    | 'unsupported-format'
    | 'truncated'
    | 'impossible-length'
    | 'bad-block'
    | 'damaged-compression'
    | 'empty';
  /** Byte offset in the (decompressed) file at which the sound part ends. */
  readonly offset: number;
  /** One clear sentence: what, where. */
  readonly sentence: string;
}

/** Results of CaptureReader.step. */
export const STEP_NEED_MORE = 0;
export const STEP_FRAME = 1;
/** A block was passed over (header, statistics, comment); call again. */
export const STEP_SKIPPED = 2;
/** A Decryption Secrets Block: see `secrets`. */
export const STEP_SECRETS = 3;
/** Reading cannot go on: see `fault`. */
export const STEP_FAULT = 4;

/** TLS secrets that a pcapng file carries (Decryption Secrets Block). `bytes` is a copy. */
export interface CapturedSecrets {
  /** secrets type of the block: 0x544c534b is an NSS key log. */
  readonly type: number;
  readonly bytes: Uint8Array;
  /** Where in the file the secrets data lie (so that a spool can blank them). */
  readonly offset: number;
  readonly length: number;
}

/**
 * Reads one capture file from bytes that the caller brings, in any split.
 * The caller holds the window [start, end) of unread bytes, whose first byte is byte `base` of the file, and calls
 * step. After STEP_FRAME, STEP_SKIPPED and STEP_SECRETS `consumed` bytes are read; after STEP_NEED_MORE nothing is,
 * and at least `wanted` bytes must stand in the window before the next call can get further.
 */
export interface CaptureReader {
  readonly frame: FrameScratch;
  readonly secrets: CapturedSecrets | null;
  readonly fault: CaptureFault | null;
  readonly consumed: number;
  readonly wanted: number;
  /** The format can carry secrets, anywhere in the file. */
  readonly mayBringSecrets?: boolean;
  step(window: Uint8Array, start: number, end: number, base: number): number;
  /** Called once at the end of input with the bytes that are left; a fault where the file ends inside something. */
  finish(window: Uint8Array, start: number, end: number, base: number): CaptureFault | null;
}
