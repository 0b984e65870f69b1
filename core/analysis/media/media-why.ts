import type { MediaStreamRow } from '../../api-calls.ts';
import type { RichText } from '../../api.ts';
import { hostOfEndpoint } from '../../app/calls/endpoint-host.ts';
import { conversationLink, frameLink, rich, term } from '../../diagnosis/rich-text.ts';
import type { CauseId } from '../../verdict.ts';
import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import type { MediaEnd } from './media-descriptions.ts';
import type { MediaScan } from './media-scan.ts';
import type { MediaStream } from './media-stream.ts';

/** How a stream is protected, and what became of opening it. */
export interface MediaProtection {
  readonly protection: MediaStreamRow['protection'];
  /** Empty for plain RTP. */
  readonly words: RichText;
}

/** Says of a stream whether it is encrypted, with what it was opened, or why it was not. */
export function explainProtection(
  analysis: Analysis,
  reporter: FrameReporter,
  scan: MediaScan,
  stream: MediaStream,
): MediaProtection {
  const opened = explainOpened(stream);
  if (opened !== null) return opened;
  if (scan.zrtp.has(stream.conversation) || isZrtp(stream.receiver) || isZrtp(stream.sender))
    return { protection: 'unknown', words: ZRTP };
  const dtls = scan.keys.dtlsProfileOf(stream.conversation);
  if (dtls !== null) return { protection: 'dtls-srtp', words: explainDtls(analysis, reporter, stream) };
  const { receiver, sender } = stream;
  if (isDtls(receiver) || isDtls(sender)) return { protection: 'dtls-srtp', words: DTLS_NOT_CAPTURED };
  if (isSdes(receiver) || isSdes(sender))
    return { protection: 'sdes', words: explainSdes(analysis, reporter, stream) };
  if (receiver !== null || sender !== null) return { protection: 'none', words: [] };
  return explainUndescribed(analysis, reporter, stream);
}

function explainOpened(stream: MediaStream): MediaProtection | null {
  const { follower, keys } = stream;
  const origin = follower === null ? undefined : keys?.origins[follower.opened];
  if (follower === null || origin === undefined) return null;
  const { authenticated, failed, firstRollover, keyChanges } = follower;
  const tags =
    failed === 0
      ? `every one of ${authenticated} packets is authentic`
      : `${authenticated} packets are authentic, of ${failed} the tag does not fit`;
  const rollover =
    firstRollover === 0
      ? ''
      : ` The capture begins late in the stream: its rollover counter was found to be ${firstRollover}.`;
  const changes =
    keyChanges === 0
      ? ''
      : ` The key changed ${keyChanges === 1 ? 'once' : `${keyChanges} times`} on the way.`;
  if (origin.kind === 'sdes')
    return {
      protection: 'sdes',
      words: rich`Opened with the key of the session description in ${frameLink(origin.frame)} (${origin.suite}): ${tags}.${rollover}${changes}`,
    };
  return {
    protection: 'dtls-srtp',
    words: rich`Opened with the key that the DTLS handshake of ${conversationLink(String(origin.conversation))} exported (${origin.suite}): ${tags}.${rollover}${changes}`,
  };
}

function explainDtls(analysis: Analysis, reporter: FrameReporter, stream: MediaStream): RichText {
  const { conversation } = stream;
  const link = conversationLink(String(conversation));
  if ((stream.keys?.candidates.length ?? 0) > 0)
    return rich`DTLS-SRTP: the handshake of ${link} gave a key, but no tag fits it. Another handshake may have come before this capture began.`;
  const handshake = analysis.sessionOf(conversation)?.describingHandshake ?? null;
  if (handshake === null || handshake.clientHello === null)
    return rich`DTLS-SRTP: the handshake of ${link} was not captured whole, and the media keys come from it.`;
  const { client } = analysis.rolesOf(conversation);
  const ends = [
    reporter.endpointOf(conversation, client),
    reporter.endpointOf(conversation, client === 0 ? 1 : 0),
  ];
  return rich`DTLS-SRTP: the media keys come from the DTLS handshake of ${link} (${frameLink(handshake.firstFrame)}). Needed is the ${KEY_LOG} of ${ends[0] ?? ''} or of ${ends[1] ?? ''}; no private key can replace it.`;
}

