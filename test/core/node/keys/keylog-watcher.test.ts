import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { AnalysisDesk } from '../../../../core/node/analysis-desk.ts';
import { NO_KEYS } from '../../../../core/node/host/analysis-host.ts';
import { type KeyLogGrowth, KeyLogWatcher } from '../../../../core/node/keys/keylog-watcher.ts';
import { labFile } from '../../../support/open-lab.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'keylog-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const CAPTURE = labFile('05-tls13-keyupdate-keylog.pcap');
const LINES = readFileSync(labFile('keylogs/05-tls13-keyupdate-keylog.keys'), 'utf8');

describe('KeyLogWatcher', () => {
  test('gives what was added, once, and everything where the file was begun anew', () => {
    const path = join(FOLDER, 'grows.keys');
    const seen: string[] = [];
    const note = ({ key, bytes, anew }: KeyLogGrowth): void => {
      seen.push(`${key} ${anew ? 'anew ' : ''}${Buffer.from(bytes).toString()}`);
    };
    const watcher = new KeyLogWatcher(note, 1e6);
    writeFileSync(path, 'first');
    watcher.watch(7, path, 5);
    watcher.look();
    appendFileSync(path, ' second');
    watcher.look();
    watcher.look();
    rmSync(path);
    watcher.look();
    writeFileSync(path, 'third');
    watcher.look();
    watcher.unwatch(7);
    appendFileSync(path, ' fourth');
    watcher.look();
    watcher.close();
    expect(seen).toEqual(['7  second', '7 anew third']);
  });
});

describe('a key log on the desk', () => {
  const desks: AnalysisDesk[] = [];
  afterEach(async () => {
    for (const desk of desks.splice(0)) await desk.close();
  });

  /** Waits for what the desk tells. */
  async function decrypted(desk: AnalysisDesk, wanted: number): Promise<void> {
    for (let turn = 0; turn < 800 && desk.status().verdicts.decrypted !== wanted; turn += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(desk.status().verdicts.decrypted).toBe(wanted);
  }

  test('opens more as it grows, line by line, and is counted', async () => {
    const path = join(FOLDER, 'desk.keys');
    writeFileSync(path, '');
    const desk = new AnalysisDesk(() => undefined);
    desks.push(desk);
    await desk.openPaths([CAPTURE], { ...NO_KEYS, keylogs: [path] });
    await decrypted(desk, 0);
    const lines = LINES.split('\n').filter((line) => /^(CLIENT|SERVER)_/.test(line));
    const handshake = lines.filter((line) => line.includes('HANDSHAKE'));
    // A line that is written in two pieces counts when it is whole.
    appendFileSync(
      path,
      `${handshake.join('\n')}\n${(lines.find((line) => line.startsWith('SERVER_TRAFFIC')) ?? '').slice(0, 90)}`,
    );
    await decrypted(desk, 2);
    writeFileSync(path, LINES);
    await decrypted(desk, 21);
    expect(await desk.request('keys.list', null)).toMatchObject([{ usable: true, problem: null }]);
    // A log that was begun anew has forgotten what it had.
    writeFileSync(path, '# begun anew\n');
    await decrypted(desk, 0);
  }, 30_000);
});
