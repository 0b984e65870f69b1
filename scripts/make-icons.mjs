/**
 * Draws assets/icons/icon.svg in the sizes and containers that installers ask for: PNG for Linux, ICO for Windows, ICNS
 * for macOS. Run by hand when the drawing changes; the results are kept in the repository.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { findBrowser } from './find-browser.mjs';

const FOLDER = join(resolve(dirname(fileURLToPath(import.meta.url)), '..'), 'assets/icons');
const SIZES = [16, 32, 48, 64, 128, 256, 512, 1024];

const browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox'] });
const page = await browser.newPage();
const drawn = new Map();
for (const size of SIZES) {
  await page.setViewportSize({ width: size, height: size });
  const svg = readFileSync(join(FOLDER, 'icon.svg'), 'utf8').replace(
    '<svg ',
    `<svg width="${size}" height="${size}" `,
  );
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
  drawn.set(size, await page.screenshot({ omitBackground: true }));
}
await browser.close();

writeFileSync(join(FOLDER, 'icon.png'), drawn.get(512));
writeFileSync(join(FOLDER, 'icon.ico'), ico([16, 32, 48, 64, 128, 256]));
writeFileSync(join(FOLDER, 'icon.icns'), icns());

/** ICONDIR, one ICONDIRENTRY each, then the PNG files as they are. A size of 256 is written as 0. */
function ico(sizes) {
  const head = Buffer.alloc(6 + 16 * sizes.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(sizes.length, 4);
  let offset = head.length;
  sizes.forEach((size, index) => {
    const at = 6 + 16 * index;
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(drawn.get(size).length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += drawn.get(size).length;
  });
  return Buffer.concat([head, ...sizes.map((size) => drawn.get(size))]);
}

/** "icns", its length, then type, length and PNG of each size. */
function icns() {
  const types = { icp4: 16, icp5: 32, icp6: 64, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 };
  const parts = Object.entries(types).map(([type, size]) => chunk(type, drawn.get(size)));
  return chunk('icns', Buffer.concat(parts));
}

function chunk(type, content) {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(8 + content.length, 4);
  return Buffer.concat([head, content]);
}
