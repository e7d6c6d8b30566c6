import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import type { Sender } from "./authenticate.ts";
import { logsRequest, message, pair, text } from "./otlp/wire-writer.fixture.ts";
import { createIngestRates, type RecordRates } from "./rates.ts";
import {
  BACKFILL_TOKEN,
  exportLogs,
  INSTALL,
  JSON_TYPE,
  logRecord,
  PROTOBUF_TYPE,
  send,
  startIngest,
  type TestServer,
} from "./server.fixture.ts";
import { readStatus } from "./status.fixture.ts";

const OTHER = randomUUID();
const NO_BOUND = { token: 0, install: 0 };

let server: TestServer;
let now = 0;
async function start(rates: Partial<RecordRates>): Promise<void> {
  now = 0;
  server = await startIngest({ rates: { ...NO_BOUND, ...rates }, clock: () => now });
}
afterEach(() => server?.close());

const records = (count: number, install = INSTALL) =>
  Array.from({ length: count }, () => logRecord("timer.started", { install_id: install }));
const json = (...sent: object[]) => ({ headers: JSON_TYPE, body: exportLogs(...sent) });
const protobuf = (count: number) => ({
  headers: PROTOBUF_TYPE,
  body: logsRequest(
    [],
    ...Array.from({ length: count }, () => [
      message(5, text("timer.started")),
      pair(6, "install_id", text(INSTALL)),
    ]),
  ),
});
const status = async (sent: Parameters<typeof send>[1]) => (await send(server, sent)).status;

describe("over a rate the whole request is 429, and nothing of it is kept", () => {
  it.each([
    ["token", { token: 2 }, 120, 2],
    ["install", { install: 1 }, 1000, 1],
  ] as const)("by %s, in either type", async (by, rates, burst, perSecond) => {
    await start(rates);
    // It is taken whole while anything is left; what it overdraws is waited for.
    expect(await status(json(...records(burst - 1)))).toBe(200);
    expect(await status(protobuf(5))).toBe(200);
    for (const [type, sent] of [
      ["application/json", json(...records(3))],
      ["application/x-protobuf", protobuf(3)],
    ] as const) {
      const answer = await send(server, sent);
      expect([answer.status, answer.headers["content-type"]]).toEqual([429, type]);
      const read = readStatus(answer);
      expect(read).toMatchObject({ code: 8, violations: [] });
      expect(read.message).toMatch(
        new RegExp(
          `^This ${by} has sent .*; nothing was kept\\. .* ${perSecond} records a second\\.$`,
        ),
      );
      // 4 are owed, and one must be there.
      expect(answer.headers["retry-after"]).toBe(String(Math.ceil(5 / perSecond)));
    }
    expect(await server.stored()).toMatchObject({ events: burst + 4, refusals: 0 });
    const metrics = await server.metrics.registry.metrics();
    expect(metrics).toContain(
      `rollcall_ingest_rate_limited_requests_total{app="timetracker",by="${by}"} 2`,
    );
    expect(metrics).toContain(
      `rollcall_ingest_records_total{signal="logs",result="accepted"} ${burst + 4}`,
    );

    now = 5_000 / perSecond - 1;
    expect(await status(json(...records(1)))).toBe(429);
    now += 1;
    expect(await status(json(...records(1)))).toBe(200);
    expect(await server.stored()).toMatchObject({ events: burst + 5 });
  });

  it("counts what is refused with a reason, too, and takes nothing for a request that is malformed", async () => {
    await start({ token: 1 });
    const unlisted = Array.from({ length: 59 }, () => logRecord("timer.paused"));
    expect(await status(json(...unlisted))).toBe(200);
    const malformed = await send(server, json(...records(10), { body: 5 }));
    expect([malformed.status, malformed.headers["retry-after"]]).toEqual([400, undefined]);
    expect(await status(json(...records(1)))).toBe(200);
    expect(await status(json(...records(1)))).toBe(429);
  });

  it("before the body is read, where it is the token's", async () => {
    await start({ token: 1 });
    expect(await status(json(...records(60)))).toBe(200);
    expect(await status({ headers: JSON_TYPE, body: "no JSON" })).toBe(429);
    expect(await status({ headers: { ...JSON_TYPE, authorization: "Bearer wrong" } })).toBe(401);
  });
});

