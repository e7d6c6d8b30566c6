import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-zod-openapi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ZodObject, z } from "zod";
import { eventually, startTestEngine } from "../engine/testing.ts";
import { createMetrics } from "../metrics.ts";
import { createStore } from "../store/client.ts";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { AskerGone, createAsks, Overloaded } from "./ask.ts";
import { administrator } from "./auth.ts";
import { answerFailure, queryFailure } from "./failure.ts";
import { type Question, question } from "./question.ts";
import { registerQuestion } from "./question-route.ts";
import { ADMIN, beat, startApi } from "./testing.ts";

const { queryDuration: duration } = createMetrics("0.0.0");
/** Three seconds of waiting, without work. */
const SLOW = "SELECT sleep(3) AS slept";

/** A busy machine is slow to begin; how soon a query ends is measured below. */
const PATIENCE = { timeout: 10_000 };

let stored: TestStore;
beforeAll(async () => {
  stored = await openTestStore();
  await beat(stored.store, [{ install: 1, at: "2026-11-20" }]);
});
afterAll(() => stored?.close());

const running = async () => {
  const [row] = await stored.store.query<{ n: number }>(
    "SELECT count() AS n FROM system.processes WHERE query LIKE '%AS slept%' AND query NOT LIKE '%processes%'",
  );
  return row?.n ?? 0;
};

describe("one caller", () => {
  it("may ask so often, and is then told when to come back", async () => {
    const api = await startApi(stored.store, { bounds: { perMinute: 60, burst: 3 } });
    const statuses = [];
    for (let nth = 0; nth < 5; nth++) statuses.push((await api.get("/v1/apps")).statusCode);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await api.get("/v1/apps");
    expect(refused.headers["retry-after"]).toBe("5");
    expect(refused.json()).toMatchObject({ code: "rate_limited" });
    // What needs no credentials is not counted, and another session has a bucket of its own.
    expect((await api.app.inject("/api/openapi.json")).statusCode).toBe(200);
    const signedIn = await api.app.inject({
      method: "POST",
      url: "/api/v1/session",
      payload: { token: ADMIN },
    });
    const cookie = String(signedIn.headers["set-cookie"]).split(";")[0] ?? "";
    const other = await api.app.inject({ url: "/api/v1/apps", headers: { cookie } });
    expect(other.statusCode).toBe(200);
    await api.close();
  });

  it("cannot use up the questions of others with wrong tokens", async () => {
    const api = await startApi(stored.store, { bounds: { perMinute: 60, burst: 2 } });
    for (let nth = 0; nth < 5; nth++) {
      const headers = { authorization: "Bearer wrong" };
      expect((await api.app.inject({ url: "/api/v1/apps", headers })).statusCode).toBe(401);
    }
    expect((await api.get("/v1/apps")).statusCode).toBe(200);
    await api.close();
  });
});

describe("all callers together", () => {
  it("have so many queries running and so many waiting", async () => {
    const ask = createAsks({ ...stored, duration, bounds: { atOnce: 1, waiting: 1 } })("slow");
    const began = performance.now();
    const first = ask(SLOW, {});
    const second = ask("SELECT 1 AS one", {});
    await expect(ask("SELECT 2 AS two", {})).rejects.toThrow(Overloaded);
    expect(performance.now() - began).toBeLessThan(1000);
    await first;
    expect(await second).toEqual([{ one: 1 }]);
  });

  it("wait so long and no longer", async () => {
    const bounds = { atOnce: 1, waiting: 5, waitMs: 300 };
    const ask = createAsks({ ...stored, duration, bounds })("slow");
    const first = ask(SLOW, {});
    const began = performance.now();
    const late = await ask("SELECT 1", {}).catch((error: unknown) => error);
    expect(performance.now() - began).toBeGreaterThan(250);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(queryFailure(late)).toEqual({ code: "overloaded" });
    await first;
    expect(await ask("SELECT 1 AS one", {})).toEqual([{ one: 1 }]);
  });

  it("are answered with 503 and Retry-After when there is no turn", async () => {
    const api = await startApi(stored.store, { bounds: { atOnce: 1, waiting: 0 } });
    const replies = await Promise.all(Array.from({ length: 8 }, () => api.get("/v1/apps")));
    const refused = replies.filter(({ statusCode }) => statusCode === 503);
    expect(refused.length).toBeGreaterThan(0);
    for (const reply of refused) {
      expect(reply.json()).toMatchObject({ code: "overloaded" });
      expect(reply.headers["retry-after"]).toBe("5");
    }
    expect((await api.get("/v1/apps")).statusCode).toBe(200);
    await api.close();
  });
});

