import { defaultClientConditions, defineConfig } from "vite";
import { precompress } from "./precompress.ts";

/**
 * Code that many share is put together by hand: left alone, every pair of pages would share another
 * handful of small files. Charts that a page or two draw come with the page.
 */
const SPECIAL = "funnel-steps|heat-table|histogram|small-multiples|csv|paint|png";
/** What the report takes from the dashboard must not bring the charts along. */
const OF_REPORT = "save|data-table|use-overflow";
const SHARED = [
  { name: "preact", test: /node_modules\/preact|vite\/preload-helper/, priority: 2 },
  {
    name: "frame",
    test: new RegExp(
      `/src/(?:(?:api|format|shell|state)/|text/shell|card/(?:${OF_REPORT})\\.)[^/]*$`,
    ),
    minShareCount: 2,
    priority: 1,
  },
  {
    name: "shared",
    test: new RegExp(
      `/src/(?:card|chart|pages/footprint)/(?!${SPECIAL})[^/]+\\.tsx?$|/schemas/src/versions\\.ts$`,
    ),
    minShareCount: 2,
  },
  { name: "uplot", test: /node_modules\/uplot.*\.m?js$/ },
];

/**
 * Names files so that the size budgets can tell them apart: `page-…` and `part-…` are fetched when they
 * are first needed, all others when the dashboard opens.
 */
function chunkFileNames({ name, isDynamicEntry, facadeModuleId }: ChunkInfo) {
  const source = /\/src\/(.+)\.tsx?$/.exec(facadeModuleId ?? "")?.[1];
  if (!isDynamicEntry || !source) return `assets/${name}-[hash].js`;
  const page = /^pages\/([a-z-]+)\/index$/.exec(source)?.[1];
  return page ? `assets/page-${page}-[hash].js` : `assets/part-${name}-[hash].js`;
}

interface ChunkInfo {
  name: string;
  isDynamicEntry: boolean;
  facadeModuleId?: string | null;
}

const page = (name: string) => new URL(name, import.meta.url).pathname;

export default defineConfig({
  plugins: [precompress()],
  // The dashboard is built before the packages are, where it is started from the sources.
  resolve: { conditions: ["rollcall-source", ...defaultClientConditions] },
  build: {
    target: "es2023",
    // The content security policy allows no data: URLs and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    // What each page loads, for the budgets of .size-limit.js.
    manifest: true,
    rolldownOptions: {
      // The report is a page of its own, without the dashboard: public pages and share links.
      input: [page("index.html"), page("report.html")],
      output: {
        chunkFileNames,
        codeSplitting: { groups: SHARED, includeDependenciesRecursively: false },
      },
    },
  },
  server: {
    // `npx vite dashboard` beside a running collector.
    proxy: { "/api": "http://127.0.0.1:4318" },
  },
});
