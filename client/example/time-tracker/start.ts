// Starts this app together with a collector to send to: `npm run example`.
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Child, freePort, startChild } from "./child.ts";

const HELP = `Starts the example time tracker and a collector for it.

  npm run example

  PORT                         the app's port                        (5080, or a free one)
  DATA_DIR                     where both keep their data            (./data/example)
  ROLLCALL_EXAMPLE_COLLECTOR   url,token of a collector that runs already; none is started then
`;

interface Destination {
  url: string;
  token: string;
  /** Link to the dashboard that signs in; null where the collector is somebody else's. */
  dashboard: string | null;
}

const root = fileURLToPath(new URL("../../..", import.meta.url));
const dataDir = resolve(process.env.DATA_DIR || "data/example");
const children: Child[] = [];
let stopping = false;

async function startCollector(): Promise<Destination> {
  const token = randomBytes(24).toString("base64url");
  const adminToken = randomBytes(24).toString("base64url");
  const port = await freePort(4318);
  const url = `http://127.0.0.1:${port}`;
  const keep = resolve(dataDir, "collector");
  mkdirSync(keep, { recursive: true });
  const collector = startChild(
    "the collector",
    ["--conditions=rollcall-source", resolve(root, "collector/src/main.ts")],
    {
      ROLLCALL_PORT: String(port),
      ROLLCALL_DATA_DIR: keep,
      // With the right to send what says no install, for whoever puts a stock SDK beside it.
      ROLLCALL_INGEST_TOKENS: `timetracker:${token}:unattributed`,
      ROLLCALL_ADMIN_TOKEN: adminToken,
      ROLLCALL_LOG_LEVEL: "warn",
    },
  );
  children.push(collector);
  await collector.ready(`${url}/readyz`);
  return { url, token, dashboard: `${url}/#token=${adminToken}` };
}

function givenCollector(given: string): Destination {
  const comma = given.lastIndexOf(",");
  const [url, token] = [given.slice(0, comma), given.slice(comma + 1)];
  if (comma < 1 || token === "" || !URL.canParse(url)) {
    // The value may hold a token, so it is not repeated.
    throw new Error(
      "ROLLCALL_EXAMPLE_COLLECTOR: found something else, allowed is url,token such as http://127.0.0.1:4318,secret",
    );
  }
  return { url, token, dashboard: null };
}

async function startApp({ url, token, dashboard }: Destination): Promise<string> {
  const port = await freePort(Number(process.env.PORT || 5080));
  const app = startChild("the app", [fileURLToPath(new URL("main.ts", import.meta.url))], {
    PORT: String(port),
    DATA_DIR: resolve(dataDir, "app"),
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_TOKEN: token,
    // A collector that is somebody else's may take events alone.
    ...(dashboard === null ? {} : { TRACES: "on" }),
  });
  // In front: the app ends first and still has somewhere to send its last events to.
  children.unshift(app);
  await app.ready(`http://127.0.0.1:${port}/privacy`);
  return `http://127.0.0.1:${port}`;
}

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  for (const child of children) await child.stop();
  process.exit(code);
}

async function main(): Promise<void> {
  if (process.argv.includes("--help")) {
    process.stdout.write(HELP);
    return;
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop(0));
  const given = process.env.ROLLCALL_EXAMPLE_COLLECTOR;
  const destination = given ? givenCollector(given) : await startCollector();
  const url = await startApp(destination);
  console.log(`
  Time tracker  ${url}
  Dashboard     ${destination.dashboard ?? destination.url}
  Data          ${dataDir}

Ctrl-C stops everything.`);
  const ended = await Promise.race(children.map((child) => child.ended));
  throw new Error(`${ended} ended by itself`);
}

main().catch(async (error: Error) => {
  // A child that ends because it was told to is no fault.
  if (!stopping) console.error(`example: ${error.message}`);
  await stop(1);
});
