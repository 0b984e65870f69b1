import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  readSettings,
  visiblePlace,
  withRecent,
  writeSettings,
  type Settings,
} from '../../electron/settings.ts';

const PLACE = { x: -1200, y: 40, width: 1100, height: 700, maximized: false };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sipher-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('settings', () => {
  it('are the same in the next run', () => {
    const path = join(folder, 'below', 'settings.json');
    const settings: Settings = { window: PLACE, recent: ['/a.pcap'] };
    writeSettings(path, settings);
    expect(readSettings(path)).toEqual(settings);
  });

  it.each(['', '{', 'null', '{"window":null,"recent":[1]}', '{"window":{"x":"1"},"recent":[]}'])(
    'begin anew where the file holds %j',
    (text) => {
      const path = join(folder, 'settings.json');
      writeFileSync(path, text);
      expect(readSettings(path)).toEqual({ window: null, recent: [] });
    },
  );

  it('keep nothing that is not theirs', () => {
    const path = join(folder, 'settings.json');
    writeSettings(path, Object.assign({ password: 'correct horse' }, { window: null, recent: [] }));
    expect(readFileSync(path, 'utf8')).not.toContain('horse');
  });

  it('do not stop the app where they cannot be written', () => {
    expect(() => writeSettings(folder, { window: null, recent: [] })).not.toThrow();
  });

  it('list ten captures, the newest first and each once', () => {
    let settings: Settings = { window: null, recent: [] };
    for (let turn = 0; turn < 12; turn += 1) settings = withRecent(settings, [`/${turn}.pcap`]);
    settings = withRecent(settings, ['/5.pcap']);
    expect(settings.recent).toHaveLength(10);
    expect(settings.recent.slice(0, 3)).toEqual(['/5.pcap', '/11.pcap', '/10.pcap']);
  });
});

describe('visiblePlace', () => {
  const screen = { x: 0, y: 0, width: 1920, height: 1080 };
  const left = { x: -1920, y: 0, width: 1920, height: 1080 };

  it('is the old place on a screen that is still there', () => {
    expect(visiblePlace(PLACE, [screen, left])).toEqual(PLACE);
    expect(visiblePlace(PLACE, [screen])).toBeNull();
  });

  it('is none where the window could not be caught or is of no use', () => {
    expect(visiblePlace({ ...PLACE, x: 1900 }, [screen])).toBeNull();
    expect(visiblePlace({ ...PLACE, x: 0, width: 10 }, [screen])).toBeNull();
    expect(visiblePlace(null, [screen])).toBeNull();
  });
});
