import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { arrayOf, flag, integer, object, orNull, text, type Shape } from '../core/shape.ts';

/** What the desktop app keeps between its runs. Never a key, a password, or where a key lies. */
export interface Settings {
  readonly window: WindowPlace | null;
  /** Captures, newest first. */
  readonly recent: readonly string[];
}

/** In device-independent pixels; x and y may be negative on a screen to the left. */
export interface WindowPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
}

const MOST_RECENT = 10;

const shape: Shape<Settings> = object({
  window: orNull(object({ x: integer, y: integer, width: integer, height: integer, maximized: flag })),
  recent: arrayOf(text, MOST_RECENT),
});

const FIRST: Settings = { window: null, recent: [] };

/** A file that is missing or damaged counts as none: nothing in it is worth a question. */
export function readSettings(path: string): Settings {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return shape.is(value) ? value : FIRST;
  } catch {
    return FIRST;
  }
}

/** Written beside and renamed: a power cut leaves the old file or the new one. A disk that is full is no reason to stop. */
export function writeSettings(path: string, { window, recent }: Settings): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, JSON.stringify({ window, recent }, null, 2), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // The next run begins with what was written last.
    rmSync(`${path}.new`, { force: true });
  }
}

export function withRecent(settings: Settings, opened: readonly string[]): Settings {
  const recent = [...opened, ...settings.recent.filter((path) => !opened.includes(path))];
  return { ...settings, recent: recent.slice(0, MOST_RECENT) };
}

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The place again, where enough of it lies on a screen that is still there to be seen and moved; else null. */
export function visiblePlace(place: WindowPlace | null, screens: readonly Area[]): WindowPlace | null {
  if (place === null || place.width < 400 || place.height < 300) return null;
  const isSeen = screens.some((screen) => {
    const width = Math.min(place.x + place.width, screen.x + screen.width) - Math.max(place.x, screen.x);
    const height = Math.min(place.y + place.height, screen.y + screen.height) - Math.max(place.y, screen.y);
    return width >= 200 && height >= 100;
  });
  return isSeen ? place : null;
}
