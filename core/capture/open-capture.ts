import { detectCaptureFormat, type DetectedFormat } from './detect-format.ts';
import type { CaptureFault, CaptureReader } from './frame.ts';
import { openNetmon } from './netmon.ts';
import { openPcap } from './pcap.ts';
import { openPcapng } from './pcapng.ts';
import { openSnoop } from './snoop.ts';

/**
 * The reader for the capture file that begins with `firstBytes` (already unpacked: gzip, zstd, LZ4 and ZIP are the caller's
 * to undo, see detectCaptureFormat), or why there is none. Bring 64 KiB where the file has them. The reader is then
 * given the file from byte 0 on.
 */
export function openCaptureReader(firstBytes: Uint8Array): CaptureReader | CaptureFault {
  const detected = detectCaptureFormat(firstBytes);
  switch (detected.format) {
    case 'pcap':
    case 'modified-pcap':
      return openPcap(firstBytes);
    case 'pcapng':
      return openPcapng(firstBytes);
    case 'snoop':
      return openSnoop(firstBytes);
    case 'netmon':
      return openNetmon(firstBytes);
    case 'empty':
      return { kind: 'empty', offset: 0, sentence: 'The file is empty.' };
    case 'gzip':
    case 'zstd':
    case 'lz4':
    case 'zip':
      return fault('unsupported-format', detected, `This is ${detected.guess} inside another packed file.`);
    case 'unsupported':
      return fault('unsupported-format', detected, `This is ${detected.guess}, which is not read.`);
    case 'unknown':
      return fault(
        'not-a-capture',
        detected,
        detected.guess === ''
          ? 'This is not a capture file: it begins with no magic number that is known.'
          : `This is not a capture file: it looks like ${detected.guess}.`,
      );
  }
}

function fault(kind: CaptureFault['kind'], detected: DetectedFormat, sentence: string): CaptureFault {
  return { kind, offset: 0, sentence: detected.remedy === '' ? sentence : `${sentence} ${detected.remedy}` };
}
