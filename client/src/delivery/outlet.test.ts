import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeResponse } from "../test/decode.ts";
import { BASE, DETAILED, makeOutlet, NOTHING, numbersOf, type OpenOutlet } from "../test/outlet.ts";
import { numbered, quick } from "../test/plain-outlet.ts";
import { type Answer, ok, status } from "../test/server.ts";
import { serve } from "../test/start.ts";
import { temporaryDirectory, until } from "../test/support.ts";
import { forgetQueues } from "./disk-queue.ts";

const settle = (ms = 100) => new Promise((resolve) => setTimeout(resolve, ms));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** Open for detailed records. */
function opened(...given: Parameters<typeof makeOutlet>): OpenOutlet {
  const made = makeOutlet(...given);
  made.outlet.open(DETAILED);
  return made;
}

const filesIn = (directory: string): string[] => {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
};

test("records go out together, in order, and leave no file behind", async () => {
  const server = await serve();
  const { outlet, track, queue } = opened(server.endpoint);
  for (const n of range(0, 100)) track(n);
  await until(() => outlet.state().sent === 100);
  expect(server.requests).toHaveLength(1);
  expect(numbersOf(server.records())).toEqual(range(0, 100));
  await until(() => filesIn(queue).length === 0);
  expect(outlet.state()).toMatchObject({
    name: "maintainer",
    destination: server.endpoint,
    queue: { records: 0, bytes: 0, dropped: 0 },
    rejected: 0,
    givenUp: 0,
    last: { kind: "success", reason: "", records: 100 },
  });
  expect(outlet.state().last?.bytes).toBe(Number(server.requests[0]?.headers["content-length"]));
});

test("each batch stands in the journal before its request, and its end behind it", async () => {
  const order: string[] = [];
  const server = await serve((response, request) => {
    order.push("request");
    ok(response, request);
  });
  const { outlet, track, journal } = opened(server.endpoint);
  const sending = journal.sending;
  journal.sending = async (...given) => {
    // A disk that takes its time: nothing may leave meanwhile.
    await settle(30);
    const stands = await sending(...given);
    order.push("journal");
    return stands;
  };
  track(1);
  await until(() => outlet.state().sent === 1);
  expect(order).toEqual(["journal", "request"]);
  const [first, second] = journal.lines;
  expect(first).toMatchObject({ what: "sending", sink: "maintainer" });
  expect(second).toMatchObject({ what: "outcome", result: { kind: "success" } });
  if (first?.what !== "sending" || second?.what !== "outcome") throw new Error("another order");
  expect(second.batch).toBe(first.batch);
  const [record] = server.records();
  expect(first.items.map(({ content }) => content)).toEqual([
    {
      "service.name": "timetracker",
      "service.version": "5.10.0",
      project_id: 1,
      install_id: record?.attributes.install_id?.slice("stringValue ".length),
      app_version: "5.10.0",
      "log.record.uid": record?.attributes["log.record.uid"]?.slice("stringValue ".length),
    },
  ]);
});

test("while the journal cannot be written nothing leaves, and nothing is lost", async () => {
  const server = await serve();
  const { outlet, track, journal } = opened(server.endpoint);
  journal.writable(false);
  track(1);
  await until(() => outlet.state().last !== null);
  await settle();
  expect(server.connections()).toBe(0);
  expect(outlet.state().last).toMatchObject({ kind: "retryable", bytes: 0 });
  journal.writable(true);
  await until(() => outlet.state().sent === 1);
});

test("every try has its outcome in the journal, and the batch stands there once", async () => {
  const server = await serve(status(503));
  const { outlet, track, journal } = opened(server.endpoint);
  track(1);
  await until(() => server.requests.length >= 5);
  server.answer(ok);
  await until(() => outlet.state().sent === 1);
  const outcomes = journal.lines.filter(({ what }) => what === "outcome");
  expect(journal.lines.filter(({ what }) => what === "sending")).toHaveLength(1);
  expect(outcomes).toHaveLength(server.requests.length);
  const uids = server.records().map(({ attributes }) => attributes["log.record.uid"]);
  expect(new Set(uids).size).toBe(1);
});

