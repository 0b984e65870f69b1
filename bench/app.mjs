/**
 * The app while a large capture is read: how soon the first rows stand there, when all is done, and how long a scroll to
 * a random place and a selection take meanwhile, in a Chromium that is installed.
 *
 *   node bench/app.mjs [--frames N] [--connections N] [--suite mixed|cbc|gcm]
 *
 * The page is served by the browser host; in the desktop app the same page has the same analysis behind it.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BROWSER_FLAGS, findBrowser } from '../scripts/find-browser.mjs';
import { generateCapture, SERVER_KEY } from './generate-capture.mjs';

const SIPHER = fileURLToPath(new URL('../dist/cli/sipher.mjs', import.meta.url));
const CAPTURES = fileURLToPath(new URL('captures/', import.meta.url));

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '500000' },
    connections: { type: 'string', default: '250' },
    suite: { type: 'string', default: 'mixed' },
  },
});

const browserPath = findBrowser();
if (!existsSync(SIPHER) || browserPath === null) {
  console.error(browserPath === null ? 'bench: no Chromium is installed' : 'bench: run npm run build first');
  process.exitCode = 1;
} else {
  await main(browserPath);
}

async function main(executablePath) {
  const frames = Number(values.frames);
  const file = captureFile(frames);
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
  const start = performance.now();
  const elapsed = () => `${((performance.now() - start) / 1000).toFixed(2)} s`;
  const host = spawn(process.execPath, [SIPHER, 'serve', file, '--key', SERVER_KEY], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 820 } });
    await page.goto(await addressOf(host));
    await page.locator('.ag-row [col-id="frame"]', { hasText: /\d/ }).first().waitFor({ timeout: 60_000 });
    console.log(`first rows      ${elapsed()}`);
    // Chosen by hand it stays: else the window goes over to the calls as soon as there are any.
    await page.locator('.navigation-entry', { hasText: 'Frames' }).click();
    // Everything is measured inside the page: what a person waits for, not what the debugging protocol adds.
    const loading = await page.evaluate(probe, { frames, limit: 0 });
    console.log(`done            ${elapsed()}`);
    print('while it reads', loading);
    print('once it is done', await page.evaluate(probe, { frames: 0, limit: 100 }));
    await browser.close();
  } finally {
    host.kill('SIGTERM');
    if (browser.isConnected()) await browser.close();
  }
}

function captureFile(frames) {
  mkdirSync(CAPTURES, { recursive: true });
  const file = `${CAPTURES}app-${values.suite}-${values.connections}-${frames}.pcap`;
  if (!existsSync(file))
    generateCapture(file, { frames, connections: Number(values.connections), suite: values.suite, seed: 1 });
  return file;
}

function addressOf(host) {
  return new Promise((done, failed) => {
    let text = '';
    host.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(text);
      if (found !== null) done(found[0]);
    });
    host.once('close', () => failed(new Error(`sipher serve ended: ${text}`)));
  });
}

/**
 * Runs in the page: scrolls to random places and selects a row there, over and over, until so many frames are read and
 * nothing goes on any more, or `limit` rounds (half a minute at most). Milliseconds until the row shows its number, and until the
 * detail shows the frame; `pause` is the longest time between two painted frames.
 */
async function probe({ frames, limit }) {
  const painted = () => new Promise((done) => requestAnimationFrame(done));
  const until = async (holds) => {
    const start = performance.now();
    while (!holds() && performance.now() - start < 10_000) await painted();
    return performance.now() - start;
  };
  const viewport = document.querySelector('.list-view .ag-grid-viewport');
  const cellOf = (index) =>
    document.querySelector(`.list-view .ag-row[row-index="${index}"] [col-id="frame"]`);
  const finished = () => {
    const status = document.querySelector('.status-bar');
    const digits = (status?.textContent ?? '').replace(/[^\d a-z]/gi, '');
    return document.querySelector('.status-progress') === null && digits.includes(`${frames} frames`);
  };
  const result = { scrolls: [], selections: [], pause: 0 };
  let last = performance.now();
  let watching = true;
  const watch = (now) => {
    result.pause = Math.max(result.pause, now - last);
    last = now;
    if (watching) requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
  const start = performance.now();
  const goesOn = (round) =>
    limit > 0
      ? round < limit && performance.now() - start < 30_000
      : !finished() && performance.now() - start < 300_000;
  for (let round = 0; goesOn(round); round++) {
    viewport.scrollTop = Math.random() * (viewport.scrollHeight - viewport.clientHeight);
    const index = Math.floor(viewport.scrollTop / 22) + 3;
    result.scrolls.push(await until(() => (cellOf(index)?.textContent ?? '') !== ''));
    const cell = cellOf(index);
    const number = cell?.textContent ?? '';
    if (cell === null || number === '') continue;
    for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'])
      cell.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, view: window }));
    result.selections.push(
      await until(() => document.querySelector('.frame-heading h2')?.textContent === `Frame ${number}`),
    );
  }
  watching = false;
  return result;
}

function print(when, { scrolls, selections, pause }) {
  const row = (name, times) => {
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share) =>
      (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(0);
    console.log(
      `  ${name.padEnd(12)} ${String(times.length).padStart(5)} times  median ${at(0.5)} ms  p99 ${at(0.99)} ms`,
    );
  };
  console.log(`${when}: longest pause between two painted frames ${pause.toFixed(0)} ms`);
  row('scroll', scrolls);
  row('selection', selections);
}
