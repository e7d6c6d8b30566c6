import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createRollcall, type DeliveryOptions, type Rollcall } from "@rollcall/client";
import { onTestFinished } from "vitest";
import { parseBatchName } from "../../client/src/delivery/batch-name.ts";
import { count, loaded } from "./api.ts";
import type { Collector } from "./collector.ts";
import { type FaultyCollector, openFaultyCollector } from "./faulty-collector.ts";
import type { Answer, Order } from "./outage-app.ts";
import { waitFor } from "./processes.ts";

/** Bounds what goes wrong, and what a busy machine takes; nothing is measured by the clock. */
export const PATIENCE_MS = 60_000;

/** Delivery without the patience that a real network needs. */
export const quick: DeliveryOptions = {
  flushAfterMs: 20,
  pauseMs: 20,
  timeoutMs: 1_000,
  claimMs: 3_000,
  retry: { tries: 2, baseMs: 5, capMs: 20 },
};

/** A door to the collector that can fail, and the clients behind it. All is gone after the test. */
export interface Outage {
  front: FaultyCollector;
  dataDir: string;
  /** A client in this process that has sent its first event: what follows is the outage's. */
  startClient(delivery?: DeliveryOptions): Promise<Rollcall>;
  /** An app of its own with a heap of 96 MiB. Several of one test are one install. */
  startApp(delivery?: DeliveryOptions): App;
  /** Records that wait on disk. */
  onDisk(): number;
}

export interface App {
  pid: number;
  /** Rejects when the app has ended, by a fault of the client's say. */
  ask(order: Order): Promise<Answer>;
  /** Waits until it has sent so many records. */
  sends(records: number): Promise<void>;
  /** Waits until nothing waits in memory or on disk. */
  drains(): Promise<void>;
  kill(): Promise<void>;
}

export async function openOutage(collector: Collector): Promise<Outage> {
  const front = await openFaultyCollector(collector);
  const dataDir = mkdtempSync(join(tmpdir(), "rollcall-outage-"));
  onTestFinished(async () => {
    await front.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const optionsOf = (delivery: DeliveryOptions) => ({
    app: "sandbox",
    version: "1.0.0",
    dataDir,
    endpoint: front.url,
    token: collector.tokens.learning,
    // Only the numbered events count here, and the ping of the opt-in before the outage.
    baseTelemetry: "off" as const,
    delivery,
  });

  return {
    front,
    dataDir,
    async startClient(delivery = quick) {
      const logger = { info: () => {}, warn: () => {}, error: () => {} };
      const rollcall = createRollcall({ ...optionsOf(delivery), logger, env: {} });
      onTestFinished(async () => void (await rollcall.close({ deadline: 0 })));
      if (rollcall.consent().detailed) return rollcall;
      rollcall.optIn("administrator");
      await waitFor("the opt-in's ping is sent", PATIENCE_MS, () => sinkOf(rollcall).sent === 1);
      return rollcall;
    },
    startApp: (delivery = quick) => startApp(JSON.stringify(optionsOf(delivery))),
    onDisk: () =>
      // All of it, because the queue's directory is there only after the first flush.
      readdirSync(dataDir, { recursive: true, encoding: "utf8" }).reduce(
        (sum, file) => sum + (parseBatchName(basename(file))?.records ?? 0),
        0,
      ),
  };
}

export const sinkOf = (rollcall: Rollcall) => rollcall.state().sinks[0]!;
export const idOf = (rollcall: Rollcall) => rollcall.state().identity!.installId;

/** Tracks numbered events in bursts, with a turn of the event loop between them. */
export async function track(rollcall: Rollcall, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += 1) {
    rollcall.track("timer.started", { project_id: number });
    if (number % 250 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Waits until as many records wait in memory and on disk. */
export function waits(rollcall: Rollcall, records: number): Promise<void> {
  return waitFor(
    `${records} records wait`,
    PATIENCE_MS,
    () => sinkOf(rollcall).queue.records === records,
  );
}

/** How many numbered events of an install the collector has, and how many different ones. */
export async function stored(
  collector: Collector,
  installId: string,
): Promise<{ events: number; different: number }> {
  await loaded(collector, PATIENCE_MS);
  const from = `FROM events WHERE install_id = '${installId}' AND event = 'timer.started'`;
  return {
    events: await count(collector, `SELECT count() ${from}`),
    different: await count(collector, `SELECT uniqExact(properties['project_id']) ${from}`),
  };
}

function startApp(options: string): App {
  const child: ChildProcess = fork(new URL("outage-app.ts", import.meta.url), {
    // An endless queue would end it.
    execArgv: [
      "--conditions=rollcall-source",
      "--max-old-space-size=96",
      "--max-semi-space-size=4",
    ],
    env: { PATH: process.env.PATH, APP_OPTIONS: options },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = new AbortController();
  const exited = once(child, "exit").then(([code, signal]) =>
    ended.abort(new Error(`the app ended with ${code ?? signal}`)),
  );
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  onTestFinished(kill);
  const ask = async (order: Order): Promise<Answer> => {
    const answer = once(child, "message", { signal: ended.signal });
    child.send(order);
    return (await answer)[0] as Answer;
  };
  const until = (what: string, holds: (answer: Answer) => boolean) =>
    waitFor(what, PATIENCE_MS, async () => holds(await ask({ do: "look" })));
  return {
    pid: child.pid ?? 0,
    ask,
    sends: (records) => until("the app sends", ({ sink }) => sink.sent >= records),
    drains: () => until("nothing waits any more", ({ sink }) => sink.queue.records === 0),
    kill,
  };
}