test("after a failure one look tells whether the collector is back", async () => {
  const server = await serve(status(503));
  const tuning = {
    ...quick,
    batchRecords: 10,
    pauseMs: 100,
    retry: { tries: 3, baseMs: 1, capMs: 1 },
  };
  const { outlet, track } = opened(server.endpoint, { tuning });
  for (const n of range(0, 50)) track(n);
  await until(() => server.requests.length >= 6);
  // Three tries at first, then one at a time, always the oldest batch.
  for (const { body } of server.requests) expect(body).toEqual(server.requests[0]?.body);
  server.answer(ok);
  await until(() => outlet.state().sent === 50);
  const delivered = server.records().slice(-50);
  expect(numbersOf(delivered)).toEqual(range(0, 50));
});

test("Retry-After is kept, at the end of the app as well", async () => {
  const server = await serve(status(503, { "retry-after": "600" }));
  const { outlet, track } = opened(server.endpoint);
  track(1);
  await until(() => server.requests.length === 1);
  await settle();
  track(2);
  await settle();
  expect(server.requests).toHaveLength(1);
  expect(await outlet.close(5_000)).toBe(2);
  expect(server.requests).toHaveLength(1);
});

test("what could not be sent waits on disk and goes out after the next start", async () => {
  const server = await serve(() => {});
  const { outlet, track, dataDir, queue } = opened(server.endpoint);
  for (const n of range(0, 30)) track(n);
  await until(() => server.requests.length === 1);
  for (const n of range(30, 50)) track(n);
  expect(await outlet.close(30)).toBe(50);
  expect(filesIn(queue).length).toBeGreaterThan(0);

  server.answer(ok);
  const next = opened(server.endpoint, { dataDir });
  await until(() => next.outlet.state().sent === 50);
  expect(numbersOf(server.records().slice(-50)).sort((a, b) => a - b)).toEqual(range(0, 50));
  expect(await next.outlet.close(1_000)).toBe(0);
});

test("close with no time at all still writes down what is in memory", async () => {
  const { outlet, track, dataDir, installation } = opened("http://127.0.0.1:9", {
    tuning: { ...quick, flushAfterMs: 60_000 },
  });
  for (const n of range(0, 7)) track(n);
  expect(await outlet.close(0)).toBe(7);
  const next = makeOutlet("http://127.0.0.1:9", { dataDir, installation });
  expect((await next.outlet.waiting(100)).map(({ attributes }) => attributes.project_id)).toEqual(
    range(0, 7),
  );
});

test("an opt-out empties memory and disk before it returns", async () => {
  const server = await serve(status(503));
  const { outlet, track, journal, queue } = opened(server.endpoint);
  for (const n of range(0, 20)) track(n);
  await until(() => filesIn(queue).length > 0 && server.requests.length > 0);
  for (const n of range(20, 30)) track(n);
  outlet.open(BASE);
  expect(filesIn(queue)).toEqual([]);
  expect(outlet.state().queue).toMatchObject({ records: 0, bytes: 0 });
  expect(journal.lost()).toEqual({ opt_out: 30 });
});

test("an opt-out with a full queue and a request in flight: nothing comes after it", async () => {
  const server = await serve(() => {});
  const { outlet, track } = opened(server.endpoint, { tuning: { ...quick, batchRecords: 10 } });
  for (const n of range(0, 200)) track(n);
  await until(() => server.requests.length === 1);
  outlet.open(NOTHING);
  server.answer(ok);
  await settle(200);
  expect(server.requests).toHaveLength(1);
  outlet.open(DETAILED);
  track(1_000);
  await until(() => server.requests.length === 2);
  expect(numbersOf(server.records().slice(10))).toEqual([1_000]);
});

