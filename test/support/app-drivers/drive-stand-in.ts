import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { DesktopRequest } from '../../../core/node/host/desktop-messages.ts';
import { collectOutput, ended, PATIENCE_MS, ROOT } from './app-process.ts';
import { missingBrowser } from './browser-launch.ts';
import { hostIsKnown, type AppDriver, type DrivenApp, type StartOptions } from './driven-app.ts';

/** What only this host can be asked: what the system would do to the app. */
export interface StandInApp extends DrivenApp {
  /** Events that the stand-in reported, in order. */
  readonly events: readonly StandInEvent[];
  order(order: string, given: Readonly<Record<string, unknown>>): Promise<void>;
  /** Starts the program a second time with the same user folder; resolves when that process has ended. */
  startAgain(request: DesktopRequest): Promise<void>;
}

export interface StandInEvent {
  readonly event: string;
  readonly [member: string]: unknown;
}

export const electronStandIn: AppDriver = {
  name: 'stand-in for Electron',
  missing: missingBrowser,
  start: (options) => startStandIn(options),
};

/** Runs the built main and preload unchanged, with a stand-in for `electron` under them. */
export async function startStandIn(options: StartOptions = {}): Promise<StandInApp> {
  const userData = mkdtempSync(join(tmpdir(), 'sipher-user-'));
  const main = startMain(userData, requestOf(options));
  const { endpoint } = await main.event('window');
  const browser = await chromium.connectOverCDP(String(endpoint));
  const page = browser.contexts()[0]?.pages()[0];
  if (page === undefined) throw new Error('The stand-in opened no window');
  page.setDefaultTimeout(PATIENCE_MS);
  await hostIsKnown(page);
  return {
    host: 'electron-stand-in',
    page,
    events: main.events,
    order: main.order,
    async chooseFiles(open, paths) {
      const dialog = main.event('dialog');
      await open();
      await dialog;
      await main.order('answer-dialog', { paths });
    },
    async saveFile(save, path) {
      const dialog = main.event('save-dialog');
      await save();
      await dialog;
      await main.order('answer-save-dialog', { path });
    },
    async clickMenu(item) {
      await main.order('click-menu', { item });
      return true;
    },
    output: main.output,
    async startAgain(request) {
      await startMain(userData, request).ended;
    },
    async close() {
      await browser.close();
      main.quit();
      await main.ended;
      rmSync(userData, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Main {
  readonly events: StandInEvent[];
  readonly ended: Promise<void>;
  event(name: string): Promise<StandInEvent>;
  order(order: string, given: Readonly<Record<string, unknown>>): Promise<void>;
  quit(): void;
  output(): string;
}

function startMain(userData: string, request: DesktopRequest): Main {
  const register = pathToFileURL(join(ROOT, 'test/support/electron-stand-in/register.mjs')).href;
  const child = fork(join(ROOT, 'dist/electron/main.mjs'), [], {
    execArgv: ['--import', register],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, STAND_IN_USER_DATA: userData },
  });
  const output = collectOutput(child);
  const events: StandInEvent[] = [];
  const waiting: { name: string; done: (event: StandInEvent) => void; failed: (error: Error) => void }[] = [];
  child.on('message', (message: unknown) => {
    // The command line's part: the app says that it listens, and is told what to open.
    if (isKind(message, 'started')) child.send(request);
    if (!isKind(message, 'stand-in') || !('event' in message)) return;
    const event: StandInEvent = { ...message, event: String(message['event']) };
    events.push(event);
    const at = waiting.findIndex(({ name }) => name === event.event);
    if (at >= 0) waiting.splice(at, 1)[0]?.done(event);
  });
  child.once('close', () => {
    for (const { failed } of waiting) failed(new Error(`The app ended: ${output()}`));
  });
  const event = (name: string): Promise<StandInEvent> =>
    new Promise((done, failed) => {
      const timer = setTimeout(
        () => failed(new Error(`No ${name} came from the app: ${output()}`)),
        4 * PATIENCE_MS,
      );
      const settle = <T>(then: (value: T) => void) => {
        return (value: T): void => {
          clearTimeout(timer);
          then(value);
        };
      };
      waiting.push({ name, done: settle(done), failed: settle(failed) });
    });
  return {
    events,
    output,
    event,
    ended: ended(child),
    async order(order, given) {
      const done = event('done');
      child.send({ kind: 'stand-in', order, ...given });
      await done;
    },
    quit: () => void child.send({ kind: 'stand-in', order: 'quit' }),
  };
}

function isKind(message: unknown, kind: string): message is Readonly<Record<string, unknown>> {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind;
}

function requestOf({ captures = [], keyFiles = [], passwords = [] }: StartOptions): DesktopRequest {
  return { captures, keys: { keyFiles, passwords, keylogs: [], psks: [] } };
}
