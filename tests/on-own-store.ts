import { spawn } from "node:child_process";
import { once } from "node:events";
import { openOwnStore } from "./support/own-store.ts";

/**
 * Runs the integration suite against a store that no collector owns, by `CLICKHOUSE_URL`: the way of
 * an external server. Without a server at hand, the embedded engine on its own stands in for one.
 *
 *   npm run test:server
 *   CLICKHOUSE_URL=http://user:password@host:8123 npm run test:server
 */
const given = process.env.CLICKHOUSE_URL;
const store = given ? null : await openOwnStore();
console.log(given ? "On the server at CLICKHOUSE_URL" : "On the embedded engine, run as a server");
const suite = spawn("vitest", ["run", "tests/integration"], {
  env: { ...process.env, CLICKHOUSE_URL: given ?? store?.clickhouseUrl },
  stdio: "inherit",
});
const [code] = await once(suite, "exit");
await store?.close();
process.exitCode = code ?? 1;
