import type { IceCandidate, MediaDescription } from './parse-sdp.ts';

/**
 * What a medium's description says beside codecs, address and direction, a line each: suites (never their keys), the
 * fingerprint that the DTLS certificate is to have and who begins, where ICE may reach it, and what the transport is.
 */
export function describeMediaDetails(media: MediaDescription): string[] {
  const lines = [media.protocol];
  if (media.crypto.length > 0)
    lines.push(`a=crypto: ${some(media.crypto.map(({ tag, suite }) => `${tag} ${suite}`))}`);
  const [fingerprint] = media.fingerprints;
  if (fingerprint !== undefined) {
    const setup = media.setup === '' ? '' : `, setup ${media.setup}`;
    lines.push(`DTLS fingerprint ${fingerprint.hash} ${shortOf(fingerprint.value)}${setup}`);
  }
  if (media.zrtp) lines.push('ZRTP offered');
  const candidates = media.candidates.filter(({ component }) => component === 1);
  if (candidates.length > 0) lines.push(`ICE: ${some(candidates.map(candidateOf))}`);
  if (media.rtcpMux) lines.push('RTCP on the same port');
  else if (media.port !== 0 && media.rtcpPort !== media.port + 1)
    lines.push(`RTCP on port ${media.rtcpPort}`);
  if (media.packetTime !== null) lines.push(`${media.packetTime} ms a packet`);
  return lines;
}

function candidateOf({ type, transport, address, port }: IceCandidate): string {
  const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return `${type} ${place}${transport === 'udp' ? '' : ` (${transport})`}`;
}

/** Enough to compare by eye. */
function shortOf(value: string): string {
  return value.length <= SHORT ? value : `${value.slice(0, SHORT)}…`;
}

function some(parts: readonly string[]): string {
  const more = parts.length - MOST_TOLD;
  return `${parts.slice(0, MOST_TOLD).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Eight bytes of a fingerprint in hexadecimal with colons. */
const SHORT = 23;
const MOST_TOLD = 6;
