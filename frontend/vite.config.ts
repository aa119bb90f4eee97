import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const backend = process.env['RADICULA_BACKEND'] ?? 'http://127.0.0.1:8000';

export default defineConfig(({ command }) => ({
  // Django with whitenoise serves dist/ under /static/ and dist/index.html for every page address.
  base: command === 'build' ? '/static/' : '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    manifest: true,
    sourcemap: false,
    // The strict CSP allows no data: scripts or fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // echarts, the largest of the lazy chunks, has 640 kB.
    chunkSizeWarningLimit: 700,
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
