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
  readonly #legOfCallId: ReadonlyMap<number, number>;

  constructor(legs: tables.LegRows, strings: Interner, legOfCallId: ReadonlyMap<number, number>) {
    this.#legs = legs;
    this.#strings = strings;
    this.#legOfCallId = legOfCallId;
  }

  note(given: TrackedMessage, keys: SipKeys, leg: number, row: number, method: number): void {
    const legs = this.#legs;
    const { bytes } = given;
    const transport = this.#transport(keys.overWebSocket ? webSocketOver(given.transport) : given.transport);
    legs.transports.write(leg, (legs.transports.read(leg) | (1 << transport)) >>> 0);
    const keep = (column: typeof legs.sessionId, part: ByteRange): void => {
      if (part.from >= 0 && column.read(leg) === 0) column.write(leg, this.#intern(bytes, part));
    };
    keep(legs.sessionId, keys.sessionId);
    if (!isNullUuid(bytes, keys.remoteSessionId)) keep(legs.remoteSessionId, keys.remoteSessionId);
    keep(legs.relatedCallId, keys.relatedCallId);
    keep(legs.correlation, keys.correlation);
    if (method === tables.METHOD_INVITE && keys.extensionCount > 0 && legs.relatedCallId.read(leg) === 0)
      this.#readExtensions(bytes, keys, leg);
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

  /** A word of an extension header that is the Call-ID of another leg names it, whatever the header is called. */
  #readExtensions(bytes: Uint8Array, keys: SipKeys, leg: number): void {
    for (const { from, to } of keys.extensions.slice(0, keys.extensionCount))
      for (let at = from; at < to; at++) {
        const start = at;
        while (at < to && !isBetweenWords(bytes[at]!)) at++;
        if (at - start < SHORTEST_CALL_ID) continue;
        const word = this.#strings.intern(bytes, start, at);
        const named = this.#legOfCallId.get(word);
        if (named === undefined || named === leg) continue;
        this.#legs.relatedCallId.write(leg, word);
        return;
      }
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

/** Blank, comma, semicolon, equals sign, quotes, brackets. */
function isBetweenWords(c: number): boolean {
  return c <= 0x20 || c === 0x2c || c === 0x3b || c === 0x3d || c === 0x22 || c === 0x3c || c === 0x3e;
}

/** Shorter words are numbers and codes that mean something else. */
const SHORTEST_CALL_ID = 8;

/** WebSocket by the connection that carries it: Via may name it wrongly behind a proxy that ends TLS. */
function webSocketOver(transport: string): string {
  if (transport === 'TLS') return 'WSS';
  return transport === 'TCP' ? 'WS' : transport;
}

/** All zeros: the other side is not known yet (RFC 7989 §5). */
function isNullUuid(bytes: Uint8Array, part: ByteRange): boolean {
  for (let i = part.from; i < part.to; i++) if (bytes[i] !== 0x30) return false;
  return true;
}
