import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Presets, SingleBar } from "cli-progress";
import { StartError } from "../../collector/src/config.ts";
import { ClickHouseError } from "../../collector/src/store/client.ts";
import { type Built, buildFleet } from "./build.ts";
import { FleetError } from "./directory.ts";
import { DAY, LIMITS, midnight, parseDay } from "./options.ts";

const HELP = `Fills a data directory with a made-up fleet of any size, so that the dashboard can be tried with it.

  npm run fleet -- [options]

  --installs N      how many installs (default 10,000)
  --days N          how many UTC days, up to 390 (default 365)
  --events N        how many detailed events, within 5% (default 1,000,000); never fewer than
                    installs need to introduce themselves
  --seed N          another fleet (default 1); the same options give the same fleet
  --until DAY       the last day, YYYY-MM-DD (default today, up to now)
  --app NAME        an app with a file in schemas/catalogues (default timetracker)
  --data DIR        where to (default .cache/fleet)
  --force           also where DIR holds data that this command did not make: it is deleted
  --no-merge        leave merging to the engine: sooner done, and slower to read at first
  --help            this text

1,000,000 installs and 100,000,000 events take some ten minutes and 20 GB, of which 5 stay.
ROLLCALL_ENGINE_MEMORY_BYTES is the engine's memory, as for a collector.
`;

const { values } = options();
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const now = Date.now();
const until = values.until === undefined ? midnight(now) : parseDay(values.until);
if (until === null || until > now) {
  refuse(`--until: found "${values.until}", allowed is a day up to today as YYYY-MM-DD`);
}
const asked = {
  app: values.app,
  installs: wholeNumber("installs"),
  days: wholeNumber("days"),
  events: wholeNumber("events"),
  seed: wholeNumber("seed"),
  until,
  cut: Math.min(now, until + DAY - 1),
};
const directory = resolve(values.data);

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => interrupted.abort());
}

const bar = new SingleBar(
  { format: "  {phase} {bar} {percentage}% | {duration_formatted}", hideCursor: true },
  Presets.shades_classic,
);
let phase = "";
try {
  const built = await buildFleet({
    ...asked,
    directory,
    force: values.force,
    merge: values.merge,
    signal: interrupted.signal,
    onProgress: show,
  });
  bar.stop();
  process.stdout.write(summary(built));
} catch (error) {
  bar.stop();
  const told = [FleetError, StartError, ClickHouseError].some((kind) => error instanceof kind);
  if (!told) throw error;
  process.stderr.write(`fleet: ${(error as Error).message}\n`);
  process.exitCode = 1;
}

function show(name: string, done: number, whole: number): void {
  if (name !== phase) {
    if (phase !== "") bar.stop();
    phase = name;
    bar.start(whole, done, { phase: name.padEnd(22) });
  } else bar.update(done);
}

function summary({ rows, seconds, bytes, engineBytes }: Built): string {
  const lines = Object.entries(rows).map(([table, count]) => [table, count.toLocaleString("en")]);
  const all = Object.values(rows).reduce((sum, count) => sum + count, 0);
  lines.push(
    ["rows a second", Math.round(all / seconds).toLocaleString("en")],
    ["seconds", seconds.toFixed(1)],
    ["on disk", `${(bytes / 1e6).toFixed(0)} MB`],
    ["engine's memory", `${(engineBytes / 1e6).toFixed(0)} MB at most`],
  );
  const table = lines.map(([name, value]) => `  ${name!.padEnd(16)} ${value!.padStart(14)}`);
  const below = relative(process.cwd(), directory);
  const shown = below.startsWith("..") ? directory : below || ".";
  return `${table.join("\n")}\n\n  ROLLCALL_DATA_DIR=${shown} npm start\n\n`;
}

function options() {
  try {
    return parseArgs({
      allowNegative: true,
      options: {
        installs: { type: "string", default: "10000" },
        days: { type: "string", default: "365" },
        events: { type: "string", default: "1000000" },
        seed: { type: "string", default: "1" },
        until: { type: "string" },
        app: { type: "string", default: "timetracker" },
        data: { type: "string", default: ".cache/fleet" },
        force: { type: "boolean", default: false },
        merge: { type: "boolean", default: true },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function wholeNumber(option: keyof typeof LIMITS): number {
  const [least, most] = LIMITS[option];
  const value = /^\d{1,15}$/.test(values[option]) ? Number(values[option]) : Number.NaN;
  if (value >= least && value <= most) return value;
  return refuse(
    `--${option}: found "${values[option]}", allowed is a whole number from ${least} to ${most}`,
  );
}

function refuse(message: string): never {
  process.stderr.write(`fleet: ${message}\n`);
  process.exit(2);
}
