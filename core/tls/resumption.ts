import { encodeHex } from '../bytes/hex.ts';
import type { SecretSource } from './handshake.ts';

/** What a later abbreviated handshake needs of the full one (RFC 5246 §7.3, RFC 5077 §3.1). */
export interface ResumableSecret {
  readonly masterSecret: Uint8Array;
  readonly source: SecretSource;
  /** The conversation of the full handshake. */
  readonly conversation: number;
}

/** A full handshake that was seen though its secret is not known: a resumption can point at it. */
export interface SeenSession {
  readonly conversation: number;
  readonly frame: number;
}

/**
 * Sessions by id and by ticket, over all conversations of a capture set. Bounded: a capture with a million handshakes
 * keeps the latest ones.
 */
export class ResumptionCache {
  private readonly secrets = new Map<string, ResumableSecret>();
  private readonly seen = new Map<string, SeenSession>();
  private readonly issued = new Map<number, ResumableSecret>();
  private guesses = MOST_GUESSES;

  add(kind: 'session-id' | 'ticket', id: Uint8Array, secret: ResumableSecret): void {
    if (id.length > 0) keep(this.secrets, keyOf(kind, id), secret);
  }

  noteSeen(kind: 'session-id' | 'ticket', id: Uint8Array, session: SeenSession): void {
    if (id.length > 0) keep(this.seen, keyOf(kind, id), session);
  }

  secretOf(kind: 'session-id' | 'ticket', id: Uint8Array): ResumableSecret | null {
    return this.secrets.get(keyOf(kind, id)) ?? null;
  }

  /** The conversation whose full handshake made this id or ticket, where it is in the capture. */
  seenAt(kind: 'session-id' | 'ticket', id: Uint8Array): SeenSession | null {
    return this.seen.get(keyOf(kind, id)) ?? null;
  }

  /**
   * An abbreviated handshake has its secret by itself (a key log's line): it is that of the full handshake before it, too,
   * and of all others that resume it.
   */
  addResumed(kind: 'session-id' | 'ticket', id: Uint8Array, secret: ResumableSecret): void {
    this.add(kind, id, secret);
    const full = this.seenAt(kind, id);
    // Of several it is the first: it has a key of its own, while a later one may have been given it.
    if (full !== null && full.conversation !== secret.conversation && !this.issued.has(full.conversation))
      this.issued.set(full.conversation, secret);
  }

  /** The secret of a full handshake in this conversation, as a connection that resumes it has shown it. */
  shownLater(conversation: number): ResumableSecret | null {
    return this.issued.get(conversation) ?? null;
  }

  /** Whether one more line of a key log may be tried on a resumed session: a capture may have many of both. */
  mayGuess(): boolean {
    if (this.guesses === 0) return false;
    this.guesses -= 1;
    return true;
  }

  clear(): void {
    this.secrets.clear();
    this.seen.clear();
    this.issued.clear();
    this.guesses = MOST_GUESSES;
  }
}

const MOST = 1_000_000;
/** Each derives a key block, 40 µs. */
const MOST_GUESSES = 100_000;

function keep<V>(map: Map<string, V>, key: string, value: V): void {
  if (map.size >= MOST) {
    const oldest = map.keys().next();
    if (oldest.done !== true) map.delete(oldest.value);
  }
  map.set(key, value);
}

function keyOf(kind: 'session-id' | 'ticket', id: Uint8Array): string {
  // A ticket can be long; its beginning (key name and IV, RFC 5077 §4) and its end (MAC) tell it from all others.
  const bytes =
    id.length <= 96 ? encodeHex(id) : encodeHex(id.subarray(0, 48)) + encodeHex(id.subarray(id.length - 48));
  return `${kind}:${id.length}:${bytes}`;
}
