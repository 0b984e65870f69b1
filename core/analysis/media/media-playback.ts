import { createAudioDecoder } from '../../media/codecs/audio-decoder.ts';
import { Playout } from '../../media/codecs/playout.ts';
import { writeWav } from '../../media/codecs/write-wav.ts';
import { decodeRtpHeader, endWithoutPadding, newRtpHeader } from '../../media/rtp/decode-rtp.ts';
import { SrtpFollower } from '../../media/srtp/srtp-follower.ts';
import { FRAME_DIRECTION, FRAME_FRAGMENT } from '../../store/frame-table.ts';
import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import { MediaPackets } from './media-packets.ts';
import type { MediaStream } from './media-stream.ts';

/** The audio of a stream as a WAV file, read and opened again; null where no decoder has its codec. */
export function playStream(
  analysis: Analysis,
  reporter: FrameReporter,
  stream: MediaStream,
  seconds: number,
): { readonly file: Uint8Array; readonly complete: boolean } | null {
  const type = stream.mainType;
  const codec = stream.codecOf(type);
  if (codec === null) return null;
  const decoder = createAudioDecoder(
    codec.name,
    codec.clockRate,
    codec.channels,
    analysis.ports.decoders ?? null,
  );
  if (decoder === null) return null;
  const playout = new Playout(decoder.sampleRate, codec.clockRate || decoder.sampleRate, seconds);
  const { keys } = stream;
  const follower =
    stream.follower === null || stream.follower.authenticated === 0 || keys === null
      ? null
      : new SrtpFollower(keys.candidates, { likely: MOST_TRIALS, others: MOST_TRIALS });
  const { frames } = analysis.structure;
  const packets = new MediaPackets(analysis);
  const header = newRtpHeader();
  let last = -1;
  for (let row = stream.firstFrame - 1; row < stream.lastFrame && playout.complete; row += 1) {
    const flags = frames.flags.read(row);
    if ((flags & FRAME_FRAGMENT) !== 0) packets.read(row);
    if (frames.conversation.read(row) !== stream.conversation) continue;
    if (((flags & FRAME_DIRECTION) === 0 ? 0 : 1) !== stream.direction) continue;
    const packet = packets.read(row);
    if (packet === null || packet.payloadMissing > 0 || packets.carrier !== stream.carrier) continue;
    const { payload, payloadStart, payloadEnd } = packet;
    if (!decodeRtpHeader(payload, payloadStart, payloadEnd, header) || header.ssrc !== stream.ssrc) continue;
    const wanted = header.payloadType === type;
    let bytes: Uint8Array | null = payload;
    let from = header.payloadFrom;
    let end = payloadEnd;
    if (follower !== null) {
      bytes = follower.open(payload, payloadStart, payloadEnd, header, wanted);
      from = 0;
      end = bytes?.length ?? 0;
    }
    if (bytes === null || !wanted) continue;
    const late = last >= 0 && ((header.sequence - last) << 16) >> 16 <= 0;
    if (late && decoder.needsOrder) continue;
    last = header.sequence;
    end = endWithoutPadding(bytes, from, end, header.padded);
    if (end > from)
      playout.add(header.timestamp, reporter.relativeTimeOf(row + 1), decoder.decode(bytes, from, end));
  }
  decoder.close?.();
  return { file: writeWav(playout.line, decoder.sampleRate, 1), complete: playout.complete };
}

const MOST_TRIALS = 50_000;
