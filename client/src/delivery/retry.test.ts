import { expect, onTestFinished, test } from "vitest";
import { type Answer, listen, ok, status } from "../test/server.ts";
import { until } from "../test/support.ts";
import { backoffMs, withRetry } from "./retry.ts";
import { createHttpTransport, endpointUrl, resolveEndpoint } from "./transport.ts";

const BODY = Buffer.from("body");
const QUICK = { tries: 4, baseMs: 1, capMs: 20 };

async function connected(answers: Answer[], options = QUICK) {
  const server = await listen((response, request) => {
    const next = answers.length > 1 ? answers.shift()! : answers[0]!;
    next(response, request);
  });
  const resolved = resolveEndpoint(server.endpoint);
  if (!resolved.ok) throw new Error(resolved.problem);
  const transport = withRetry(
    createHttpTransport({ url: endpointUrl(resolved.url, "logs"), token: "" }),
    options,
  );
  onTestFinished(async () => {
    transport.shutdown();
    await server.close();
  });
  return { server, transport };
}

test("passing faults are tried again until one try succeeds, with the same bytes", async () => {
  const hangUp: Answer = (response) => void response.destroy();
  const { server, transport } = await connected([status(503), status(429), hangUp, ok]);
  expect(await transport.send(BODY)).toMatchObject({ kind: "success" });
  expect(server.requests.map(({ body }) => body.toString())).toEqual(Array(4).fill("body"));
});

test("after the last try the last result is handed back", async () => {
  const { server, transport } = await connected([status(502)]);
  expect(await transport.send(BODY)).toMatchObject({ kind: "retryable", reason: "status 502" });
  expect(server.requests).toHaveLength(4);
});

test("what would fail again is not tried again", async () => {
  const { server, transport } = await connected([status(400)]);
  expect(await transport.send(BODY)).toMatchObject({ kind: "failure", reason: "status 400" });
  expect(server.requests).toHaveLength(1);
});

test("Retry-After is waited for in full", async () => {
  const patient = { tries: 2, baseMs: 1, capMs: 5_000 };
  const { server, transport } = await connected([status(503, { "retry-after": "1" }), ok], patient);
  await transport.send(BODY);
  const [first, second] = server.requests;
  // A timer may fire a millisecond early by the other clock.
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(995);
});

test("a collector that asks for more patience than the cap is not waited for here", async () => {
  const { server, transport } = await connected([status(503, { "retry-after": "3600" })]);
  expect(await transport.send(BODY)).toMatchObject({ kind: "retryable", retryAfterMs: 3_600_000 });
  expect(server.requests).toHaveLength(1);
});

test("a signal ends the wait", async () => {
  const { server, transport } = await connected([status(503)], {
    tries: 9,
    baseMs: 600_000,
    capMs: 600_000,
  });
  const cancel = new AbortController();
  const result = transport.send(BODY, cancel.signal);
  await until(() => server.requests.length === 1);
  setTimeout(() => cancel.abort(), 20);
  expect(await result).toEqual({ kind: "failure", reason: "cancelled" });
  expect(server.requests).toHaveLength(1);
});

test("waits are drawn below a bound that doubles with each try up to the cap", () => {
  const bounds = [1, 2, 3, 4, 5, 6].map((tried) => backoffMs(tried, 1_000, 10_000, 1));
  expect(bounds).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  expect(backoffMs(3, 1_000, 10_000, 0)).toBe(0);
  expect(backoffMs(3, 1_000, 10_000, 0.25)).toBe(1_000);
  expect(backoffMs(5_000, 1_000, 10_000, 0.5)).toBe(5_000);
});