function explainSdes(analysis: Analysis, reporter: FrameReporter, stream: MediaStream): RichText {
  const { receiver, sender, keys } = stream;
  const problem = keys?.problems[0];
  const known = [receiver, sender].filter((end): end is MediaEnd => end !== null && end.crypto.length > 0);
  if ((keys?.candidates.length ?? 0) === 0 && problem !== undefined)
    return rich`SRTP with a key of the session description in ${frameLink((sender ?? known[0] ?? receiver)?.frame ?? 0)}, but ${problem}.`;
  if (sender !== null && sender.crypto.length > 0) {
    const cut =
      stream.snapped > 0
        ? ' Its packets were cut by the capture, so that no tag can be checked.'
        : ' No tag fits it: a server in between may have made keys of its own, on a leg that could not be read.';
    return rich`SRTP. The sender's key stands in ${frameLink(sender.frame)}.${cut}`;
  }
  const where =
    receiver === null ? rich`` : rich` The receiver's own description is in ${frameLink(receiver.frame)}.`;
  return rich`SRTP: the sender's key stands in its session description, and that could not be read.${where}${lockedSignalling(analysis, reporter, stream)}`;
}

function explainUndescribed(
  analysis: Analysis,
  reporter: FrameReporter,
  stream: MediaStream,
): MediaProtection {
  const tag = tagByLength(stream);
  const locked = lockedSignalling(analysis, reporter, stream);
  const type = stream.codecOf(stream.mainType);
  if (tag === 0 && type !== null) return { protection: 'none', words: [] };
  if (tag > 0)
    return {
      protection: 'unknown',
      words: rich`Probably SRTP: packets are ${tag} bytes longer than ${type?.name ?? 'the codec'} makes them, as a tag would. Its key stands in a session description that could not be read.${locked}`,
    };
  return {
    protection: 'unknown',
    words: rich`No session description of this stream could be read: whether it is encrypted is not known.${locked}`,
  };
}

/** The opaque conversations of the stream's hosts, in which its description may be; those with both hosts first. */
function lockedSignalling(analysis: Analysis, reporter: FrameReporter, stream: MediaStream): RichText {
  const hosts = new Set([hostOfEndpoint(stream.source), hostOfEndpoint(stream.destination)]);
  const found = new Map<number, { readonly common: number; readonly cause: CauseId }>();
  for (const stretch of analysis.opening.stretches) {
    const { conversation } = stretch;
    if (stretch.opened > 0 || found.has(conversation) || conversation === stream.conversation) continue;
    const cause = analysis.causesOfStretch(stretch, conversation)[0];
    const ends = [reporter.endpointOf(conversation, 0), reporter.endpointOf(conversation, 1)];
    const common = new Set(ends.map(hostOfEndpoint).filter((host) => hosts.has(host))).size;
    if (cause !== undefined) found.set(conversation, { common, cause });
    if (found.size >= MOST_LOOKED_AT) break;
  }
  const chosen = [...found].sort(([, a], [, b]) => b.common - a.common).slice(0, MOST_NAMED);
  if (chosen.length === 0) return rich` The capture holds no connection in which it could be.`;
  const named = chosen.map(
    ([conversation, { cause }], index) =>
      rich`${index === 0 ? '' : ', '}${conversationLink(String(conversation))} (cause: ${cause})`,
  );
  const more = found.size > chosen.length ? ` and ${found.size - chosen.length} more` : '';
  return rich` It may be in an encrypted connection that was not opened: ${named.flat()}${more}.`;
}

/** How many bytes packets of G.711 or G.722 are longer than frames of 5 ms make them; 0 for none, -1 where it cannot be told. */
function tagByLength(stream: MediaStream): number {
  const { payloadLength, sameLength, statistics } = stream;
  const name = stream.codecOf(stream.mainType)?.name ?? '';
  if (!/^(?:PCM[AU]|G722)$/i.test(name) || sameLength < statistics.packets / 2) return -1;
  for (const tag of [0, 10, 4, 16, 14, 8])
    if ((payloadLength - tag) % 40 === 0 && payloadLength > tag) return tag;
  return -1;
}

function isZrtp(end: MediaEnd | null): boolean {
  return end?.media.zrtp === true && end.crypto.length === 0 && end.media.fingerprints.length === 0;
}

function isDtls(end: MediaEnd | null): boolean {
  return end !== null && end.media.fingerprints.length > 0 && end.crypto.length === 0;
}

function isSdes(end: MediaEnd | null): boolean {
  return end !== null && (end.crypto.length > 0 || /SAVP/i.test(end.media.protocol));
}

const KEY_LOG = term(
  'key log',
  'A file into which one of the two programs writes the secrets of its sessions.',
);
const ZRTP = rich`ZRTP: both ends agree on the key by Diffie-Hellman inside the media (RFC 6189). Nothing in a capture and no key file opens it; only an endpoint can record its key.`;
const DTLS_NOT_CAPTURED = rich`DTLS-SRTP: the media keys come from a DTLS handshake between these ports, and it is not in this capture. Begin the capture before the call, and log the secrets of one endpoint.`;
const MOST_LOOKED_AT = 1000;
const MOST_NAMED = 3;
