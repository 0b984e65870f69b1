/** The Chromium behind the stand-in: one browser a process, one page a window. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { BROWSER_FLAGS, findBrowser } from '../../../scripts/find-browser.mjs';

const BRIDGE = readFileSync(new URL('./world-bridge.js', import.meta.url), 'utf8');
const PRELOAD = readFileSync(new URL('./preload-world.js', import.meta.url), 'utf8');
const WORLD = 'electron-preload';

/** Chromium takes no scheme of ours over its debugging protocol: app://sipher/x is https://sipher.app.invalid/x to it. */
const toBrowser = (url) => url.replace(/^(\w+):\/\/(\w+)/, 'https://$2.$1.invalid');
const fromBrowser = (url) => url.replace(/^https:\/\/(\w+)[.](\w+)[.]invalid/, '$2://$1');

/** `schemes`: by name, the function that serves it. Whatever else a page asks for is refused. */
export async function launchBrowser(profile, schemes) {
  const executablePath = findBrowser();
  if (executablePath === null) throw new Error('No Chromium is installed');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: null,
    args: [...BROWSER_FLAGS, '--remote-debugging-port=0'],
  });
  await context.route('**/*', async (route) => {
    const request = route.request();
    const url = new URL(fromBrowser(request.url()));
    const serve = schemes.get(url.protocol.slice(0, -1));
    if (typeof serve !== 'function') return route.abort('blockedbyclient');
    const response = await serve(new Request(url.href, { method: request.method() }));
    return route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  });
  return Object.assign(context, { profile });
}

/** Opens a page with the preload in a world of its own, before any script of the page. */
export async function openPage(context, { preload, size, invoke, closed }) {
  const page = context.pages().find((other) => other.url() === 'about:blank') ?? (await context.newPage());
  await page.setViewportSize(size);
  const cdp = await context.newCDPSession(page);
  let world = null;
  cdp.on('Runtime.executionContextCreated', ({ context: { id, name, auxData } }) => {
    if (name === WORLD && auxData.isDefault === false) world = id;
  });
  cdp.on('Runtime.executionContextsCleared', () => (world = null));
  const callPreload = (functionDeclaration, value) =>
    world === null
      ? Promise.resolve()
      : cdp
          .send('Runtime.callFunctionOn', {
            functionDeclaration,
            executionContextId: world,
            arguments: [{ value }],
          })
          // The page was left meanwhile.
          .catch(() => {});
  const toPreload = (message) => callPreload('(message) => globalThis.standInFromMain(message)', message);
  cdp.on('Runtime.bindingCalled', async ({ name, payload, executionContextId }) => {
    if (name !== 'standInToMain' || executionContextId !== world) return;
    const { id, channel, parameters } = JSON.parse(payload);
    try {
      const result = await invoke(fromBrowser(page.url()), channel, parameters);
      await toPreload({ kind: 'reply', id, channel, thrown: null, result });
    } catch (error) {
      await toPreload({ kind: 'reply', id, channel, thrown: String(error), result: null });
    }
  });
  await cdp.send('Page.enable');
  await cdp.send('Runtime.enable');
  await cdp.send('Runtime.addBinding', { name: 'standInToMain', executionContextName: WORLD });
  const program = readFileSync(preload, 'utf8');
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
    worldName: WORLD,
    source: `{ const connectWorlds = ${BRIDGE}\nconst preloadWorld = ${PRELOAD}\n
      const require = preloadWorld(connectWorlds('preload'), globalThis.standInToMain);
      const module = { exports: {} };
      ((require, module, exports) => {\n${program}\n})(require, module, module.exports); }`,
  });
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
    source: `{ const connectWorlds = ${BRIDGE}\nconnectWorlds('page'); }`,
  });
  page.on('close', closed);
  return {
    load: (url) => page.goto(toBrowser(url)),
    url: () => fromBrowser(page.url()),
    reload: () => page.reload(),
    push: (channel, parameters) => toPreload({ kind: 'push', channel, parameters }),
    announcePaths: (paths) => callPreload('(paths) => { globalThis.standInPaths = paths; }', paths),
    /** Where a second client can drive the page from. */
    async endpoint() {
      const [port] = (await readFile(join(context.profile, 'DevToolsActivePort'), 'utf8')).split('\n');
      return `http://127.0.0.1:${port}`;
    },
  };
}
