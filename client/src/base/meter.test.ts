import { createHash } from "node:crypto";
import { combinationHash } from "@rollcall/schemas";
import { expect, it } from "vitest";
import type { JournalItem } from "../journal/types.ts";
import type { Answer } from "../test/server.ts";
import { serve } from "../test/start.ts";
import { createMeter, type MeterAnswer, mustCoarsen } from "./meter.ts";

const report = { app_version: "5.10.0", platform: "Linux", locale: "en_US" };
const DAY_MS = 86_400_000;
const NOON = Date.UTC(2026, 10, 20, 12);

const says = (body: unknown): Answer => {
  return (response) =>
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
};
const common = says({ shared_by: "at_least_100", as_of: "2026-11-19" });
const isCommon: MeterAnswer = { kind: "class", sharedBy: "at_least_100", asOf: "2026-11-19" };

async function start(answer: Answer, { writable = true }: { writable?: boolean } = {}) {
  const server = await serve(answer);
  const logged: JournalItem[] = [];
  const outcomes: string[] = [];
  const clock = { now: NOON };
  const meter = createMeter({
    app: "timetracker",
    salt: () => "salt",
    journal: {
      sending: async (_sink, _batch, items) => {
        logged.push(...items);
        return writable;
      },
      outcome: (_sink, _batch, result) => void outcomes.push(result.kind),
    },
    timeoutMs: 2_000,
    now: () => clock.now,
  });
  const destination = {
    name: "maintainer" as const,
    base: new URL(`${server.endpoint}/otlp`),
    token: "secret",
    source: "options" as const,
  };
  return { server, meter, destination, logged, outcomes, clock };
}

it("asks with two hashes, and writes them down first", async () => {
  const { server, meter, destination, logged, outcomes } = await start(common);
  expect(await meter.ask(destination, report)).toEqual(isCommon);
  const [request] = server.requests;
  expect(request?.path).toBe("/otlp/v1/meter");
  expect(request?.headers.authorization).toBe("Bearer secret");
  const question = JSON.parse(String(request?.body));
  expect(question).toEqual({
    combination: combinationHash("timetracker", report),
    asker: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(logged).toEqual([
    { signal: "meter", name: "meter.question", time: NOON, content: question },
  ]);
  expect(outcomes).toEqual(["success"]);
  expect(meter.last("maintainer")).toEqual(isCommon);
  expect(meter.last("own")).toBeNull();
});

it("asks once a day, and again about another combination", async () => {
  const { server, meter, destination, clock } = await start(common);
  await Promise.all([meter.ask(destination, report), meter.ask(destination, report)]);
  await meter.ask(destination, report);
  expect(server.requests).toHaveLength(1);
  await meter.ask(destination, { ...report, app_version: "5.11.0" });
  expect(server.requests).toHaveLength(2);
  clock.now += DAY_MS;
  expect(meter.last("maintainer")).toBeNull();
  await meter.ask(destination, { ...report, app_version: "5.11.0" });
  const askers = server.requests.map(({ body }) => JSON.parse(String(body)).asker);
  expect(askers).toHaveLength(3);
  // The same on one day, and nothing alike on the next.
  expect(new Set(askers).size).toBe(2);
  expect(askers).not.toContain(createHash("sha256").update("salt").digest("hex").slice(0, 32));
});

it.each([404, 405])(
  "takes %i for a collector without a meter, and does not ask again",
  async (status) => {
    const { server, meter, destination } = await start((response) =>
      response.writeHead(status).end(),
    );
    expect(await meter.ask(destination, report)).toEqual({ kind: "none" });
    expect(await meter.ask(destination, report)).toEqual({ kind: "none" });
    expect(server.requests).toHaveLength(1);
  },
);

it.each<[string, Answer]>([
  ["status 503", (response) => response.writeHead(503).end()],
  ["the answer is none of a meter", says({ shared_by: "everybody", as_of: "2026-11-19" })],
  ["the answer is none of a meter", (response) => response.writeHead(200).end("<html>")],
  ["the reply is too long", (response) => response.writeHead(200).end("x".repeat(100_000))],
  ["status 302", (response) => response.writeHead(302, { location: "/elsewhere" }).end()],
  ["ECONNRESET", (response) => void response.destroy()],
])("fails with %s, and asks again the next time", async (reason, answer) => {
  const { server, meter, destination } = await start(answer);
  expect(await meter.ask(destination, report)).toEqual({ kind: "failed", reason });
  server.answer(common);
  expect(await meter.ask(destination, report)).toEqual(isCommon);
});

it("sends nothing where nothing can be written down", async () => {
  const { server, meter, destination } = await start(common, { writable: false });
  const answer = await meter.ask(destination, report);
  expect(answer).toEqual({ kind: "failed", reason: "the transparency log cannot be written" });
  expect(server.connections()).toBe(0);
});

it("a report is coarsened when it stands out or nobody can say", () => {
  const of = (sharedBy: "fewer_than_10" | "fewer_than_100") =>
    mustCoarsen({ kind: "class", sharedBy, asOf: "2026-11-19" });
  expect([of("fewer_than_10"), of("fewer_than_100")]).toEqual([true, false]);
  expect(mustCoarsen(isCommon)).toBe(false);
  expect(mustCoarsen({ kind: "failed", reason: "status 503" })).toBe(true);
  expect(mustCoarsen({ kind: "none" })).toBe(false);
});
