import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createApp } from "./app.ts";

const manifest = new URL("package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };

const app = await createApp({
  dataDir: resolve(process.env.DATA_DIR || "data"),
  version: process.env.APP_VERSION || version,
  env: process.env,
});
const url = await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT || 5080) });
console.log(`Time tracker on ${url}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    // Ends requests under way and sends what waits, for two seconds at most.
    await app.close();
    process.exit(0);
  });
}
