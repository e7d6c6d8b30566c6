import { parseArgs } from "node:util";
import { startCollector, UNBOUNDED } from "../support/collector.ts";
import { cases, clientCases } from "./cases.ts";
import { ALL_SIZES, type Size } from "./query/fleets.ts";
import { benchQueries, QUERY } from "./query/main.ts";
import { queryCases } from "./query/run.ts";

const QUERIES = queryCases({ cut: new Date() }).map(({ name }) => QUERY + name);
const NAMES = [...Object.keys(clientCases), ...Object.keys(cases), ...QUERIES];
const DEFAULT_SIZES = "10k,100k,1m";
const HELP = `Measures an app with the built client, a real collector with its embedded engine, and the questions of the
dashboard on fleets of several sizes; one JSON line a case, ratios from this very run.

  npm run bench -- [options]

  --case LIST      only these, or those whose names begin so (query-):
                   ${NAMES.join(", ")}
  --short          seconds instead of minutes: shows that it runs, its figures mean nothing
  --sizes LIST     fleets that questions are asked of (default ${DEFAULT_SIZES}; also 1k). Installs; there are a
                   hundred events each. They are kept in .cache/fleet-<size> and made where missing:
                   the largest takes 15 minutes and 20 GB, of which 5 stay
  --data SIZE=DIR  a fleet that is there already, such as 1m=/data/fleet; it is not changed
  --rounds N       how often each question is asked (default 20)
  --no-ingest      questions only on a quiet machine, not while 5,000 events a second come in, too
  --no-plain       without the plain queries, which take most of the time
  --help           this text

Beside each question: the same answer by the plain query over records (plain), which is compared, and the mere
reading of the columns (scan).
`;

const { values } = parseArgs({
  allowNegative: true,
  options: {
    case: { type: "string", default: "" },
    short: { type: "boolean", default: false },
    sizes: { type: "string" },
    data: { type: "string", multiple: true, default: [] },
    rounds: { type: "string", default: "20" },
    ingest: { type: "boolean", default: true },
    plain: { type: "boolean", default: true },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const asked = values.case.split(",");
const isChosen = (name: string) =>
  asked.some((part) => (NAMES.includes(part) ? name === part : name.startsWith(part)));
if (!NAMES.some(isChosen)) {
  refuse(
    `--case: found "${values.case}", allowed is one of ${NAMES.join(", ")}, or how some begin`,
  );
}
const sizes = (values.sizes ?? (values.short ? "1k" : DEFAULT_SIZES)).split(",") as Size[];
if (!sizes.every((size) => ALL_SIZES.includes(size))) {
  refuse(`--sizes: found "${values.sizes}", allowed is a comma list of ${ALL_SIZES.join(", ")}`);
}
const data = new Map(values.data.map((pair) => pair.split("=", 2) as [string, string]));
for (const [size, directory] of data) {
  if (!ALL_SIZES.includes(size as Size) || directory === undefined) {
    refuse(`--data: found "${size}", allowed is SIZE=DIR such as 1m=/data/fleet`);
  }
}
const rounds = values.short ? 1 : Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  refuse(`--rounds: found "${values.rounds}", allowed is a whole number from 1`);
}
const effort = values.short
  ? { runs: 1, milliseconds: 200, samples: 2 }
  : { runs: 5, milliseconds: 3_000, samples: 40 };

const print = (name: string, figures: object) =>
  console.log(JSON.stringify({ case: name, ...figures }));

for (const [name, measure] of Object.entries(clientCases)) {
  if (isChosen(name)) print(name, await measure(effort));
}
const chosen = Object.entries(cases).filter(([name]) => isChosen(name));
if (chosen.length > 0) {
  const collector = await startCollector({
    env: { CLICKHOUSE_URL: undefined, ROLLCALL_LOG_LEVEL: "warn", ...UNBOUNDED },
  });
  try {
    for (const [name, measure] of chosen) print(name, await measure(collector, effort));
  } finally {
    await collector.stop();
  }
}
if (QUERIES.some(isChosen)) {
  await benchQueries({
    ...{ sizes, data, isChosen, print },
    efforts: (size) => ({
      ...{ rounds, plain: values.plain },
      // A plain query takes minutes there.
      yardsticks: values.short || size === "1m" ? 0 : 3,
    }),
    besideIngest: values.ingest && !values.short ? rounds : 0,
  });
}

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}
