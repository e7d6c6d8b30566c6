import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Collector, startCollector } from "../support/collector.ts";
import {
  babble,
  cutOff,
  type Fault,
  type FaultyCollector,
  garble,
  hangUp,
  hold,
  passOn,
  refuse,
  refuseOne,
  slow,
} from "../support/faulty-collector.ts";
import {
  idOf,
  openOutage,
  PATIENCE_MS,
  quick,
  sinkOf,
  stored,
  track,
  waits,
} from "../support/outage-client.ts";
import { residentBytes, waitFor } from "../support/processes.ts";

const EVENTS = 3_000;
const MIB = 1024 * 1024;

let collector: Collector;
beforeAll(async () => {
  collector = await startCollector();
});
afterAll(async () => {
  await collector?.stop();
});

describe("an outage ends, and what was kept arrives exactly once", {
  timeout: 2 * PATIENCE_MS,
}, () => {
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
    test(name, async () => {
      const { front, startClient } = await openOutage(collector);
      const rollcall = await startClient();
      if (fault === "closed") await front.vanish();
      else front.be(fault);
      await track(rollcall, 0, EVENTS);
      await waitFor("the client tries in vain, and again", PATIENCE_MS, () =>
        fault === "closed"
          ? sinkOf(rollcall).last?.reason === "ECONNREFUSED"
          : front.seen().requests >= 2,
      );
      await waits(rollcall, EVENTS);
      expect(sinkOf(rollcall)).toMatchObject({ sent: 1, rejected: 0, givenUp: 0 });

      front.be(passOn);
      await front.appear();
      await waits(rollcall, 0);
      expect(await stored(collector, idOf(rollcall))).toEqual({
        events: EVENTS,
        different: EVENTS,
      });
      const { queue, sent } = sinkOf(rollcall);
      expect({ dropped: queue.dropped, sent }).toEqual({ dropped: 0, sent: 1 + EVENTS });
    });
  }

  test("answers of garbage after 200 are answers: nothing is sent twice", async () => {
    const { front, startClient } = await openOutage(collector);
    const rollcall = await startClient();
    front.be(garble);
    await track(rollcall, 0, EVENTS);
    await waits(rollcall, 0);
    expect(front.seen().records).toBe(EVENTS);
    expect(await stored(collector, idOf(rollcall))).toEqual({ events: EVENTS, different: EVENTS });
  });

  test("what a partial success refuses is counted and not sent again", async () => {
    const { front, startClient } = await openOutage(collector);
    const rollcall = await startClient();
    front.be(refuseOne);
    await track(rollcall, 0, EVENTS);
    await waits(rollcall, 0);
    const { requests, records } = front.seen();
    expect(records).toBe(EVENTS);
    const { sent, rejected } = sinkOf(rollcall);
    expect({ sent, rejected }).toEqual({ sent: 1 + EVENTS - requests, rejected: requests });
  });

  test("what 400 refuses is given up and counted, and the rest arrives", async () => {
    const { front, startClient } = await openOutage(collector);
    const rollcall = await startClient();
    front.be(refuse(400));
    await track(rollcall, 0, EVENTS);
    await waitFor("a batch is given up", PATIENCE_MS, () => sinkOf(rollcall).givenUp > 0);
    const refused = front.seen().records;
    front.be(passOn);
    await track(rollcall, EVENTS, 2 * EVENTS);
    await waits(rollcall, 0);
    expect(sinkOf(rollcall).givenUp).toBe(refused);
    const arrived = 2 * EVENTS - refused;
    expect(await stored(collector, idOf(rollcall))).toEqual({
      events: arrived,
      different: arrived,
    });
  });
});

