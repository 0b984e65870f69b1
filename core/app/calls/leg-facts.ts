import type { Interner } from '../../store/interner.ts';
import * as tables from './call-tables.ts';
import type { TrackedMessage } from './call-tracker.ts';
import type { ByteRange } from './header-ranges.ts';
import { MEDIA, readMediaAddresses } from './media-address.ts';
import type { SipKeys } from './sip-keys.ts';

/** Keeps of each leg's messages what its row shows and what legs are joined by. */
export class LegFacts {
  readonly transports: string[] = [];
  /** By "address:port" as offered or answered, interned: the leg that named it last. */
  readonly mediaOwners = new Map<number, number>();
  readonly #legs: tables.LegRows;
  readonly #strings: Interner;

  constructor(legs: tables.LegRows, strings: Interner) {
    this.#legs = legs;
    this.#strings = strings;
  }

  note(given: TrackedMessage, keys: SipKeys, leg: number, row: number, method: number): void {
    const legs = this.#legs;
    const { bytes } = given;
    const transport = this.#transport(given.transport);
    legs.transports.write(leg, (legs.transports.read(leg) | (1 << transport)) >>> 0);
    const keep = (column: typeof legs.sessionId, part: ByteRange): void => {
      if (part.from >= 0 && column.read(leg) === 0) column.write(leg, this.#intern(bytes, part));
    };
    keep(legs.sessionId, keys.sessionId);
    if (!isNullUuid(bytes, keys.remoteSessionId)) keep(legs.remoteSessionId, keys.remoteSessionId);
    keep(legs.relatedCallId, keys.relatedCallId);
    if (keys.replaces.from >= 0 && legs.replaces.read(leg) === 0)
      legs.replaces.write(leg, this.#unescaped(bytes, keys.replaces));
    if (keys.isRequest && (method === tables.METHOD_REGISTER || method === tables.METHOD_INVITE))
      keep(legs.contactUri, keys.contactUri);
    keep(legs.event, keys.event);
    if (method === tables.METHOD_NOTIFY && keys.subscriptionState.from >= 0)
      legs.subscriptionState.write(leg, this.#intern(bytes, keys.subscriptionState));
    if (keys.hasSdp)
      readMediaAddresses(MEDIA, bytes, given.from, given.to, () => {
        const media = this.#strings.intern(MEDIA.bytes, 0, MEDIA.length);
        this.mediaOwners.set(media, leg);
        if (keys.isRequest && legs.media.read(leg) === 0) legs.media.write(leg, media);
      });
    if (!keys.isRequest) return;
    if (method === tables.METHOD_BYE && legs.bye.read(leg) === 0) legs.bye.write(leg, row + 1);
    if (method === tables.METHOD_CANCEL && legs.cancel.read(leg) === 0) legs.cancel.write(leg, row + 1);
  }

  #transport(name: string): number {
    const known = this.transports.indexOf(name);
    if (known >= 0) return known;
    return this.transports.length < 32 ? this.transports.push(name) - 1 : 31;
  }

  /** A Call-ID inside a URI is escaped. */
  #unescaped(bytes: Uint8Array, part: ByteRange): number {
    const text = new TextDecoder().decode(bytes.slice(part.from, part.to));
    if (!text.includes('%')) return this.#intern(bytes, part);
    try {
      const plain = new TextEncoder().encode(decodeURIComponent(text));
      return this.#strings.intern(plain, 0, plain.length);
    } catch {
      return this.#intern(bytes, part);
    }
  }

  #intern(bytes: Uint8Array, part: ByteRange): number {
    return part.from < 0 || part.from >= part.to ? 0 : this.#strings.intern(bytes, part.from, part.to);
  }
}

/** All zeros: the other side is not known yet (RFC 7989 §5). */
function isNullUuid(bytes: Uint8Array, part: ByteRange): boolean {
  for (let i = part.from; i < part.to; i++) if (bytes[i] !== 0x30) return false;
  return true;
}
