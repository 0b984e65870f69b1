import { createFrameScratch } from '../../capture/frame-scratch.ts';
import type { FrameScratch } from '../../capture/frame.ts';
import { PacketDecoder } from '../../net/decode-packet.ts';
import type { Analysis } from '../analysis.ts';

/** Reads single frames again, for what the index does not hold. */
export class RereadFrames {
  readonly decoder = new PacketDecoder();
  private readonly analysis: Analysis;
  private readonly frame: FrameScratch = createFrameScratch();

  constructor(analysis: Analysis) {
    this.analysis = analysis;
  }

  /** The bytes of a frame; null where its file is gone. */
  bytesOf(number: number): Uint8Array | null {
    const { frames } = this.analysis.structure;
    const row = number - 1;
    const bytes = new Uint8Array(frames.captured.read(row));
    const file = frames.file.read(row);
    return this.analysis.ports.store.read(file, frames.offset.read(row), bytes.length, bytes, 0)
      ? bytes
      : null;
  }

  /** The frame in a scratch that is reused; null where its file is gone. */
  scratchOf(number: number): FrameScratch | null {
    const { frames } = this.analysis.structure;
    const row = number - 1;
    const bytes = this.bytesOf(number);
    if (bytes === null) return null;
    const { frame } = this;
    frame.bytes = bytes;
    frame.start = 0;
    frame.capturedLength = bytes.length;
    frame.originalLength = frames.original.read(row);
    frame.linkType = frames.linkType.read(row);
    frame.offset = frames.offset.read(row);
    frame.seconds = frames.seconds.read(row);
    frame.nanoseconds = frames.nanoseconds.read(row);
    return frame;
  }

  /** The frame's packet, in a scratch that is reused as well. */
  packetOf(number: number): PacketDecoder['packet'] | null {
    const frame = this.scratchOf(number);
    if (frame === null) return null;
    this.decoder.decode(frame, number);
    return this.decoder.packet;
  }
}
