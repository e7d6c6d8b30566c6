/**
 * An app that is going to be killed: it tracks numbered events and says on its standard output which
 * it has recorded. `APP_DATA`, `APP_ENDPOINT`, `APP_TOKEN`, `APP_FROM`; with `APP_LAST` it sends what
 * is left and ends.
 */
import { createRollcall, type SinkState } from "@rollcall/client";

const { APP_DATA = "", APP_ENDPOINT = "", APP_TOKEN = "", APP_FROM = "0", APP_LAST } = process.env;

const rollcall = createRollcall({
  app: "sandbox",
  version: "1.0.0",
  dataDir: APP_DATA,
  endpoint: APP_ENDPOINT,
  token: APP_TOKEN,
  env: {},
  delivery: {
    flushAfterMs: 20,
    batchRecords: 20,
    retry: { baseMs: 10, capMs: 100 },
    pauseMs: 50,
    claimMs: 5_000,
  },
});
rollcall.optIn("administrator");

if (APP_LAST) {
  // What a process that was killed had claimed is free again after a while.
  const deadline = Date.now() + Number(APP_LAST);
  const waits = ({ queue, base }: SinkState) => queue.records > 0 || base.firstSeenSentAt === null;
  while (waits(rollcall.state().sinks[0]!) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { left } = await rollcall.close({ deadline: 5_000 });
  console.log(JSON.stringify({ left, installId: rollcall.state().identity?.installId }));
} else {
  let number = Number(APP_FROM);
  setInterval(() => {
    for (let i = 0; i < 5; i += 1) {
      rollcall.track("timer.started", { project_id: number });
      console.log(String(number));
      number += 1;
    }
  }, 2);
}
