import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// Where `npm run dev` finds a running gateway.
const gateway = process.env.VENDGRAPH_URL ?? 'http://127.0.0.1:8080';

/** Leaves every asset compressed, `name.js.gz`, as it goes into the binary and out of it: nothing is compressed to serve it. */
const compressed: Plugin = {
  name: 'compressed-assets',
  apply: 'build',
  async writeBundle({ dir }, files) {
    const assets = Object.keys(files).filter((name) => name.startsWith('assets/'));
    for (const asset of assets.map((name) => join(dir ?? '', name))) {
      await writeFile(`${asset}.gz`, gzipSync(await readFile(asset), { level: 9 }));
      await rm(asset);
    }
  },
};

export default defineConfig({
  base: '/',
  plugins: [react(), compressed],
  resolve: { dedupe: ['graphql', 'react', 'react-dom'] },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // Every asset is a file of its own: the pages' Content-Security-Policy need not allow more `data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Monaco, the editor within GraphiQL, is this big.
    chunkSizeWarningLimit: 4096,
    rolldownOptions: {
      // One entry per page; the server answers GET /graphiql with graphiql.html, and /dashboard likewise.
      input: { graphiql: 'graphiql.html', dashboard: 'dashboard.html' },
      // GraphiQL's own modules say "use no memo" to a compiler that is not used here.
      checks: { moduleLevelDirective: false },
    },
  },
  // Its imports with `?worker` are Vite's own business, not that of what bundles dependencies for `npm run dev`.
  optimizeDeps: { exclude: ['@graphiql/react/setup-workers/vite'] },
  server: {
    proxy: { '/graphql': { target: gateway, ws: true, changeOrigin: true } },
  },
  test: { include: ['src/**/*.test.ts'] },
});
