/**
 * What a capture costs in memory: bytes of each table for each frame, as docs/ARCHITECTURE.md states them.
 *
 *   node bench/generate-capture.mjs big.pcap --frames 500000 --connections 250
 *   node --expose-gc bench/memory.mjs big.pcap bench/fixtures/pbx.key.pem
 */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [capture, ...keyFiles] = process.argv.slice(2);
if (capture === undefined) throw new Error('Name a capture, and the key files that open it');

// The sources themselves, all in one graph of modules: the program would not show its tables.
const server = await createServer({
  configFile: false,
  root: ROOT,
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true, include: [] },
});
const [{ KeyRing }, { loadKeys }, { openAnalysis, openCaptureSet }, { readCaptures }] = await Promise.all(
  [
    '/core/keys/key-ring.ts',
    '/core/node/load-keys.ts',
    '/core/node/open-analysis.ts',
    '/core/node/read-captures.ts',
  ].map((path) => server.ssrLoadModule(path)),
);

const keys = new KeyRing();
const { error } = loadKeys(keys, { keyFiles, passwords: [], keylogs: [], psks: [] });
if (error !== null) throw new Error(error);
const set = openCaptureSet([resolve(capture)]);
if (typeof set === 'string') throw new Error(set);
const analysis = openAnalysis(keys, set, { keepTexts: false, opener: null });
await readCaptures(analysis, set, { cancelled: () => false, pause: null });

const { structure, opening } = analysis;
const frames = structure.frames.length;
console.log(
  `${frames} frames, ${structure.records.length} records, ${structure.conversations.length} conversations,` +
    ` ${structure.messages.length + opening.messages.length} SIP messages`,
);
const tables = {
  frames: structure.frames,
  records: structure.records,
  'spans of records': structure.spans,
  conversations: structure.conversations,
  'bodies of handshakes': structure.bodies,
  'structure, all': structure,
  'SIP messages': opening.messages,
  'their strings': opening.strings,
  'texts that cannot be derived again': opening.texts,
};
for (const [name, { byteLength }] of Object.entries(tables))
  console.log(
    `${name.padEnd(36)} ${megabytes(byteLength).padStart(9)} ${(byteLength / frames).toFixed(1).padStart(7)} bytes a frame`,
  );
globalThis.gc?.();
const { heapUsed, rss } = process.memoryUsage();
console.log(`JavaScript heap ${megabytes(heapUsed)}, process ${megabytes(rss)}`);
set.close();
await server.close();

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
