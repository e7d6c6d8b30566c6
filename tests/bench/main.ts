import { parseArgs } from "node:util";
import { startCollector } from "../support/collector.ts";
import { cases, clientCases } from "./cases.ts";

const NAMES = [...Object.keys(clientCases), ...Object.keys(cases)].join(", ");
const HELP = `Measures an app with the built client, and a real collector with its embedded engine; one JSON line a
case, ratios from this very run.

  npm run bench -- [options]

  --case NAME   only this one: ${NAMES}
  --short       seconds instead of minutes: shows that it runs, its figures mean nothing
  --help        this text
`;

const { values } = parseArgs({
  options: {
    case: { type: "string" },
    short: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const isChosen = ([name]: [string, unknown]) => (values.case ?? name) === name;
const chosenOfClient = Object.entries(clientCases).filter(isChosen);
const chosen = Object.entries(cases).filter(isChosen);
if (chosenOfClient.length + chosen.length === 0) {
  console.error(`--case: found "${values.case}", allowed is one of ${NAMES}`);
  process.exit(2);
}
const effort = values.short
  ? { runs: 1, milliseconds: 200, samples: 2 }
  : { runs: 5, milliseconds: 3_000, samples: 40 };

const print = (name: string, figures: object) =>
  console.log(JSON.stringify({ case: name, ...figures }));

for (const [name, measure] of chosenOfClient) print(name, await measure(effort));
if (chosen.length > 0) {
  const collector = await startCollector({
    env: { CLICKHOUSE_URL: undefined, ROLLCALL_LOG_LEVEL: "warn" },
  });
  try {
    for (const [name, measure] of chosen) print(name, await measure(collector, effort));
  } finally {
    await collector.stop();
  }
}