test("an opt-out and a new opt-in in another process: nothing from before is sent", async () => {
  const server = await serve(status(503));
  const { outlet, track, installation, journal } = opened(server.endpoint);
  for (const n of range(0, 5)) track(n);
  await until(() => server.requests.length > 0);
  for (const n of range(5, 10)) track(n);
  installation.update(({ consent_epoch: epoch }) => ({ consent_epoch: Number(epoch ?? 0) + 1 }));
  server.answer(ok);
  outlet.open(DETAILED);
  track(11);
  await until(() => outlet.state().sent > 0);
  await settle();
  expect(numbersOf(server.records()).slice(-1)).toEqual([11]);
  expect(outlet.state().sent).toBe(1);
  expect(journal.lost()).toEqual({ opt_out: 10 });
});

test("a refusal that another process recorded is looked for before each try", async () => {
  const server = await serve(status(503));
  let refused = false;
  const made: OpenOutlet = makeOutlet(server.endpoint, {
    refresh: () => {
      if (refused) made.outlet.open(NOTHING);
    },
  });
  made.outlet.open(DETAILED);
  made.track(1);
  await until(() => server.requests.length >= 3);
  refused = true;
  await settle();
  const before = server.requests.length;
  server.answer(ok);
  await settle(200);
  expect(server.requests).toHaveLength(before);
  expect(made.journal.lost()).toEqual({ opt_out: 1 });
});

test("a request that the collector refuses is dropped and counted; later ones go on", async () => {
  const server = await serve(status(400));
  const { outlet, track, journal, log, queue } = opened(server.endpoint);
  track(1);
  await until(() => outlet.state().givenUp === 1);
  expect(server.requests).toHaveLength(1);
  expect(journal.lost()).toEqual({ request_refused: 1 });
  expect(log.text()).toContain("status 400");
  server.answer(ok);
  track(2);
  await until(() => outlet.state().sent === 1);
  await until(() => filesIn(queue).length === 0);
});

test("a partial success is counted and never repeated", async () => {
  const server = await serve((response) => {
    response.writeHead(200, { "content-type": "application/x-protobuf" });
    response.end(encodeResponse(2, "event_unlisted: timer.started"));
  });
  const { outlet, track, log } = opened(server.endpoint);
  for (const n of range(0, 5)) track(n);
  await until(() => outlet.state().rejected === 2);
  expect(outlet.state()).toMatchObject({ sent: 3, rejected: 2, givenUp: 0 });
  expect(log.text()).toContain("event_unlisted: timer.started");
  await settle();
  expect(server.requests).toHaveLength(1);
});

test("with a dead collector memory and disk are bounded, and the oldest records go", async () => {
  const server = await serve(() => {});
  const tuning = { ...quick, queueRecords: 1_000, batchRecords: 100, diskBytes: 200 * 1024 };
  const { outlet, track, journal } = opened(server.endpoint, { tuning });
  track(0);
  await until(() => server.requests.length === 1);
  // All in one turn of the event loop: no call of these waits for anything.
  for (const n of range(1, 20_001)) track(n);
  expect(outlet.state().queue).toMatchObject({ records: 1_001, dropped: 19_000 });
  await until(() => (journal.lost().queue_full ?? 0) > 19_000);
  await settle();
  const { records, bytes, dropped } = outlet.state().queue;
  expect(bytes).toBeLessThanOrEqual(200 * 1024);
  expect(records).toBeGreaterThan(100);
  expect(records + dropped).toBe(20_001);
  expect(journal.lost()).toEqual({ queue_full: dropped });
});

test("a backlog of many batches goes out one after the other, oldest first", async () => {
  const server = await serve();
  const dataDir = temporaryDirectory();
  const offline = opened("http://127.0.0.1:9", { dataDir, tuning: { ...quick, batchRecords: 10 } });
  for (const n of range(0, 600)) offline.track(n);
  await until(() => filesIn(offline.queue).length >= 60);
  expect(await offline.outlet.close(0)).toBe(600);
  let open = 0;
  let most = 0;
  server.answer((response, request) => {
    open += 1;
    most = Math.max(most, open);
    setImmediate(() => {
      open -= 1;
      ok(response, request);
    });
  });
  const { outlet } = opened(server.endpoint, { dataDir });
  await until(() => outlet.state().sent === 600);
  expect(most).toBe(1);
  expect(numbersOf(server.records())).toEqual(range(0, 600));
});

