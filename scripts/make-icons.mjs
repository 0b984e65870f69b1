/**
 * Makes the program's icons from assets/icons/icon.svg: icon.png for Linux, icon.ico for Windows, icon.icns for macOS.
 *
 *   node scripts/make-icons.mjs
 *
 * The results are committed: this runs only when the drawing changes. Needs a Chromium.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { BROWSER_FLAGS, findBrowser } from './find-browser.mjs';

const FOLDER = fileURLToPath(new URL('../assets/icons/', import.meta.url));
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** Apple's four-letter names of the sizes that hold a PNG. */
const ICNS = { icp4: 16, icp5: 32, icp6: 64, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 };

const drawing = readFileSync(join(FOLDER, 'icon.svg'), 'utf8');
const browser = await chromium.launch({ executablePath: findBrowser() ?? undefined, args: BROWSER_FLAGS });
const images = new Map();
for (const size of SIZES) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${drawing}`,
  );
  images.set(size, await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();

writeFileSync(join(FOLDER, 'icon.png'), images.get(512));
writeFileSync(join(FOLDER, 'icon.ico'), icoOf([16, 24, 32, 48, 64, 128, 256]));
writeFileSync(join(FOLDER, 'icon.icns'), icnsOf());

/** A directory of PNG images: six bytes of header, sixteen for each image, little endian. */
function icoOf(sizes) {
  const header = Buffer.alloc(6 + 16 * sizes.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(sizes.length, 4);
  let offset = header.length;
  sizes.forEach((size, index) => {
    const image = images.get(size);
    const at = 6 + 16 * index;
    // 256 is written as 0.
    header.writeUInt8(size % 256, at);
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(image.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += image.length;
  });
  return Buffer.concat([header, ...sizes.map((size) => images.get(size))]);
}

/** Named blocks, each with its length, big endian. */
function icnsOf() {
  const blocks = Object.entries(ICNS).map(([name, size]) => block(name, images.get(size)));
  return block('icns', Buffer.concat(blocks));
}

function block(name, content) {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32BE(content.length + 8, 4);
  return Buffer.concat([head, content]);
}
