import { createCollector } from "./app.ts";
import { banner } from "./banner.ts";
import { loadConfig, StartError } from "./config.ts";

const HELP = `Rollcall collector: receives OTLP/HTTP telemetry, enforces its schema, shows it on a dashboard.

  npm start

It takes no arguments; the environment configures it (docs/configuration.md lists everything):
  ROLLCALL_HOST            address to listen on          (127.0.0.1)
  ROLLCALL_PORT            ingest, API and dashboard     (4318)
  ROLLCALL_DASHBOARD_PORT  splits dashboard and API off  (unset)
  ROLLCALL_DATA_DIR        everything it keeps           (./data)
  ROLLCALL_INGEST_TOKENS   app:token[:rights],…          (generated)
  ROLLCALL_ADMIN_TOKEN     for the dashboard and the API (generated)
  CLICKHOUSE_URL           an external ClickHouse        (embedded)
`;

async function main(): Promise<void> {
  if (process.argv.includes("--help") || process.argv.includes("-h")) {
    process.stdout.write(HELP);
    return;
  }
  const config = loadConfig(process.env);
  const collector = await createCollector(config);
  process.stderr.write(banner(collector.secrets, collector.listening, config.dataDir));

  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) {
      // Asked twice: the person wants out. What was acknowledged is on disk.
      process.exit(1);
    }
    stopping = true;
    await collector.close(signal);
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

/** Bad configuration and a start that cannot succeed end in one line, not in a stack trace. */
main().catch((error: Error) => {
  process.stderr.write(`rollcall: ${error instanceof StartError ? error.message : error.stack}\n`);
  process.exit(1);
});
