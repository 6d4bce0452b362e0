import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Where `npm run dev` finds a running gateway.
const gateway = process.env.VENDGRAPH_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/',
  plugins: [react()],
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
