import * as Sentry from "@sentry/node";
import { expect, it } from "vitest";
import { serve } from "../test/internals.ts";
import { until } from "../test/support.ts";
import type { SentryOptions } from "./index.ts";
import { itemsOf, started } from "./started.fixture.ts";

it("makes no connection and no SDK client while nobody opted in", async () => {
  const server = await serve();
  const { client, sentry } = await started(server, { recording: "none" });
  Sentry.captureException(new Error("before"));
  await Sentry.flush(1_000);
  expect(Sentry.getClient()).toBeUndefined();
  expect(server.connections()).toBe(0);
  expect(sentry.state()).toMatchObject({ active: false, source: "options", tracesSampleRate: 0 });
  expect(client.sentry()?.dsnHost).toBe(server.endpoint.slice("http://".length));
});

it("follows two rounds of opt-in and opt-out", async () => {
  const server = await serve();
  const { client, sentry } = await started(server, { recording: "none" });
  const handlers = process.listenerCount("uncaughtException");
  for (const round of [1, 2]) {
    client.choose("send");
    await sentry.settled();
    expect(sentry.state().active).toBe(true);
    Sentry.captureException(new Error("on"));
    await Sentry.flush(2_000);
    expect(itemsOf(server)).toHaveLength(round);

    const queued = Sentry.getClient();
    client.choose("none");
    queued?.captureException(new Error("through an old client"));
    Sentry.captureException(new Error("off"));
    await sentry.settled();
    Sentry.captureException(new Error("still off"));
    await Sentry.flush(1_000);
    expect(sentry.state().active).toBe(false);
    expect(itemsOf(server)).toHaveLength(round);
    expect(process.listenerCount("uncaughtException")).toBe(handlers);
  }
});

it("cancels at an opt-out what is under way", async () => {
  const server = await serve(() => {});
  const { client } = await started(server);
  Sentry.captureException(new Error("hangs"));
  await until(() => server.requests.length === 1);
  client.choose("none");
  await until(() => client.outcomes.length === 1);
  expect(client.outcomes).toMatchObject([{ kind: "failure", reason: "cancelled" }]);
});

it("notices at the sending that another process of the install recorded a refusal", async () => {
  const server = await serve();
  const { client, sentry } = await started(server);
  client.chooseElsewhere("none");
  Sentry.captureException(new Error("too late"));
  await Sentry.flush(1_000);
  await sentry.settled();
  expect(server.connections()).toBe(0);
  expect(sentry.state().active).toBe(false);
});

it("begins anew when another process opted out and in again", async () => {
  const server = await serve();
  const { client, sentry } = await started(server);
  client.withdrawAndReturnElsewhere();
  Sentry.captureException(new Error("of before"));
  await Sentry.flush(1_000);
  await sentry.settled();
  expect(server.connections()).toBe(0);
  expect(sentry.state().active).toBe(true);
  Sentry.captureException(new Error("of after"));
  await Sentry.flush(1_000);
  expect(itemsOf(server)).toHaveLength(1);
});

it("sends nothing that could not be journalled", async () => {
  const server = await serve();
  const { client } = await started(server);
  client.breakJournal(true);
  Sentry.captureException(new Error("unwritten"));
  await Sentry.flush(1_000);
  expect(server.connections()).toBe(0);
});

it("waits as long as a busy Sentry asks for", async () => {
  const server = await serve((response) => {
    response.writeHead(429, { "retry-after": "60" }).end();
  });
  await started(server);
  for (const name of ["one", "two"]) {
    Sentry.captureException(new Error(name));
    await Sentry.flush(1_000);
  }
  expect(server.requests).toHaveLength(1);
});

it("imports the SDK by itself, and starts in the app's context and not in a request's", async () => {
  const server = await serve();
  const { client, sentry } = await started(
    server,
    { recording: "none" },
    { sdk: undefined as never },
  );
  await Sentry.withIsolationScope(async () => {
    client.choose("send");
    await sentry.settled();
  });
  Sentry.captureException(new Error("outside of the request"));
  await Sentry.flush(2_000);
  expect(itemsOf(server)).toHaveLength(1);
  await Sentry.withIsolationScope(async () => {
    client.choose("none");
    await sentry.settled();
  });
  expect(Sentry.getClient()).toBeUndefined();
});

it("takes the rate from the environment, and no rate that is none", async () => {
  const server = await serve();
  const at = async (env: Record<string, string>, settings: SentryOptions = {}) => {
    const { sentry, client } = await started(server, { env, recording: "none" }, settings);
    return { rate: sentry.state().tracesSampleRate, lines: client.log.lines.length };
  };
  expect(await at({ SENTRY_TRACES_RATE: "0.1" })).toEqual({ rate: 0.1, lines: 0 });
  expect(await at({ SENTRY_TRACES_RATE: "0.1" }, { tracesSampleRate: 0.5 })).toEqual({
    rate: 0.5,
    lines: 0,
  });
  expect(await at({ SENTRY_TRACES_RATE: "often" })).toEqual({ rate: 0, lines: 1 });
});

it.each([null, { dsn: "not a DSN", source: "environment" as const }])(
  "does nothing with the DSN %j",
  async (sentryDsn) => {
    const server = await serve();
    const { sentry } = await started(server, { sentryDsn });
    expect(sentry.state()).toMatchObject({ active: false, dsnHost: null });
    expect(Sentry.getClient()).toBeUndefined();
  },
);
