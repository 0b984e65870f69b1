/**
 * Takes pictures of every view in light and dark, with made-up data and under the page's own content policy, and runs
 * axe over each.
 *
 *   node test/support/screenshots.mjs [FOLDER] [--size 1440x900] [--only NAME,NAME] [--no-build]
 */
import { createServer } from 'node:http';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, extname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { BROWSER_FLAGS, findBrowser } from '../../scripts/find-browser.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const PAGE = join(ROOT, 'dist/renderer-fake');
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '1440x900' },
    only: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});
const folder = positionals[0] ?? join(tmpdir(), 'sipher-screens');
const [width, height] = values.size.split('x').map(Number);
const wanted = values.only?.split(',');
mkdirSync(folder, { recursive: true });

const rowAt = (page, index) => page.locator(`.row-grid .ag-row[row-index="${index}"] .ag-cell`).nth(3);
const show = (page, name) => page.locator('.navigation-entry', { hasText: name }).click();

/** Name, query of the made-up host, and the way there. */
const SCENES = [
  ['welcome', '', async () => {}],
  ['sample', 'open=sample', (page) => rowAt(page, 12).click()],
  ['sample-opaque', 'open=sample', (page) => rowAt(page, 1).click()],
  ['frames', 'open=large', (page) => rowAt(page, 20).click()],
  [
    'frames-key',
    'open=large&key=1',
    async (page) => {
      await rowAt(page, 21).click();
      await page.keyboard.press('ArrowDown');
    },
  ],
  [
    'frames-bytes',
    'open=sample',
    async (page) => {
      await rowAt(page, 12).click();
      await page.locator('.record-button').first().click();
      await page.locator('.hex-byte.hex-marked').first().click();
    },
  ],
  [
    'filtered',
    'open=large&key=1',
    async (page) => {
      await page.locator('.chip', { hasText: 'Partly' }).click();
      await page.locator('#frame-filter').fill('invite');
      await page.waitForTimeout(900);
    },
  ],
  [
    'filtered-none',
    'open=large',
    async (page) => {
      await page.locator('#frame-filter').fill('nothing has this text');
      await page.waitForTimeout(900);
    },
  ],
  ['loading', 'open=large&reading=60000', (page) => page.waitForTimeout(1500)],
  [
    'conversations',
    'open=large&key=1',
    async (page) => {
      await show(page, 'Conver');
      await rowAt(page, 1).click();
    },
  ],
  [
    'conversation-failed',
    'open=large',
    async (page) => {
      await show(page, 'Conver');
      await rowAt(page, 6).click();
      await page.locator('.certificate summary').first().click();
    },
  ],
  [
    'stream',
    'open=sample',
    async (page) => {
      await show(page, 'Conver');
      await rowAt(page, 1).click();
      await page.getByRole('tab', { name: 'Text of the stream' }).click();
    },
  ],
  [
    'compare',
    'open=large',
    async (page) => {
      await show(page, 'Conver');
      await rowAt(page, 1).click();
      await rowAt(page, 6).click();
      await page.getByRole('tab', { name: 'Compare' }).click();
      await page.getByRole('button', { name: 'Compare', exact: true }).click();
    },
  ],
  [
    'timing',
    'open=sample',
    async (page) => {
      await show(page, 'Conver');
      await rowAt(page, 1).click();
      await page.getByRole('tab', { name: 'Timing' }).click();
    },
  ],
  [
    'sip',
    'open=sample',
    async (page) => {
      await show(page, 'SIP');
      await rowAt(page, 4).click();
    },
  ],
  [
    'sip-none',
    'open=large&frames=3',
    async (page) => {
      await show(page, 'SIP');
    },
  ],
  ['calls', 'open=large', (page) => rowAt(page, 0).click()],
  ['calls-key', 'open=large&key=1', (page) => rowAt(page, 2).click()],
  [
    'calls-arrow',
    'open=large&key=1',
    async (page) => {
      await rowAt(page, 0).click();
      await page.locator('.call-ladder .ladder-row').nth(2).click();
    },
  ],
  [
    'calls-locked',
    'open=large',
    async (page) => {
      await rowAt(page, 6).click();
      await page.locator('.call-step-lock .ladder-label').first().click();
    },
  ],
  [
    'calls-diff',
    'open=large&key=1',
    async (page) => {
      await rowAt(page, 0).click();
      await page.locator('.call-ladder .ladder-row').nth(0).click();
      await page
        .locator('.call-ladder .ladder-row')
        .nth(5)
        .click({ modifiers: ['Shift'] });
    },
  ],
  ...['Legs', 'SDP', 'Media', 'Findings'].map((tab) => [
    `calls-tab-${tab.toLowerCase()}`,
    'open=large&key=1',
    async (page) => {
      await rowAt(page, 0).click();
      await page
        .getByRole('tab', { name: new RegExp(`^${tab}`) })
        .last()
        .click();
    },
  ]),
  ...['Registrations', 'Other dialogs', 'Media streams', 'Statistics'].map((tab) => [
    `calls-${tab.toLowerCase().replace(' ', '-')}`,
    'open=large&key=1',
    (page) => page.getByRole('tab', { name: tab }).click(),
  ]),
  ['calls-none', 'open=sample', (page) => show(page, 'Calls')],
  [
    'calls-filtered',
    'open=large',
    async (page) => {
      await page.locator('.chip', { hasText: 'Not taken' }).click();
      await page.locator('#call-filter').fill('nobody has this number');
      await page.waitForTimeout(500);
    },
  ],
  ['findings', 'open=large', (page) => show(page, 'Findings')],
  ['keys-none', '', (page) => show(page, 'Keys')],
  ['keys', 'open=large&key=1', keysScene],
  ['shortcuts', 'open=sample', (page) => page.keyboard.press('?')],
  ['palette', 'open=sample', (page) => page.keyboard.press('Control+Shift+P')],
  [
    'go-to',
    'open=large',
    async (page) => {
      await page.keyboard.press('Control+g');
      await page.keyboard.type('9999999');
      await page.keyboard.press('Enter');
    },
  ],
  [
    'errors',
    'open=sample&fail=frame.detail',
    async (page) => {
      await rowAt(page, 3).click();
      await page.evaluate(() => window.fakeSipher.push('status', null));
    },
  ],
  [
    'term',
    'open=sample',
    async (page) => {
      await rowAt(page, 1).click();
      await page.locator('.why .term').first().click();
    },
  ],
  [
    'row-menu',
    'open=large&key=1',
    async (page) => {
      await show(page, 'SIP');
      await rowAt(page, 2).click({ button: 'right' });
    },
  ],
  [
    'column-menu',
    'open=large',
    async (page) => {
      await show(page, 'Conver');
      await page.locator('.row-grid .ag-header-cell').nth(2).click({ button: 'right' });
    },
  ],
  [
    'export-compare',
    'open=large&key=1',
    async (page) => {
      await show(page, 'Conver');
      await rowAt(page, 1).click();
      await rowAt(page, 6).click();
      await page.keyboard.press('Control+e');
      await page.locator('input[name="export-compare"]').check();
    },
  ],
  [
    'drop',
    'open=sample',
    (page) =>
      page.evaluate(() => {
        const data = new DataTransfer();
        data.items.add(new File(['x'], 'a.pcap'));
        window.dispatchEvent(new DragEvent('dragenter', { dataTransfer: data }));
      }),
  ],
];

