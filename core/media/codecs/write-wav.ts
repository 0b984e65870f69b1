/** A RIFF/WAVE file of 16 bit linear samples, one channel or several interleaved (little-endian throughout). */
export function writeWav(samples: Int16Array, sampleRate: number, channels: number): Uint8Array {
  const dataLength = 2 * samples.length;
  const file = new Uint8Array(HEADER + dataLength);
  const view = new DataView(file.buffer);
  writeTag(file, 0, 'RIFF');
  view.setUint32(4, HEADER - 8 + dataLength, true);
  writeTag(file, 8, 'WAVE');
  writeTag(file, 12, 'fmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * channels * sampleRate, true);
  view.setUint16(32, 2 * channels, true);
  view.setUint16(34, 16, true);
  writeTag(file, 36, 'data');
  view.setUint32(40, dataLength, true);
  for (let at = 0; at < samples.length; at += 1) view.setInt16(HEADER + 2 * at, samples[at]!, true);
  return file;
}

function writeTag(file: Uint8Array, at: number, tag: string): void {
  for (let i = 0; i < tag.length; i += 1) file[at + i] = tag.charCodeAt(i);
}

const HEADER = 44;
const PCM = 1;
