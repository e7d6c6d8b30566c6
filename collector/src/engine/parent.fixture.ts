import { createStore } from "../store/client.ts";
import { superviseEngine } from "./supervise.ts";

/*
 * A program for supervise.test.ts: holds an engine, with a long query running in mode "busy", says
 * its process id and waits to be killed.
 */

const [directory = "", mode] = process.argv.slice(2);
const log = { info() {}, warn() {}, error() {} };
const engine = await superviseEngine({ directory, memoryBytes: 1e9, log, lockWaitMs: 0 });
if (mode === "busy") {
  const store = createStore({ engine });
  for (let i = 0; i < 3; i++) void store.query("SELECT count() FROM numbers(100000000000000)");
  await new Promise((resolve) => setTimeout(resolve, 500));
}
process.stdout.write(`${engine.pid()}\n`);
setInterval(() => {}, 1000);
