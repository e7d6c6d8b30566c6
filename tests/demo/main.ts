import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { Presets, SingleBar } from "cli-progress";
import { count, loaded } from "../support/api.ts";
import { startCollector } from "../support/collector.ts";
import { createFleet } from "./fleet.ts";
import { goLive } from "./live.ts";
import { playHistory } from "./play.ts";
import { createSender } from "./send.ts";
import { playSignals } from "./signals.ts";

const HELP = `Starts a collector with a made-up fleet in it, so that the dashboard has something to show.

  npm run demo -- [options]

  --installs N   how many installs (default 2000)
  --days N       how many days of history, today included (default 90)
  --seed N       another fleet (default 1); the same seed gives the same fleet
  --port N       the collector's port (default 4318)
  --keep DIR     keep the data in DIR; a later start with the same DIR plays no history again
  --no-live      end once the history is stored, instead of sending on until Ctrl-C
  --help         this text
`;

const { values } = parseArgs({
  allowNegative: true,
  options: {
    installs: { type: "string", default: "2000" },
    days: { type: "string", default: "90" },
    seed: { type: "string", default: "1" },
    port: { type: "string", default: "4318" },
    keep: { type: "string" },
    live: { type: "boolean", default: true },
    help: { type: "boolean", default: false },
  },
});

function wholeNumber(option: "installs" | "days" | "seed" | "port", max: number): number {
  const value = Number(values[option]);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  console.error(
    `--${option}: found "${values[option]}", allowed is a whole number from 1 to ${max}`,
  );
  process.exit(2);
}

if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const [installs, days] = [wholeNumber("installs", 100_000), wholeNumber("days", 730)];
const [seed, port] = [wholeNumber("seed", 2 ** 31 - 1), wholeNumber("port", 65_535)];
const dataDir = values.keep === undefined ? undefined : resolve(values.keep);
if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => interrupted.abort());
}

const collector = await startCollector({
  port,
  // Ctrl-C is for this process, which then ends the collector in order.
  detached: true,
  env: { CLICKHOUSE_URL: undefined, ROLLCALL_LOG_LEVEL: "warn" },
  ...(dataDir === undefined ? {} : { dataDir }),
}).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
try {
  const began = Date.now();
  const fleet = createFleet({ installs, days, seed, now: began });
  const sender = createSender(collector.url, collector.tokens.backfill);
  if ((await count(collector, "SELECT count() FROM heartbeats")) === 0) {
    console.log(`Playing ${days} days of ${installs} installs through ${collector.url}/v1/logs`);
    const bar = new SingleBar(
      { format: "  {bar} {value}/{total} days, {records} records", hideCursor: true },
      Presets.shades_classic,
    );
    bar.start(days, 0, { records: 0 });
    const stopped = new Error("stopped");
    await playHistory(fleet, days, sender, undefined, (done, records) => {
      bar.update(done, { records });
      if (interrupted.signal.aborted) throw stopped;
    })
      .catch((error: unknown) => {
        if (error !== stopped) throw error;
      })
      .finally(() => bar.stop());
    const signals = await playSignals(collector, fleet, { days, seed, now: began });
    await loaded(collector, 120_000);
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    console.log(`${sender.acknowledged()} records acknowledged and stored in ${seconds} s`);
    console.log(
      `${signals.spans} spans and ${signals.exports} exports of metrics of the app itself`,
    );
    for (const reason of new Set(sender.refused())) console.log(`  refused: ${reason}`);
  }
  console.log(`\n  Dashboard  ${collector.url}/#token=${collector.tokens.admin}\n`);
  if (values.live && !interrupted.signal.aborted) {
    console.log("Sending live until Ctrl-C.");
    await goLive(fleet, days, sender, interrupted.signal);
  }
  sender.close();
} finally {
  await collector.stop();
}
