import { parseArgs } from "node:util";
import { startCollector } from "../support/collector.ts";
import { cases } from "./cases.ts";

const HELP = `Measures a real collector with its embedded engine; one JSON line a case, ratios from this very run.

  npm run bench -- [options]

  --case NAME   only this one: ${Object.keys(cases).join(", ")}
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
const chosen = Object.entries(cases).filter(([name]) => (values.case ?? name) === name);
if (chosen.length === 0) {
  console.error(
    `--case: found "${values.case}", allowed is one of ${Object.keys(cases).join(", ")}`,
  );
  process.exit(2);
}
const effort = values.short
  ? { runs: 1, milliseconds: 200, samples: 2 }
  : { runs: 5, milliseconds: 3_000, samples: 40 };

const collector = await startCollector({
  env: { CLICKHOUSE_URL: undefined, ROLLCALL_LOG_LEVEL: "warn" },
});
try {
  for (const [name, measure] of chosen) {
    console.log(JSON.stringify({ case: name, ...(await measure(collector, effort)) }));
  }
} finally {
  await collector.stop();
}
