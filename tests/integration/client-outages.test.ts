import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRollcall, type DeliveryOptions, type Rollcall } from "@rollcall/client";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { parseBatchName } from "../../client/src/delivery/batch-name.ts";
import { count, loaded } from "../support/api.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import {
  babble,
  cutOff,
  type Fault,
  type FaultyCollector,
  garble,
  hangUp,
  hold,
  openFaultyCollector,
  passOn,
  refuse,
  refuseOne,
  slow,
} from "../support/faulty-collector.ts";
import { residentBytes, waitFor } from "../support/processes.ts";
import type { Answer, Order } from "./outages-app.ts";

/** Bounds what goes wrong, and what a busy machine takes; nothing here is measured by the clock. */
const PATIENCE_MS = 60_000;
const MIB = 1024 * 1024;
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** Without the patience that a real network needs. */
const quick: DeliveryOptions = {
  flushAfterMs: 20,
  pauseMs: 20,
  timeoutMs: 2_000,
  claimMs: 3_000,
  retry: { tries: 2, baseMs: 5, capMs: 20 },
};

let collector: Collector;
beforeAll(async () => {
  collector = await startCollector();
});
afterAll(async () => {
  await collector?.stop();
});

async function openFront(): Promise<FaultyCollector> {
  const front = await openFaultyCollector(collector);
  onTestFinished(() => front.close());
  return front;
}

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "rollcall-outage-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function optionsOf(front: FaultyCollector, dataDir: string, delivery: DeliveryOptions) {
  return {
    app: "sandbox",
    version: "1.0.0",
    dataDir,
    endpoint: front.url,
    token: collector.tokens.learning,
    // Only the numbered events count here, and the ping of the opt-in before the outage.
    baseTelemetry: "off" as const,
    delivery,
  };
}

const sinkOf = (rollcall: Rollcall) => rollcall.state().sinks[0]!;
const idOf = (rollcall: Rollcall) => rollcall.state().identity!.installId;

/** A client that has sent its first event: what follows is the outage's. */
async function startClient(
  front: FaultyCollector,
  dataDir = newDirectory(),
  delivery: DeliveryOptions = quick,
): Promise<Rollcall> {
  const options = optionsOf(front, dataDir, delivery);
  const rollcall = createRollcall({ ...options, logger: quiet, env: {} });
  onTestFinished(async () => void (await rollcall.close({ deadline: 0 })));
  if (rollcall.consent().detailed) return rollcall;
  rollcall.optIn("administrator");
  await waitFor("the ping of the opt-in arrives", PATIENCE_MS, () => sinkOf(rollcall).sent === 1);
  return rollcall;
}

