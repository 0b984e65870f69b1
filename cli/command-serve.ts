import { resolve } from 'node:path';
import { createAnalysisHost } from '../core/node/analysis-service.ts';
import type { KeySources } from '../core/node/host/analysis-host.ts';
import { type BrowserHost, startBrowserHost } from './serve/browser-host.ts';

/** `sipher serve` and `sipher open`, as the command line was parsed. */
export interface OpenOptions extends KeySources {
  readonly captures: readonly string[];
  /** 0, or absent: any that is free. */
  readonly port?: number | undefined;
}

/** Serves until it is interrupted. Resolves with the exit code. */
export async function runServe(options: OpenOptions, fallbackReason: string | null = null): Promise<number> {
  const analysis = createAnalysisHost();
  let host: BrowserHost;
  try {
    host = await startBrowserHost({
      analysis,
      port: options.port ?? 0,
      captures: options.captures.map(absolute),
      keys: absoluteKeys(options),
      fallbackReason,
    });
  } catch (error) {
    // Its thread would keep the program from ending.
    await analysis.close();
    const sentence = whyNoPort(error, options.port ?? 0);
    if (sentence === null) throw error;
    process.stderr.write(`${sentence}\n`);
    return WRONG_USAGE;
  }
  process.stdout.write(`${host.url}\n`);
  process.stderr.write('Open this address in a browser on this machine; it works once. Ctrl+C ends it.\n');
  await interrupted();
  await host.close();
  return 0;
}

/** The system does not give the port: a sentence; null where something else went wrong. */
function whyNoPort(error: unknown, port: number): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use by another program: name another with --port, or none for any that is free.`;
  if (code === 'EACCES')
    return `Port ${port} may not be used by this user: name one from 1024 on with --port, or none for any that is free.`;
  return null;
}

const WRONG_USAGE = 1;

/** Paths are meant where the user stands, and a host may stand elsewhere. */
export function absoluteKeys(keys: KeySources): KeySources {
  return {
    keyFiles: keys.keyFiles.map(absolute),
    passwords: keys.passwords,
    keylogs: keys.keylogs.map(absolute),
    psks: keys.psks,
  };
}

/** `-` is standard input. */
export function absolute(path: string): string {
  return path === '-' ? path : resolve(path);
}

function interrupted(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
}
