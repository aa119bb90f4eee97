import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const here = import.meta.dirname;

/** The pages that `make bench ARGS=viewer` measures the viewer against; no part of the product. */
export default defineConfig({
  root: here,
  base: './',
  resolve: { alias: { xmlbuilder2: resolve(here, 'xmlbuilder2.ts') } },
  build: { target: 'es2022', chunkSizeWarningLimit: 9000, emptyOutDir: true },
  worker: { format: 'es' },
});