/** In bursts, with a turn of the event loop between them. */
async function track(rollcall: Rollcall, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += 1) {
    rollcall.track("timer.started", { project_id: number });
    if (number % 250 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const waiting = (rollcall: Rollcall) => sinkOf(rollcall).queue.records;
const nothingWaits = (rollcall: Rollcall) =>
  waitFor("nothing waits any more", PATIENCE_MS, () => waiting(rollcall) === 0);

/** How many numbered events of an install the collector has, and how many different ones. */
async function stored(installId: string): Promise<{ events: number; different: number }> {
  await loaded(collector, PATIENCE_MS);
  const from = `FROM events WHERE install_id = '${installId}' AND event = 'timer.started'`;
  return {
    events: await count(collector, `SELECT count() ${from}`),
    different: await count(collector, `SELECT uniqExact(properties['project_id']) ${from}`),
  };
}

describe("an outage ends, and what was kept arrives exactly once", () => {
  const EVENTS = 3_000;

  /** Nothing of these is stored: the client has to try again. */
  const outages: Record<string, Fault | "closed"> = {
    "a closed port": "closed",
    "a collector that accepts and says nothing": hold,
    "answers after 30 s, when the collector has it all the while": slow(30_000, { stored: true }),
    "429 with Retry-After": refuse(429, { "retry-after": "1" }),
    "503 with Retry-After as a date": refuse(503, { "retry-after": new Date().toUTCString() }),
    "502 with a body of garbage": refuse(502, {}, Buffer.from([0xff, 0x00, 0x1b, 0x5b])),
    "504 with a long page of a proxy": refuse(504, {}, "<p>gateway timeout</p>".repeat(9_000)),
    "bytes that are no HTTP": babble,
    "connections that are closed with the request in hand": hangUp,
    "answers that break off, when the collector has it": cutOff,
  };
  for (const [name, fault] of Object.entries(outages)) {
    test(name, { timeout: 2 * PATIENCE_MS }, async () => {
      const front = await openFront();
      const rollcall = await startClient(front);
      if (fault === "closed") await front.vanish();
      else front.be(fault);
      await track(rollcall, 0, EVENTS);
      await waitFor("the client tries twice in vain", PATIENCE_MS, () =>
        fault === "closed"
          ? sinkOf(rollcall).last?.reason === "ECONNREFUSED"
          : front.seen().requests >= 2,
      );
      await waitFor("everything is kept", PATIENCE_MS, () => waiting(rollcall) === EVENTS);
      expect(sinkOf(rollcall)).toMatchObject({ sent: 1, rejected: 0, givenUp: 0 });

      front.be(passOn);
      await front.appear();
      await nothingWaits(rollcall);
      expect(await stored(idOf(rollcall))).toEqual({ events: EVENTS, different: EVENTS });
      const { queue, sent } = sinkOf(rollcall);
      expect({ dropped: queue.dropped, sent }).toEqual({ dropped: 0, sent: 1 + EVENTS });
    });
  }

  test("answers of garbage after 200 are answers: nothing is sent twice", async () => {
    const front = await openFront();
    const rollcall = await startClient(front);
    front.be(garble);
    await track(rollcall, 0, EVENTS);
    await nothingWaits(rollcall);
    expect(front.seen().records).toBe(EVENTS);
    expect(await stored(idOf(rollcall))).toEqual({ events: EVENTS, different: EVENTS });
  });

  test("what a partial success refuses is counted and not sent again", async () => {
    const front = await openFront();
    const rollcall = await startClient(front);
    front.be(refuseOne);
    await track(rollcall, 0, EVENTS);
    await nothingWaits(rollcall);
    const { requests, records } = front.seen();
    expect(records).toBe(EVENTS);
    const rejected = sinkOf(rollcall).rejected;
    expect(rejected).toBe(requests);
    expect(sinkOf(rollcall).sent).toBe(1 + EVENTS - rejected);
    expect(await stored(idOf(rollcall))).toEqual({ events: EVENTS, different: EVENTS });
  });

  test("what 400 refuses is given up and counted, and the rest arrives", async () => {
    const front = await openFront();
    const rollcall = await startClient(front);
    front.be(refuse(400));
    await track(rollcall, 0, EVENTS);
    await waitFor("a batch is given up", PATIENCE_MS, () => sinkOf(rollcall).givenUp > 0);
    const refused = front.seen();
    front.be(passOn);
    await track(rollcall, EVENTS, 2 * EVENTS);
    await nothingWaits(rollcall);
    const { givenUp } = sinkOf(rollcall);
    expect(givenUp).toBe(refused.records);
    const arrived = 2 * EVENTS - givenUp;
    expect(await stored(idOf(rollcall))).toEqual({ events: arrived, different: arrived });
  });
});

describe("Retry-After is respected", () => {
  /**
   * Asks for a second of patience and takes whoever comes before it is over for impatient. Its timer
   * and the client's run in one process, and this one is set first: no clock is compared.
   */
  function openForPatience(front: FaultyCollector, status: number) {
    const seen = { asked: 0, early: 0 };
    let shut = false;
    front.be((exchange) => {
      if (shut) seen.early += 1;
      else if (seen.asked === 3) return passOn(exchange);
      else {
        seen.asked += 1;
        shut = true;
        setTimeout(() => {
          shut = false;
        }, 1_000);
      }
      return refuse(status, { "retry-after": "1" })(exchange);
    });
    return seen;
  }

  for (const status of [429, 503]) {
    for (const [patience, capMs] of [
      ["more patience than a retry has", 20],
      ["no more patience than a retry has", 5_000],
    ] as const) {
      test(`${status} that asks for ${patience}`, { timeout: 2 * PATIENCE_MS }, async () => {
        const front = await openFront();
        const retry = { tries: 3, baseMs: 5, capMs };
        const delivery = { ...quick, batchRecords: 50, retry };
        const rollcall = await startClient(front, newDirectory(), delivery);
        const seen = openForPatience(front, status);
        let next = 0;
        // Full batches all the while: each of them is a reason to look whether it is over.
        await waitFor("the client has been patient three times", PATIENCE_MS, async () => {
          await track(rollcall, next, next + 20);
          next += 20;
          return seen.asked === 3;
        });
        await nothingWaits(rollcall);
        expect(seen).toEqual({ asked: 3, early: 0 });
        expect(await stored(idOf(rollcall))).toEqual({ events: next, different: next });
      });
    }
  }

  test("not even the end of the app is a reason to ask sooner, and a new start sends it all", async () => {
    const front = await openFront();
    const dataDir = newDirectory();
    const rollcall = await startClient(front, dataDir);
    front.be(refuse(429, { "retry-after": "3600" }));
    await track(rollcall, 0, 2_000);
    await waitFor(
      "the client has asked",
      PATIENCE_MS,
      () => sinkOf(rollcall).last?.reason === "status 429",
    );
    await track(rollcall, 2_000, 3_000);
    expect(await rollcall.close({ deadline: 1_000 })).toEqual({ left: 3_000 });
    expect(front.seen().requests).toBe(1);

    front.be(passOn);
    const again = await startClient(front, dataDir);
    await nothingWaits(again);
    expect(idOf(again)).toBe(idOf(rollcall));
    expect(await stored(idOf(again))).toEqual({ events: 3_000, different: 3_000 });
  });
});

describe("an app whose collector fails", () => {
  test("keeps its memory, throws nothing, and loses only what the caps pushed out", {
    timeout: 4 * PATIENCE_MS,
  }, async () => {
    const BURST = 15_000;
    const front = await openFront();
    const diskBytes = 512 * 1024;
    const app = startApp(front, newDirectory(), {
      ...quick,
      queueRecords: 2_000,
      queueBytes: MIB,
      diskBytes,
    });
    await app.sends(1);
    let next = 0;
    const burst = async () => {
      const answer = await app.ask({ do: "track", from: next, to: next + BURST });
      next += BURST;
      expect(answer.sink.queue.bytes).toBeLessThanOrEqual(diskBytes);
      return answer;
    };
    await front.vanish();
    await burst();
    const before = residentBytes(app.pid);
    await front.appear();
    let refused = 0;
    for (const fault of [
      hold,
      refuse(503),
      slow(30_000, { stored: false }),
      refuse(400),
      babble,
      refuse(429, { "retry-after": "1" }, "<html>"),
      hangUp,
    ]) {
      front.be(fault);
      await burst();
      await waitFor("the fault is met", PATIENCE_MS, () => front.seen().requests > 0);
      refused += (await app.ask({ do: "look" })).sink.givenUp;
    }
    console.log(refused, before / MIB, residentBytes(app.pid) / MIB);
    front.be(passOn);
    await app.drains();
    const { sink, thrown, installId } = await app.ask({ do: "look" });
    expect(thrown).toBe(0);
    expect(sink.queue.dropped).toBeGreaterThan(0);
    const arrived = next - sink.queue.dropped - sink.givenUp;
    expect(await stored(installId)).toEqual({ events: arrived, different: arrived });
  });
});

/** The app of `outages-app.ts` as a process of its own. */
function startApp(front: FaultyCollector, dataDir: string, delivery: DeliveryOptions) {
  const script = new URL("outages-app.ts", import.meta.url);
  const child: ChildProcess = fork(script, {
    execArgv: ["--conditions=rollcall-source", "--max-old-space-size=96"],
    env: {
      PATH: process.env.PATH,
      APP_OPTIONS: JSON.stringify(optionsOf(front, dataDir, delivery)),
    },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const ended = new AbortController();
  const exited = once(child, "exit").then(([code, signal]) =>
    ended.abort(new Error(`the app ended: ${code ?? signal}`)),
  );
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
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
    sends: (records: number) => until("the app sends", ({ sink }) => sink.sent >= records),
    drains: () => until("nothing waits any more", ({ sink }) => sink.queue.records === 0),
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