describe("the rate of an install", () => {
  it("holds for each install alone", async () => {
    await start({ install: 1 });
    expect(await status(json(...records(1000)))).toBe(200);
    expect(await status(json(...records(1)))).toBe(429);
    expect(await status(json(...records(1, OTHER)))).toBe(200);
  });

  it("never puts off an install for what another one sent: a relay's request is held to the token's", async () => {
    await start({ install: 1 });
    expect(await status(json(...records(1000)))).toBe(200);
    expect(await status(json(...records(1), ...records(1, OTHER)))).toBe(200);
    // Records without an install are refused one by one, and are nobody's.
    expect(await status(json({ body: { stringValue: "timer.started" } }))).toBe(200);
    expect(await server.stored()).toMatchObject({ events: 1002, refusals: 1 });
  });

  it("is not that of a token that may send the past, nor is the configured one of tokens", async () => {
    await start({ token: 1, install: 1 });
    const authorization = `Bearer ${BACKFILL_TOKEN}`;
    const past = json(...records(1001));
    for (const _ of [1, 2, 3]) {
      expect(await status({ ...past, headers: { ...JSON_TYPE, authorization } })).toBe(200);
    }
    expect(await status(json(...records(1)))).toBe(200);
  });
});

describe("rates", () => {
  const sender = (token: string, recordsPerSecond: number | null, backfill = false): Sender => ({
    ...{ app: "timetracker", token, recordsPerSecond, backfill, unattributed: false },
  });
  const brought = (accepted: number, install: string | null = null) => ({
    ...{ accepted, refused: 0, install },
  });

  it("are a token's own where it has one, from the moment it is set", () => {
    let at = 0;
    const rates = createIngestRates({ token: 1, install: 0 }, () => at);
    expect(rates.take(sender("a", null), brought(60))).toBeNull();
    expect(rates.mayCome(sender("a", null))).toMatchObject({ fault: "token_rate" });
    at = 1_000;
    // A thousand a second: the second that passed is worth as many.
    expect(rates.take(sender("a", 1000), brought(1000))).toBeNull();
    expect(rates.mayCome(sender("a", 1000))).toMatchObject({ retryAfterSeconds: 1 });
    expect(rates.mayCome(sender("b", null))).toBeNull();
    const past = sender("past", 1, true);
    expect(rates.take(past, brought(100))).toBeNull();
    expect(rates.mayCome(past)).toMatchObject({ fault: "token_rate", retryAfterSeconds: 41 });
  });

  it("let nobody owe more than may come at once, so that one huge request shuts no token for hours", () => {
    let at = 0;
    const rates = createIngestRates({ token: 1, install: 0 }, () => at);
    expect(rates.take(sender("a", null), brought(100_000))).toBeNull();
    expect(rates.mayCome(sender("a", null))).toMatchObject({ retryAfterSeconds: 61 });
    at = 61_000;
    expect(rates.mayCome(sender("a", null))).toBeNull();
  });

  it("remember so many installs and forget the one that was silent the longest", () => {
    const rates = createIngestRates({ token: 0, install: 1 }, () => 0, 2);
    const take = (install: string) => rates.take(sender("a", null), brought(1000, install));
    expect([take("1"), take("2")]).toEqual([null, null]);
    expect(take("1")).toMatchObject({ fault: "install_rate" });
    expect(take("3")).toBeNull();
    expect(take("1")).toMatchObject({ fault: "install_rate" });
    expect(take("2")).toBeNull();
  });
});
