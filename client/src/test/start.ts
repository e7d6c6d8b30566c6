import { onTestFinished } from "vitest";
import { createRollcall, type Rollcall, type RollcallOptions } from "../index.ts";
import { catalogue } from "./catalogue.ts";
import { type Answer, listen, ok, type TestServer } from "./server.ts";
import { createLog, temporaryDirectory } from "./support.ts";

type Options = Partial<RollcallOptions<typeof catalogue>>;

/** Delivery without the patience that a real network needs. */
export const quick = {
  flushAfterMs: 5,
  pauseMs: 10,
  timeoutMs: 5_000,
  retry: { tries: 2, baseMs: 1, capMs: 5 },
};

export interface Started {
  rollcall: Rollcall<typeof catalogue>;
  log: ReturnType<typeof createLog>;
  dataDir: string;
}

/** A client as an app would create it, closed after the test. */
export function start(endpoint: string | undefined, options: Options = {}): Started {
  const log = createLog();
  const dataDir = options.dataDir ?? temporaryDirectory();
  const rollcall = createRollcall({
    app: "timetracker",
    version: "5.10.0",
    dataDir,
    endpoint,
    token: "secret",
    catalogue,
    logger: log,
    env: {},
    delivery: quick,
    ...options,
  });
  onTestFinished(async () => void (await rollcall.close({ deadline: 0 })));
  return { rollcall, log, dataDir };
}

/** A server that is closed after the test. */
export async function serve(answer: Answer = ok): Promise<TestServer> {
  const server = await listen(answer);
  onTestFinished(() => server.close());
  return server;
}
