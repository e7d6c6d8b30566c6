import { parseArgs } from "node:util";
import { SIGNALS } from "../support/otlp.ts";
import { scenarios } from "./scenarios.ts";
import { openStage } from "./stage.ts";

const HELP = `Kills collector and engine under load and compares what was acknowledged with what is stored.

  npm run chaos -- [options]

  --rounds N       how many rounds, spread over the scenarios (default 100)
  --scenario TEXT  only scenarios whose name contains TEXT
  --help           this text

Ends with 1 when a record was lost, doubled or stored although it was refused.
`;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "100" },
    scenario: { type: "string", default: "" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100_000) {
  console.error(`--rounds: found "${values.rounds}", allowed is a whole number from 1 to 100000`);
  process.exit(2);
}
const chosen = scenarios.filter((scenario) => {
  if (!scenario.name.includes(values.scenario)) return false;
  const missing = scenario.missing();
  if (missing !== null) console.log(`left out: ${scenario.name}: ${missing}`);
  return missing === null;
});
if (chosen.length === 0) {
  console.error(`--scenario: no scenario that can be played has "${values.scenario}" in its name`);
  process.exit(2);
}

const stage = await openStage();
let failures = 0;
const records = { logs: 0, traces: 0, metrics: 0 };
try {
  for (let number = 1; number <= rounds; number += 1) {
    const scenario = chosen[(number - 1) % chosen.length]!;
    const began = performance.now();
    try {
      const { stored, signals } = await scenario.play(stage);
      for (const signal of SIGNALS) records[signal] += signals[signal];
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.log(`${number}/${rounds} ok ${stored} records in ${seconds} s: ${scenario.name}`);
    } catch (error) {
      failures += 1;
      console.log(`${number}/${rounds} FAILED: ${scenario.name}\n${(error as Error).message}`);
    }
  }
} finally {
  await stage.close();
}
const { logs, traces, metrics } = records;
console.log(
  `${rounds - failures} rounds clean, ${failures} failed; compared: ${logs} events, ${traces} spans, ${metrics} data points`,
);
process.exitCode = failures === 0 ? 0 : 1;