async function keysScene(page) {
  await show(page, 'Keys');
  for (const [name, text] of [
    [
      'Schlüssel des Müllers mit einem sehr langen Dateinamen, wie er aus Windows kommt, und noch etwas länger.pfx',
      'ENCRYPTED',
    ],
    ['sslkeys.log', 'CLIENT_RANDOM 00 11\nCLIENT_RANDOM 22 33\n'],
    ['pbx.example.com.crt', '-----BEGIN CERTIFICATE-----'],
    ['holiday.jpg', 'JFIF'],
  ]) {
    await page.evaluate(
      ([file, content]) => window.fakeSipher.request('keys.addBytes', { name: file, bytes: btoa(content) }),
      [name, text],
    );
  }
  await page.waitForTimeout(200);
  await page.getByRole('button', { name: 'Remove sslkeys.log' }).click();
}

if (!values['no-build']) {
  await build({ configFile: join(ROOT, 'renderer/vite.config.ts'), mode: 'fake', logLevel: 'warn' });
}
const server = createServer(serve);
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({
  executablePath: findBrowser() ?? undefined,
  // As on a desktop.
  ignoreDefaultArgs: ['--hide-scrollbars'],
  args: BROWSER_FLAGS,
});
let faults = 0;
try {
  for (const [name, query, act] of SCENES) {
    if (wanted !== undefined && !wanted.includes(name)) continue;
    for (const scheme of ['light', 'dark']) await takePicture(name, query, act, scheme);
  }
} finally {
  await browser.close();
  server.close();
}
console.log(
  faults === 0 ? `No faults. Pictures are in ${folder}` : `${faults} faults. Pictures are in ${folder}`,
);
process.exitCode = faults === 0 ? 0 : 1;

async function takePicture(name, query, act, colorScheme) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const say = (text) => {
    faults += 1;
    console.log(`${name} ${colorScheme}: ${text}`);
  };
  page.on('pageerror', (error) => say(`error ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') say(`console ${message.text()}`);
  });
  await page.goto(`${origin}/index.html?${query}`);
  await page.locator('.shell').waitFor();
  try {
    if (query.includes('open=')) await page.locator('.status-verdicts li').first().waitFor();
    await page.waitForTimeout(500);
    // The large capture opens on its calls.
    if (query.includes('open=large') && !name.startsWith('call')) await show(page, 'Frames');
    await act(page);
    await page.waitForTimeout(500);
  } catch (error) {
    say(`could not get there: ${error.message.split('\n')[0]}`);
  }
  await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  // Playwright evaluates in a world of its own, which the page's policy does not bind.
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const outcome = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  for (const violation of outcome.violations) {
    const where = violation.nodes
      .slice(0, 3)
      .map((node) => `${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`);
    say(`axe ${violation.id} (${violation.nodes.length}): ${where.join(' | ')}`);
  }
  await context.close();
}

/** The page's own content policy, as the hosts set it. */
function serve(request, response) {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname)).replace(
    /^[/\\]+/,
    '',
  );
  const file = join(PAGE, path);
  if (!file.startsWith(PAGE) || !existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  const nonce = 'cGljdHVyZXM';
  const types = {
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.svg': 'image/svg+xml',
  };
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; media-src blob:; connect-src 'self' ws://127.0.0.1:*`,
  });
  const bytes = readFileSync(file);
  response.end(file.endsWith('.html') ? bytes.toString().replaceAll('__CSP_NONCE__', nonce) : bytes);
}
