/**
 * Compiles the kernels (AssemblyScript, *.as) to WebAssembly and writes each as base64 into a TypeScript file beside it. The results are committed: nobody needs this who does not change a kernel.
 *
 *   node scripts/build-kernels.mjs [--check]      --check writes nothing and fails where a result would differ
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import asc from 'assemblyscript/asc';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const FOLDERS = ['core/crypto/kernels', 'core/app/sip', 'core/analysis/messages'].map((folder) =>
  join(ROOT, folder),
);
/** Those that work in another kernel's memory. */
const WITHOUT_MEMORY = ['line-writer'];

/** The kernels' names: their files without `.as`. */
export function kernelNames() {
  return FOLDERS.flatMap((folder) => readdirSync(folder))
    .filter((name) => name.endsWith('.as'))
    .map((name) => basename(name, '.as'))
    .sort();
}

/** The text of a kernel's generated file. The same source gives the same text. */
export async function compileKernel(name) {
  const source = readFileSync(join(folderOf(name), `${name}.as`), 'utf8');
  let wasm = null;
  const { error, stderr } = await asc.main(
    [
      `${name}.ts`,
      '--outFile',
      `${name}.wasm`,
      '-O2',
      '--noAssert',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--disable',
      'bulk-memory',
      ...(WITHOUT_MEMORY.includes(name) ? ['--importMemory'] : ['--initialMemory', '2']),
    ],
    {
      readFile: (file) => (basename(file) === `${name}.ts` ? source : null),
      writeFile: (file, contents) => {
        if (file.endsWith('.wasm')) wasm = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || wasm === null) throw new Error(`${name}.as: ${stderr.toString()}`);
  const lines =
    Buffer.from(wasm)
      .toString('base64')
      .match(/.{1,110}/g) ?? [];
  const constant = `${name.toUpperCase().replaceAll('-', '_')}_WASM`;
  const text = lines.map((line) => `  '${line}'`).join(' +\n');
  return `/** Made by scripts/build-kernels.mjs from ${name}.as: ${wasm.length} bytes of WebAssembly. */\nexport const ${constant} =\n${text};\n`;
}

/** The file that holds a compiled kernel. */
export function generatedFile(name) {
  return join(folderOf(name), `${name}.generated.ts`);
}

function folderOf(name) {
  const found = FOLDERS.find((folder) => existsSync(join(folder, `${name}.as`)));
  if (found === undefined) throw new Error(`There is no kernel called ${name}`);
  return found;
}

async function main() {
  const check = process.argv.includes('--check');
  let stale = 0;
  for (const name of kernelNames()) {
    const text = await compileKernel(name);
    if (!check) writeFileSync(generatedFile(name), text);
    else if (readFileSync(generatedFile(name), 'utf8') !== text) {
      process.stderr.write(`${name}.generated.ts is not what ${name}.as compiles to\n`);
      stale += 1;
    }
  }
  process.exitCode = stale === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
