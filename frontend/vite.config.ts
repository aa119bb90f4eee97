import react from '@vitejs/plugin-react';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;
const backend = process.env['RADICULA_BACKEND'] ?? 'http://127.0.0.1:8000';

export default defineConfig(({ command }) => ({
  // Django with whitenoise serves dist/ under /static/ and dist/index.html for every page address.
  base: command === 'build' ? '/static/' : '/',
  resolve: {
    // vtk.js pulls xmlbuilder2 in for its XML writers; it dies at start-up in a browser, and nothing here writes XML.
    alias: { xmlbuilder2: resolve(root, 'src/viewer/stubs/xmlbuilder2.ts') },
  },
  plugins: [react()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    manifest: true,
    sourcemap: false,
    // The strict CSP allows no data: scripts or fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // cornerstone (about 1 MB gzip) and echarts are lazy chunks; the entry stays far below this.
    chunkSizeWarningLimit: 4500,
  },
  worker: { format: 'es' },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/monailabel', '/healthz', '/readyz'].map((path) => [path, { target: backend }]),
    ),
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
  },
}));