describe("one query", () => {
  it("is stopped after its time", async () => {
    const ask = createAsks({ ...stored, duration, bounds: { seconds: 1 } })("long");
    const began = performance.now();
    const failed = await ask("SELECT sum(sipHash64(number)) FROM numbers(100000000000)", {}).catch(
      (error: unknown) => error,
    );
    expect(queryFailure(failed)).toEqual({ code: "query_timeout" });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it("may not take more memory than it is given: 503 in words, and the next one is answered", async () => {
    const api = await startApi(stored.store, { bounds: { memoryBytes: 10_000 } });
    const reply = await api.get("/v1/installs/active", { app: "timetracker" });
    expect(reply.statusCode).toBe(503);
    expect(reply.headers["retry-after"]).toBe("30");
    expect(reply.json()).toMatchObject({
      code: "query_memory",
      message: expect.stringContaining("shorter range"),
    });
    await api.close();
    const usual = await startApi(stored.store);
    expect((await usual.get("/v1/installs/active", { app: "timetracker" })).statusCode).toBe(200);
    await usual.close();
  });

  it("may not take more than the engine has, which goes on", async () => {
    const small = await startTestEngine({ memoryBytes: 256 * 1024 * 1024 });
    const store = createStore(small);
    const pid = small.engine.pid();
    const ask = createAsks({ store, duration })("large");
    const failed = await ask(
      "SELECT length(groupArray(repeat('x', 1000))) FROM numbers(600000)",
      {},
    ).catch((error: unknown) => error);
    expect(queryFailure(failed)).toMatchObject({
      code: "query_memory",
      message: expect.stringContaining("no memory left"),
    });
    expect(await ask("SELECT 1 AS one", {})).toEqual([{ one: 1 }]);
    expect(small.engine.pid()).toBe(pid);
    await store.close();
    await small.stop();
  });

  it("may not give a result that fills the collector's memory", async () => {
    const ask = createAsks({ ...stored, duration })("wide");
    const failed = await ask("SELECT toString(number) AS n FROM numbers(20000000)", {}).catch(
      (error: unknown) => error,
    );
    expect(queryFailure(failed)).toMatchObject({ code: "query_failed" });
  });
});

describe("who asks and goes away", () => {
  it("stops the query that runs, and the one that waits never begins", async () => {
    const asks = createAsks({ ...stored, duration, bounds: { atOnce: 1 } });
    const gone = new AbortController();
    const ask = asks("slow", gone.signal);
    const first = ask(SLOW, {}).catch((error: unknown) => error);
    const second = ask(SLOW, {}).catch((error: unknown) => error);
    await expect.poll(running, PATIENCE).toBe(1);
    const began = performance.now();
    gone.abort(new AskerGone());
    expect(await first).toBeInstanceOf(AskerGone);
    expect(await second).toBeInstanceOf(AskerGone);
    expect(performance.now() - began).toBeLessThan(2500);
    expect(await running()).toBe(0);
    expect(await asks("next")("SELECT 1 AS one", {})).toEqual([{ one: 1 }]);
  });

  it("is noticed by the connection", async () => {
    const slow = question({
      ...{ name: "slow", path: "/slow", tag: "Operations", summary: "", description: "" },
      parameters: z.object({}),
      reply: z.object({ slept: z.number() }),
      answer: async (_parameters, { ask }) => {
        await ask(SLOW, {});
        return { slept: 3 };
      },
    }) as unknown as Question<ZodObject, ZodObject>;
    const app = Fastify();
    app.decorateRequest("caller", { getter: () => administrator(null) });
    app.setValidatorCompiler(validatorCompiler);
    app.setSerializerCompiler(serializerCompiler);
    app.setErrorHandler(answerFailure);
    const statuses: number[] = [];
    app.addHook("onError", async (_request, reply) => void statuses.push(reply.statusCode));
    const asks = createAsks({ ...stored, duration });
    const now = () => new Date();
    registerQuestion(app, { asks, freshness: now, apps: () => [], now }, slow);
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const leaving = new AbortController();
    const asked = fetch(`http://127.0.0.1:${port}/slow`, { signal: leaving.signal });
    await expect.poll(running, PATIENCE).toBe(1);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    const began = performance.now();
    await expect.poll(running, PATIENCE).toBe(0);
    expect(performance.now() - began).toBeLessThan(2500);
    expect(await eventually(() => statuses.length === 1)).toBe(true);
    await app.close();
  });

  it("stops a statement that was sent, too", async () => {
    const api = await startApi(stored.store);
    await api.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = api.app.server.address() as AddressInfo;
    const leaving = new AbortController();
    const asked = fetch(`http://127.0.0.1:${port}/api/v1/sql`, {
      method: "POST",
      signal: leaving.signal,
      headers: { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" },
      body: JSON.stringify({ query: SLOW }),
    });
    await expect.poll(running, PATIENCE).toBe(1);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    const began = performance.now();
    await expect.poll(running, PATIENCE).toBe(0);
    expect(performance.now() - began).toBeLessThan(2500);
    await api.close();
  });
});
