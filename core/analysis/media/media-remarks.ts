import { hostOfEndpoint } from '../../app/calls/endpoint-host.ts';
import type { MediaDescriptions } from './media-descriptions.ts';
import type { MediaStream } from './media-stream.ts';

/** What an expert would remark on a stream. `others`: the streams of its call, itself among them. */
export function remarksOn(
  stream: MediaStream,
  others: readonly MediaStream[],
  descriptions: MediaDescriptions | null,
): string[] {
  const { statistics } = stream;
  const remarks = placeRemarks(stream, descriptions);
  if (isOneWay(stream, others))
    remarks.push(
      'One way: no packets in the other direction were captured, though the session description allows them.',
    );
  if (statistics.restarts > 0)
    remarks.push(`Its sequence numbers began anew ${times(statistics.restarts)} without a new SSRC.`);
  if (followsAnother(stream))
    remarks.push('It follows a stream of another SSRC between the same ports: the sender began anew.');
  if (stream.snapped > 0) remarks.push(`The capture cut ${stream.snapped} of its packets.`);
  const undescribed = stream.receiver === null ? [] : typesNotDescribed(stream);
  if (undescribed.length > 0)
    remarks.push(`Payload type ${undescribed.join(', ')} is in none of the session descriptions.`);
  if (typeOf(stream) === 'audio' && statistics.deltaMax > NOTABLE_DELTA)
    remarks.push(
      `The longest pause inside speech was ${Math.round(statistics.deltaMax)} ms, before frame ${statistics.deltaMaxFrame}.`,
    );
  return remarks;
}

/** Nothing came back between the two hosts for the same medium, and the description is not one of hold or announcement. */
export function isOneWay(stream: MediaStream, others: readonly MediaStream[]): boolean {
  const { receiver, sender, callId, source, destination } = stream;
  const media = (receiver ?? sender)?.media;
  if (media === undefined || callId === null || stream.statistics.packets < LEAST_FOR_ONE_WAY) return false;
  if ([receiver, sender].some((end) => end !== null && end.media.direction !== 'sendrecv')) return false;
  return !others.some(
    (other) =>
      other !== stream &&
      ((other.receiver ?? other.sender)?.media.type ?? '') === media.type &&
      (hostOfEndpoint(other.destination) === hostOfEndpoint(source) ||
        hostOfEndpoint(other.source) === hostOfEndpoint(destination)) &&
      (other.conversation !== stream.conversation || other.direction !== stream.direction),
  );
}

/** "audio", "video", … as described, or by the static payload type (RFC 3551 §6). */
export function typeOf(stream: MediaStream): string {
  const media = (stream.receiver ?? stream.sender)?.media;
  if (media !== undefined) return media.type;
  const type = stream.mainType;
  if (stream.codecOf(type) === null) return '';
  return type < FIRST_VIDEO_TYPE ? 'audio' : 'video';
}

/** Where it was captured, and whether that is where the descriptions say. */
function placeRemarks(stream: MediaStream, descriptions: MediaDescriptions | null): string[] {
  const { receiver, sender } = stream;
  const remarks: string[] = [];
  if (stream.carrier === 'TURN')
    remarks.push('Captured inside TURN, between a client and the server that relays for it.');
  if (stream.carrier === 'HEP')
    remarks.push('Captured elsewhere and sent here in HEP: the times are those of its arrival.');
  if ((receiver === null) === (sender === null) || !bothDescribed(stream, descriptions)) return remarks;
  remarks.push(
    `It ${receiver === null ? 'goes to' : 'comes from'} another address than the session descriptions that could be read name.`,
  );
  return remarks;
}

/** Whether both parties' descriptions of the medium could be read: only then is an address missing in them. */
function bothDescribed(stream: MediaStream, descriptions: MediaDescriptions | null): boolean {
  const { callId } = stream;
  const ends = callId === null ? [] : (descriptions?.ofCall(callId) ?? []);
  const type = typeOf(stream);
  const places = ends
    .filter(({ media }) => media.type === type)
    .map(({ media }) => `${media.address} ${media.port}`);
  return new Set(places).size > 1;
}

function typesNotDescribed(stream: MediaStream): number[] {
  return [...stream.types.keys()].filter((type) => stream.types[type]! > 0 && stream.codecOf(type) === null);
}

function followsAnother(stream: MediaStream): boolean {
  // Siblings stand before those that came after them.
  for (let other = stream.sibling; other !== null; other = other.sibling)
    if (other.number >= 0 && other.carrier === stream.carrier && other.lastFrame < stream.firstFrame)
      return true;
  return false;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

const FIRST_VIDEO_TYPE = 24;
/** Milliseconds. */
const NOTABLE_DELTA = 200;
const LEAST_FOR_ONE_WAY = 50;