test("a collector that is slow to answer holds up nobody else", async () => {
  const slow = await serve(() => {});
  const fast = await serve();
  const dataDir = temporaryDirectory();
  const maintainer = opened(slow.endpoint, { dataDir });
  const own = opened(fast.endpoint, {
    dataDir,
    sink: "own",
    installation: maintainer.installation,
  });
  const record = numbered(1, maintainer.installation);
  maintainer.outlet.accept(record);
  await until(() => slow.requests.length === 1);
  own.outlet.accept(record);
  await until(() => own.outlet.state().sent === 1);
  expect(maintainer.outlet.state()).toMatchObject({ sent: 0, queue: { records: 1 } });
  expect(fast.records()[0]?.attributes).toEqual(slow.records()[0]?.attributes);
  expect(forgetQueues(dataDir, ["own"])).toBe(1);
});

test("a queue directory that cannot be written is one warning, and records go from memory", async () => {
  const server = await serve(status(503));
  const dataDir = temporaryDirectory();
  writeFileSync(join(dataDir, "queue"), "in the way");
  const { outlet, track, log } = opened(server.endpoint, {
    dataDir,
    tuning: { ...quick, queueRecords: 50, batchRecords: 10 },
  });
  for (const n of range(0, 200)) track(n);
  await until(() => server.requests.length >= 4);
  expect(outlet.state().queue).toMatchObject({ records: 50, dropped: 150 });
  const about = () => log.lines.filter(({ message }) => message.includes("memory only"));
  expect(about()).toHaveLength(1);
  const before = server.records().length;
  server.answer(ok);
  await until(() => outlet.state().sent === 50);
  expect(numbersOf(server.records().slice(before)).at(-1)).toBe(199);
  expect(about()).toHaveLength(1);
  expect(outlet.state().queue.records).toBe(0);
});

test("an opt-out forgets what waits in memory for want of a disk", async () => {
  const server = await serve(status(503));
  const dataDir = temporaryDirectory();
  writeFileSync(join(dataDir, "queue"), "in the way");
  const { outlet, track, journal } = opened(server.endpoint, { dataDir });
  for (const n of range(0, 20)) track(n);
  await until(() => server.requests.length >= 2);
  outlet.open(NOTHING);
  expect(outlet.state().queue.records).toBe(0);
  expect(journal.lost()).toEqual({ opt_out: 20 });
  // What was on the wire at that moment may still arrive.
  await settle();
  server.answer(ok);
  const before = server.requests.length;
  await settle();
  expect(server.requests).toHaveLength(before);
});

test("a disk that works again is used again", async () => {
  const server = await serve(status(503));
  const dataDir = temporaryDirectory();
  writeFileSync(join(dataDir, "queue"), "in the way");
  const { outlet, track, queue } = opened(server.endpoint, { dataDir });
  track(1);
  await until(() => server.requests.length >= 2);
  rmSync(join(dataDir, "queue"));
  track(2);
  await until(() => filesIn(queue).length > 0);
  expect(await outlet.close(0)).toBe(2);
  const left = filesIn(queue).map((file) => Number(file.split("-")[4]));
  expect(left.reduce((sum, records) => sum + records, 0)).toBe(2);
});

test("a directory that goes away under a running app does no harm", async () => {
  const server = await serve(status(503));
  const { outlet, track, queue } = opened(server.endpoint);
  track(1);
  await until(() => filesIn(queue).length > 0);
  rmSync(queue, { recursive: true });
  track(2);
  server.answer(ok);
  await until(() => numbersOf(server.records()).includes(2));
  expect(await outlet.close(1_000)).toBe(0);
});

test("a fault of the client's own reaches no one but the log, and loses no record", async () => {
  const server = await serve();
  const { outlet, track, journal, log } = opened(server.endpoint, { claimMs: 60 });
  const { outcome } = journal;
  journal.outcome = () => {
    journal.outcome = outcome;
    throw new TypeError("about ann@example.org");
  };
  track(1);
  await until(() => outlet.state().sent === 1);
  expect(log.text()).toContain("TypeError");
  expect(log.text()).not.toContain("ann@example.org");
  const uids = server.records().map(({ attributes }) => attributes["log.record.uid"]);
  expect(new Set(uids).size).toBe(1);
});

