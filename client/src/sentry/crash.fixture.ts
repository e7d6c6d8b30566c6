import { createRollcall } from "../index.ts";
import { createSentry } from "./index.ts";

// An app that opted in, and falls over: run with its data directory and a DSN.
const [, , dataDir = "", endpoint = "", dsn = ""] = process.argv;
const rollcall = createRollcall({
  app: "timetracker",
  version: "5.10.0",
  dataDir,
  endpoint,
  token: "secret",
  env: { SENTRY_DSN: dsn, ENABLE_TELEMETRY: "true" },
  baseTelemetry: "off",
});
// A machine that runs other tests too may be slow.
await createSentry(rollcall, { options: { shutdownTimeout: 20_000 } }).settled();

function fallOver(): never {
  throw new RangeError("the invoice of ann@example.org");
}
setTimeout(fallOver, 1);
