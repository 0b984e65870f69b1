import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

/**
 * Builds the page. Nothing is inline and nothing is evaluated, so that it runs under
 * `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-…'`.
 * In mode `fake` the page is given a made-up bridge first, to be developed and looked at without an analysis.
 */
export default defineConfig(({ mode }): UserConfig => {
  const fake = mode === 'fake';
  return {
    root: here('.'),
    base: './',
    publicDir: here('public'),
    plugins: [react(), ...(fake ? [withFakeBridge()] : [])],
    build: {
      outDir: here(fake ? '../dist/renderer-fake' : '../dist/renderer'),
      emptyOutDir: true,
      target: 'es2023',
      // Small files become data: addresses only where the policy allows them: images, never scripts or fonts.
      assetsInlineLimit: (file) => file.endsWith('.svg'),
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2000,
    },
    server: { host: '127.0.0.1', fs: { allow: [here('..')] } },
  };
});

function withFakeBridge(): Plugin {
  return {
    name: 'sipher-fake-bridge',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) =>
        html.replace(
          '<script type="module"',
          '<script type="module" src="../test/renderer/fake-bridge.ts"></script>\n    <script type="module"',
        ),
    },
  };
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
