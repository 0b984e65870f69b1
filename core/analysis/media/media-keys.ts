import { profileOfNumber } from '../../media/srtp/profiles.ts';
import { deriveDtls13SrtpKeys, deriveDtlsSrtpKeys, type DtlsSrtpKeys } from '../../media/srtp/dtls-srtp.ts';
import { SrtpOpener } from '../../media/srtp/srtp-opener.ts';
import type { SrtpCandidate } from '../../media/srtp/srtp-follower.ts';
import type { Handshake } from '../../tls/handshake.ts';
import { decodeClientHello } from '../../tls/messages/client-hello.ts';
import { type Extension, extensionOf } from '../../tls/messages/extension.ts';
import { decodeServerHello } from '../../tls/messages/server-hello.ts';
import { decodeEncryptedExtensions } from '../../tls/messages/session-messages.ts';
import { isTls13 } from '../../tls/tables/versions.ts';
import type { Analysis } from '../analysis.ts';
import type { MediaDescriptions, MediaEnd } from './media-descriptions.ts';
import type { MediaStream } from './media-stream.ts';

/** Where a key came from. Never the key. */
export type KeyOrigin =
  | { readonly kind: 'sdes'; readonly frame: number; readonly suite: string }
  | { readonly kind: 'dtls'; readonly conversation: number; readonly suite: string };

/** The keys that may open one stream; `origins` are those of `candidates`. */
export interface StreamKeys {
  readonly candidates: readonly SrtpCandidate[];
  readonly origins: readonly KeyOrigin[];
  /** a=crypto lines that give no key, in words. */
  readonly problems: readonly string[];
}

/** Finds the keys that may open a stream: from a=crypto lines that could be read, and from DTLS handshakes. */
export class MediaKeys {
  private readonly analysis: Analysis;
  private readonly descriptions: MediaDescriptions;
  /** By end and line: openers keep the keys that they derived. */
  private readonly ofEnd = new Map<number, readonly (readonly [SrtpOpener, string])[]>();
  private readonly ofConversation = new Map<number, ReturnType<MediaKeys['fromHandshakes']>>();

  constructor(analysis: Analysis, descriptions: MediaDescriptions) {
    this.analysis = analysis;
    this.descriptions = descriptions;
  }

  /** The likeliest first: the sender's own description, then others of its call, then DTLS, then other calls. */
  of(stream: MediaStream): StreamKeys {
    const candidates: SrtpCandidate[] = [];
    const origins: KeyOrigin[] = [];
    const problems = new Set<string>();
    const seen = new Set<number>();
    const add = (end: MediaEnd, likely: boolean): void => {
      if (seen.has(end.id) || candidates.length >= MOST_CANDIDATES) return;
      seen.add(end.id);
      for (const line of end.crypto) if (likely && line.problem !== '') problems.add(line.problem);
      for (const [opener, suite] of this.openersOf(end)) {
        candidates.push({ opener, likely });
        origins.push({ kind: 'sdes', frame: end.frame, suite });
      }
    };
    if (stream.sender !== null) add(stream.sender, true);
    this.addDtls(stream, candidates, origins);
    const { callId } = stream;
    if (callId !== null)
      for (const end of nearest(this.descriptions.ofCall(callId), stream.firstFrame)) add(end, true);
    // Behind a relay nothing but the key itself tells which call it is.
    if (candidates.length === 0 || stream.sender === null)
      for (const end of nearest(this.descriptions.ends, stream.firstFrame)) add(end, false);
    return { candidates, origins, problems: [...problems] };
  }

  /** Profile of DTLS-SRTP that a handshake of the conversation agreed on; null without one, "" where it cannot be read. */
  dtlsProfileOf(conversation: number): string | null {
    const session = this.analysis.sessionOf(conversation);
    if (session === null) return null;
    const numbers = session.handshakes.flatMap((handshake) => srtpProfilesOf(handshake).profiles);
    if (numbers.length === 0) return session.handshakes.length > 0 ? null : '';
    return profileOfNumber(numbers[0] ?? 0)?.name ?? `profile ${numbers[0] ?? 0}`;
  }

  /** What the DTLS handshakes of a conversation exported for the sender of a direction (RFC 5764 §4.2). */
  exportedBy(conversation: number, direction: 0 | 1): readonly SrtpOpener[] {
    let pairs = this.ofConversation.get(conversation);
    if (pairs === undefined) {
      pairs = this.fromHandshakes(conversation);
      this.ofConversation.set(conversation, pairs);
    }
    if (pairs.length === 0) return NO_OPENERS;
    const isClient = direction === this.analysis.rolesOf(conversation).client;
    return pairs.map(({ client, server }) => (isClient ? client : server));
  }

