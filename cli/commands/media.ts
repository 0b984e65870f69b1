import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MediaStreams, plainText } from '../../core/index.ts';
import { prepareDecoders } from '../../core/node/opus-decoder.ts';
import { loadCaptures } from '../load.ts';
import type { KeyOptions } from '../options.ts';
import { Output } from '../output.ts';

export interface MediaOptions extends KeyOptions {
  readonly json?: boolean;
  readonly wav?: string;
}

type Row = ReturnType<MediaStreams['window']>['rows'][number];

/** `sipher media`: one line per RTP stream; with --wav also the audio of each that can be played. */
export async function runMedia(captures: readonly string[], options: MediaOptions): Promise<number> {
  const loaded = await loadCaptures(captures, options);
  if (typeof loaded === 'number') return loaded;
  const { analysis, messages, frames } = loaded;
  const media = new MediaStreams(analysis, messages, frames);
  const output = new Output();
  for (let from = 0, total = 1; from < total; from += PIECE) {
    const window = media.window(null, from, PIECE, (callId) => callId);
    ({ total } = window);
    for (const row of window.rows)
      output.line(
        options.json === true ? JSON.stringify({ ...row, srtp: plainText(row.srtp) }) : lineOf(row),
      );
  }
  output.flush();
  const written = options.wav === undefined ? 0 : await writeAudio(media, options.wav);
  loaded.close();
  return written;
}

/** Files "stream-3-1a2b3c4d.wav"; the exit code. */
async function writeAudio(media: MediaStreams, folder: string): Promise<number> {
  try {
    mkdirSync(folder, { recursive: true });
    for (const row of media.window(null, 0, Number.MAX_SAFE_INTEGER, (callId) => callId).rows) {
      if (row.playable) await prepareDecoders();
      const played = row.playable ? media.play(row.stream, MOST_SECONDS) : null;
      if (played === null) continue;
      const name = `stream-${row.stream}-${row.ssrc.slice(2)}.wav`;
      writeFileSync(join(folder, name), played.file, { flag: 'wx', mode: 0o600 });
      process.stderr.write(`${name}: ${row.codec}, ${row.duration.toFixed(1)} s\n`);
    }
    return 0;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown fault';
    process.stderr.write(
      code === 'EEXIST'
        ? `${folder} holds such files already; name another folder.\n`
        : `${folder} cannot be written to (${code}).\n`,
    );
    return 2;
  }
}

function lineOf(row: Row): string {
  const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;
  return [
    `${row.source} → ${row.destination}`,
    row.ssrc,
    row.codec === '' ? `payload type ${row.payloadTypes.join(', ')}` : row.codec,
    `${row.packets} packets, ${row.lost} lost, ${row.reordered} reordered, ${row.duplicates} twice`,
    `jitter ${milliseconds(row.jitterMean)}, at most ${milliseconds(row.jitterMax)}`,
    `longest pause ${milliseconds(row.deltaMax)}`,
    ...(row.mos === null ? [] : [`MOS about ${row.mos.toFixed(1)} (E-model)`]),
    ...(row.dtmf.length === 0 ? [] : [`DTMF ${row.dtmf.map(({ digit }) => digit).join(' ')}`]),
    ...(row.srtp.length === 0 ? [] : [plainText(row.srtp)]),
    ...row.remarks,
  ].join('  ');
}

const PIECE = 1000;
const MOST_SECONDS = 4 * 3600;
