import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../support/collector.ts";
import type { Effort } from "./cases.ts";
import type { UsageResult, UsageTask } from "./client-overhead-load.ts";
import { type Figures, runSides, type Side, type Slice } from "./client-overhead-run.ts";
import { makeSeed } from "./client-overhead-seed.ts";
import { median, rounded } from "./measure.ts";
import { startWorker } from "./worker.ts";

const PEOPLE = 2;
/** About what a slice takes on a small machine; the sides take turns slice by slice. */
const SLICE_MS = 250;

/**
 * The example app with telemetry on and the collector dead, against the same app with telemetry off:
 * the same requests to both, each of which tracks an event. `control` is telemetry off once more, and
 * says how far two equal apps differ on this machine.
 */
export async function clientOverhead(effort: Effort): Promise<object> {
  const silent = await openSilentPort();
  const closed = `http://127.0.0.1:${await freePort()}`;
  const load = startWorker<UsageTask, UsageResult>("./client-overhead-load.ts");
  const home = mkdtempSync(join(tmpdir(), "rollcall-overhead-"));
  const off = { collector: closed, env: { ROLLCALL: "off" }, records: false };
  const sides: Side[] = [
    { name: "off", ...off },
    { name: "control", ...off },
    { name: "closedPort", collector: closed, env: {}, records: true },
    { name: "neverAnswers", collector: silent.url, env: {}, records: true },
  ];
  const slices = Math.ceil(effort.milliseconds / SLICE_MS);
  const runs: Record<string, Figures>[] = [];
  try {
    const seed = await makeSeed(join(home, "seed"), closed, PEOPLE);
    for (let run = 0; run < effort.runs; run += 1) {
      const directory = join(home, String(run));
      runs.push(await runSides({ sides, seed, directory, load, slices }));
    }
    if (silent.connections() === 0) throw new Error("the silent collector was never called");
  } finally {
    load.close();
    silent.close();
    rmSync(home, { recursive: true, force: true });
  }
  const lines = sides.map(({ name }) => [name, compare(runs, name)]);
  return { unit: "ms", ...Object.fromEntries(lines), runs: effort.runs };
}

/** Ratios are to telemetry off: of each slice to the slice beside it, of CPU by run; then the median. */
function compare(runs: Record<string, Figures>[], name: string): object {
  const slices = runs.flatMap((sides) => sides[name]!.slices);
  const beside = runs.flatMap((sides) => sides.off!.slices);
  const middle = (figure: keyof Slice) => median(slices.map((slice) => slice[figure]));
  const ratio = (figure: keyof Slice) =>
    rounded(median(slices.map((slice, at) => slice[figure] / beside[at]![figure])));
  const ratioCpu = rounded(median(runs.map((sides) => sides[name]!.cpu / sides.off!.cpu)));
  return {
    ...(name === "off" ? {} : { ratio: ratio("p50"), ratioP95: ratio("p95"), ratioCpu }),
    p50: rounded(middle("p50")),
    p95: rounded(middle("p95")),
    requestsPerSecond: Math.round(middle("requestsPerSecond")),
    cpu: rounded(median(runs.map((sides) => sides[name]!.cpu))),
    residentMB: Math.round(median(runs.map((sides) => sides[name]!.residentMB))),
  };
}

/** Accepts every connection, takes what comes and never says a word. */
async function openSilentPort() {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).once("close", () => sockets.delete(socket));
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => connections,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