test("close sends what waits without waiting for its time, and takes nothing more", async () => {
  const server = await serve();
  const { outlet, track } = opened(server.endpoint, {
    tuning: { ...quick, flushAfterMs: 60_000 },
  });
  for (const n of range(0, 10)) track(n);
  expect(await outlet.close(10_000)).toBe(0);
  expect(server.records()).toHaveLength(10);
  track(11);
  expect(outlet.state().queue.records).toBe(0);
});

test("close lets a request that is under way finish", async () => {
  const server = await serve((response) => void setTimeout(() => response.end(), 100));
  const { outlet, track } = opened(server.endpoint);
  track(1);
  await until(() => server.requests.length === 1);
  expect(await outlet.close(10_000)).toBe(0);
  expect(server.requests).toHaveLength(1);
});

test("while nothing may be sent, nothing is made that could connect", async () => {
  const server = await serve();
  const { outlet, dataDir } = makeOutlet(server.endpoint);
  outlet.open(NOTHING);
  expect(await outlet.test()).toMatchObject({ ok: false, result: expect.stringMatching(/off/) });
  expect(await outlet.close(100)).toBe(0);
  expect(server.connections()).toBe(0);
  expect(filesIn(join(dataDir, "queue"))).toEqual([]);
});

test.each<[string, Answer, boolean, RegExp]>([
  ["accepts", ok, true, /^accepted$/],
  ["knows no such token", status(401), false, /status 401: the token/],
  ["is none", status(404), false, /status 404: no collector/],
  ["is busy", status(503), false, /status 503; another try/],
])(
  "a test send to a collector that %s says so and shows no token",
  async (_, answer, good, words) => {
    const server = await serve(answer);
    const { outlet } = opened(server.endpoint);
    const { ok: accepted, result, preview } = await outlet.test();
    expect([accepted, result]).toEqual([good, expect.stringMatching(words)]);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.body.byteLength).toBe(0);
    expect(preview).toContain(`POST ${server.endpoint}/v1/logs`);
    expect(preview).not.toContain("secret");
  },
);

test("a token that cannot be a header is reported and harms nothing", async () => {
  const server = await serve();
  const { outlet, track, log } = opened(server.endpoint, { token: "line\r\nbreak" });
  track(1);
  await until(() => outlet.state().givenUp === 1);
  expect(outlet.state().last?.reason).toBe("ERR_INVALID_CHAR");
  expect(await outlet.test()).toMatchObject({ ok: false, result: "ERR_INVALID_CHAR" });
  expect(server.connections()).toBe(0);
  expect(log.text()).not.toContain("break");
});

test("what waits is shown oldest first, from disk and from memory", async () => {
  const { outlet, track, queue } = opened("http://127.0.0.1:9", {
    tuning: { ...quick, batchRecords: 5, pauseMs: 60_000 },
  });
  for (const n of range(0, 12)) track(n);
  await until(() => filesIn(queue).length === 3);
  for (const n of range(12, 14)) track(n);
  const shown = async (limit: number) =>
    (await outlet.waiting(limit)).map(({ attributes }) => attributes.project_id);
  expect(await shown(100)).toEqual(range(0, 14));
  expect(await shown(7)).toEqual(range(0, 7));
});

test("a read-only queue keeps what is in it and the app goes on", async () => {
  const server = await serve(status(503));
  const dataDir = temporaryDirectory();
  mkdirSync(join(dataDir, "queue", "maintainer"), { recursive: true });
  chmodSync(join(dataDir, "queue", "maintainer"), 0o500);
  const { outlet, track } = opened(server.endpoint, { dataDir });
  track(1);
  await until(() => server.requests.length > 0);
  server.answer(ok);
  await until(() => outlet.state().sent === 1);
  chmodSync(join(dataDir, "queue", "maintainer"), 0o700);
});