  private openersOf(end: MediaEnd): readonly (readonly [SrtpOpener, string])[] {
    const known = this.ofEnd.get(end.id);
    if (known !== undefined) return known;
    const { backend } = this.analysis.ports;
    const made = end.crypto.flatMap((line) =>
      line.keys.map((key): readonly [SrtpOpener, string] => [SrtpOpener.of(backend, key), line.suite]),
    );
    this.ofEnd.set(end.id, made);
    return made;
  }

  private addDtls(stream: MediaStream, candidates: SrtpCandidate[], origins: KeyOrigin[]): void {
    const { conversation, direction } = stream;
    for (const opener of this.exportedBy(conversation, direction)) {
      candidates.push({ opener, likely: true });
      origins.push({ kind: 'dtls', conversation, suite: opener.profile.name });
    }
  }

  private fromHandshakes(
    conversation: number,
  ): readonly { readonly client: SrtpOpener; readonly server: SrtpOpener }[] {
    const { ports } = this.analysis;
    const found = [];
    for (const handshake of this.analysis.sessionOf(conversation)?.handshakes ?? []) {
      const { profiles, mki } = srtpProfilesOf(handshake);
      for (const number of profiles) {
        const profile = profileOfNumber(number);
        if (profile === null) continue;
        for (const keys of this.exported(handshake, profile, mki))
          found.push({
            client: SrtpOpener.of(ports.backend, keys.client),
            server: SrtpOpener.of(ports.backend, keys.server),
          });
      }
    }
    return found;
  }

  /** One pair of keys for each secret that may be the handshake's. */
  private exported(
    handshake: Handshake,
    profile: NonNullable<ReturnType<typeof profileOfNumber>>,
    mki: Uint8Array,
  ): DtlsSrtpKeys[] {
    const { backend } = this.analysis.ports;
    const { clientRandom, serverRandom, suite, version } = handshake;
    if (clientRandom === null) return [];
    const logs = this.analysis.keys.keyLogs();
    if (isTls13(version))
      return logs.flatMap(({ log }) =>
        log
          .secretsFor('EXPORTER_SECRET', clientRandom)
          .map(({ secret }) =>
            deriveDtls13SrtpKeys(backend, profile, mki, suite?.prfHash ?? 'sha256', secret),
          ),
      );
    if (serverRandom === null) return [];
    const secrets =
      handshake.masterSecret === null
        ? logs.flatMap(({ log }) => log.secretsFor('CLIENT_RANDOM', clientRandom).map(({ secret }) => secret))
        : [handshake.masterSecret];
    return secrets.map((secret) =>
      deriveDtlsSrtpKeys(
        backend,
        profile,
        mki,
        version,
        suite?.prfHash ?? null,
        secret,
        clientRandom,
        serverRandom,
      ),
    );
  }
}

/** What use_srtp says (RFC 5764 §4.1.1): the server's choice; all that the client offers where that cannot be read. */
function srtpProfilesOf(handshake: Handshake): {
  readonly profiles: readonly number[];
  readonly mki: Uint8Array;
} {
  const { serverHello, encryptedExtensions, clientHello } = handshake;
  const chosen = extensionsOf(handshake).find((list) => extensionOf(list, 'use-srtp') !== null);
  const choice = chosen === undefined ? null : extensionOf(chosen, 'use-srtp');
  if (choice !== null) return choice;
  const answered = isTls13(handshake.version) ? encryptedExtensions !== null : serverHello !== null;
  if (answered || clientHello === null) return NO_PROFILES;
  const offer = extensionOf(decodeClientHello(clientHello.body, true).extensions, 'use-srtp');
  return offer ?? NO_PROFILES;
}

function extensionsOf({ serverHello, encryptedExtensions }: Handshake): (readonly Extension[])[] {
  const lists: (readonly Extension[])[] = [];
  if (serverHello !== null) lists.push(decodeServerHello(serverHello.body).extensions);
  if (encryptedExtensions !== null)
    lists.push(decodeEncryptedExtensions(encryptedExtensions.body).extensions);
  return lists;
}

/** Those said last before a frame first, then those said after it; at most MOST_ENDS of each. */
function nearest(ends: readonly MediaEnd[], frame: number): MediaEnd[] {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle]?.frame ?? 0) <= frame) low = middle + 1;
    else high = middle;
  }
  const before = ends.slice(Math.max(0, low - MOST_ENDS), low).reverse();
  return [...before, ...ends.slice(low, low + MOST_ENDS)];
}

const NO_OPENERS: readonly SrtpOpener[] = [];
const NO_PROFILES = { profiles: [], mki: new Uint8Array(0) };
const MOST_CANDIDATES = 48;
const MOST_ENDS = 24;
