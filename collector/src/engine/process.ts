import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { openDatabase } from "./database.ts";
import { execute } from "./execute.ts";
import { createGate } from "./gate.ts";
import { openIncoming } from "./incoming.ts";
import { DATABASE_FOLDER, type FromEngine, type ToEngine } from "./messages.ts";
import { readerLimits } from "./reader.ts";
import { trackStatements } from "./running.ts";
import { createEngineServer } from "./server.ts";

// The engine process: chDB behind ClickHouse's HTTP interface. The collector forks it, sends it
// one "start" message, and talks HTTP with it from then on.

const STOP_DEADLINE_MS = 10_000;
const STATUS_EVERY_MS = 2_000;

/** Ends at once and without clean-up, which would wait for running queries. The data survives it. */
const end = (): never => {
  process.kill(process.pid, "SIGKILL");
  throw new Error("unreachable");
};

// Without a collector nobody may hold the data directory, even while a query runs.
process.once("disconnect", end);
if (!process.connected) end();
// Ctrl-C reaches the whole process group; the collector decides when its engine stops.
process.on("SIGINT", () => {});

const tell = (message: FromEngine): void => {
  if (process.connected) process.send?.(message);
};

let stop: () => void = end;
process.once("SIGTERM", () => stop());
process.on("message", (message: ToEngine) => {
  if (message.type === "stop") stop();
  else start(message);
});

function start({ directory, memoryBytes, secrets }: Extract<ToEngine, { type: "start" }>): void {
  let database: ReturnType<typeof openDatabase>;
  try {
    database = openDatabase(join(directory, DATABASE_FOLDER), memoryBytes);
  } catch (error) {
    tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
    return;
  }
  const status = (): void =>
    tell({ type: "status", running: running.count(), rssBytes: process.memoryUsage.rss() });
  const running = trackStatements(status);
  setInterval(status, STATUS_EVERY_MS).unref();
  const parts = {
    database,
    running,
    incoming: openIncoming(directory),
    gates: { owner: createGate(8, 200), reader: createGate(3, 20) },
    readerLimits: readerLimits(memoryBytes),
  };
  let stopping = false;
  const probe = { sql: "SELECT 1", format: "Null", database: "", settings: {}, params: {} };
  const server = createEngineServer({
    secrets,
    execute: (arrival) => execute(parts, arrival),
    async healthy() {
      // A statement that runs long is no reason for alarm; one that cannot start is.
      if (!stopping && running.count() === 0) await database.run({ ...probe, mark: "ping" });
      return !stopping;
    },
  });
  stop = () => {
    if (stopping) return;
    stopping = true;
    server.close();
    server.closeIdleConnections();
    setTimeout(end, STOP_DEADLINE_MS).unref();
    void running.drained().then(() => {
      server.closeAllConnections();
      database.close();
      end();
    });
  };
  server.listen(0, "127.0.0.1", () => {
    tell({ type: "ready", port: (server.address() as AddressInfo).port });
  });
}
