import { defineConfig } from "vite";
import { precompress } from "./precompress.ts";

export default defineConfig({
  plugins: [precompress()],
  build: {
    target: "es2023",
    // The content security policy allows no data: URLs and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    // `npx vite dashboard` beside a running collector.
    proxy: { "/api": "http://127.0.0.1:4318" },
  },
});
