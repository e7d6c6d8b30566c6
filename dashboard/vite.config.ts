import { defineConfig } from "vite";
import { precompress } from "./precompress.ts";

/**
 * What several pages draw with is one file of its own: without a rule every pair of pages would share
 * another handful of small ones.
 */
const SHARED = [
  { name: "preact", test: /node_modules\/preact/ },
  { name: "uplot", test: /node_modules\/uplot/ },
];

/** A page's file wears the page's name, as the size budgets ask for it. */
function chunkFileNames({
  name,
  facadeModuleId,
}: {
  name: string;
  facadeModuleId?: string | null;
}) {
  const page = /\/pages\/([a-z-]+)\/index\.tsx$/.exec(facadeModuleId ?? "")?.[1];
  return page ? `assets/page-${page}-[hash].js` : `assets/${name}-[hash].js`;
}

export default defineConfig({
  plugins: [precompress()],
  build: {
    target: "es2023",
    // The content security policy allows no data: URLs and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rolldownOptions: { output: { chunkFileNames, codeSplitting: { groups: SHARED } } },
  },
  server: {
    // `npx vite dashboard` beside a running collector.
    proxy: { "/api": "http://127.0.0.1:4318" },
  },
});