describe("Retry-After is respected", { timeout: 2 * PATIENCE_MS }, () => {
  /**
   * Asks twice for a second of patience, and takes whoever comes before it is over for
   * impatient. Its timer and the client's run in one process, and this one is set first: no clock is
   * compared.
   */
  function askForPatience(front: FaultyCollector, status: number) {
    const seen = { asked: 0, early: 0 };
    let shut = false;
    front.be((exchange) => {
      if (shut) seen.early += 1;
      else if (seen.asked === 2) return passOn(exchange);
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
      test(`${status} that asks for ${patience}`, async () => {
        const { front, startClient } = await openOutage(collector);
        const retry = { tries: 3, baseMs: 5, capMs };
        const rollcall = await startClient({ ...quick, batchRecords: 50, retry });
        const seen = askForPatience(front, status);
        let next = 0;
        // Full batches all the while: each of them is a reason to look whether it is over.
        await waitFor("the client has been asked twice", PATIENCE_MS, async () => {
          await track(rollcall, next, next + 20);
          next += 20;
          return seen.asked === 2;
        });
        await waits(rollcall, 0);
        expect(seen).toEqual({ asked: 2, early: 0 });
        expect(await stored(collector, idOf(rollcall))).toEqual({ events: next, different: next });
      });
    }
  }

  test("not even the end of the app is a reason to ask sooner, and the next start sends all", async () => {
    const { front, startClient } = await openOutage(collector);
    const rollcall = await startClient();
    front.be(refuse(429, { "retry-after": "3600" }));
    await track(rollcall, 0, 2_000);
    await waitFor("it is asked to wait", PATIENCE_MS, () => {
      return sinkOf(rollcall).last?.reason === "status 429";
    });
    await track(rollcall, 2_000, EVENTS);
    expect(await rollcall.close({ deadline: 1_000 })).toEqual({ left: EVENTS });
    expect(front.seen().requests).toBe(1);

    front.be(passOn);
    const again = await startClient();
    await waits(again, 0);
    expect(idOf(again)).toBe(idOf(rollcall));
    expect(await stored(collector, idOf(again))).toEqual({ events: EVENTS, different: EVENTS });
  });
});

describe("an app whose collector fails", { timeout: 4 * PATIENCE_MS }, () => {
  test("keeps to its memory and its disk, and loses only what their bounds push out", async () => {
    const BURST = 10_000;
    const bounds = { queueRecords: 2_000, queueBytes: MIB, diskBytes: MIB / 2 };
    const { front, startApp } = await openOutage(collector);
    const app = startApp({ ...quick, ...bounds });
    await app.sends(1);
    let next = 0;
    const burst = async (events: number, atOnce: number) => {
      const { sink } = await app.ask({ do: "track", from: next, to: next + events, atOnce });
      next += events;
      expect(sink.queue.bytes).toBeLessThanOrEqual(bounds.diskBytes);
    };
    await front.vanish();
    await burst(BURST, 250);
    const before = residentBytes(app.pid);
    // Kept without a bound, these are more than its heap has room for. No turn, so no disk.
    await burst(20 * BURST, Number.MAX_SAFE_INTEGER);
    await front.appear();
    const faults: Fault[] = [
      hold,
      refuse(503),
      slow(30_000, { stored: false }),
      refuse(400),
      babble,
      refuse(429, { "retry-after": "1" }, "<html>"),
      hangUp,
    ];
    for (const fault of faults) {
      front.be(fault);
      await burst(BURST, 250);
      await waitFor("the fault is met", PATIENCE_MS, () => front.seen().requests > 0);
    }
    expect(residentBytes(app.pid) - before).toBeLessThan(96 * MIB);

    front.be(passOn);
    await app.drains();
    const { sink, thrown, installId } = await app.ask({ do: "look" });
    expect(thrown).toBe(0);
    expect(sink.givenUp).toBeGreaterThan(0);
    expect(sink.queue.dropped).toBeGreaterThan(0);
    const arrived = next - sink.queue.dropped - sink.givenUp;
    expect(await stored(collector, installId)).toEqual({ events: arrived, different: arrived });
  });

  test("loses nothing when it is closed meanwhile", async () => {
    const { front, startApp } = await openOutage(collector);
    const app = startApp();
    await app.sends(1);
    front.be(hold);
    await app.ask({ do: "track", from: 0, to: EVENTS, atOnce: 250 });
    await waitFor("a request hangs", PATIENCE_MS, () => front.seen().requests > 0);
    expect(await app.ask({ do: "close", deadline: 200 })).toMatchObject({
      left: EVENTS,
      thrown: 0,
    });
    await app.kill();

    front.be(passOn);
    const again = startApp();
    await again.drains();
    const { installId } = await again.ask({ do: "look" });
    expect(await stored(collector, installId)).toEqual({ events: EVENTS, different: EVENTS });
  });

  test("loses only what was in its memory when it is killed meanwhile", async () => {
    const BATCH = 100;
    const { front, startApp, onDisk } = await openOutage(collector);
    front.be(hold);
    // Only full batches go to disk.
    const app = startApp({ ...quick, batchRecords: BATCH, flushAfterMs: 10 * PATIENCE_MS });
    const { installId } = await app.ask({ do: "track", from: 0, to: EVENTS, atOnce: 250 });
    // The first record is the ping of the opt-in.
    await waitFor("all but one batch is on disk", PATIENCE_MS, () => onDisk() > 1 + EVENTS - BATCH);
    await waitFor("a request hangs", PATIENCE_MS, () => front.seen().requests > 0);
    await app.kill();
    const kept = onDisk() - 1;
    expect(kept).toBeGreaterThan(EVENTS - BATCH);

    front.be(passOn);
    await startApp().drains();
    expect(await stored(collector, installId)).toEqual({ events: kept, different: kept });
  });
});
