import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createTokenBook } from "../ingest/authenticate.ts";
import { createMetrics } from "../metrics.ts";
import { openTestStore, type TestStore } from "../store/testing.ts";
import type { MyData } from "./my-data.ts";
import { createInstallRoute } from "./route.ts";

const app = "timetracker";
let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

/** An install whose first key the store has. */
async function install() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const id = randomUUID();
  const key = publicKey.export({ format: "jwk" }).x as string;
  await opened.store.command(
    `INSERT INTO installs (app, install_id, first_seen, last_seen, last_received, install_key)
     SELECT '${app}', '${id}', now64(3) AS at, at, at, argMinState('${key}', at)`,
  );
  return { id, privateKey };
}

/** The route on a real port. What it would do with the rows is not done. */
async function serve(settle: () => Promise<boolean>) {
  const nothing = async () => ({ kind: "unknown" as const });
  const myData: MyData = { erased: async () => null, export: nothing, erase: nothing };
  const route = createInstallRoute({
    store: opened.store,
    tokens: createTokenBook([{ app, token: "public", backfill: false, unattributed: false }]),
    myData,
    settle,
    metrics: createMetrics("1.0.0"),
    log: pino({ level: "silent" }),
  });
  const server = createServer((request, response) => {
    if (!route(request, response)) response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return async (method: string, of: { id: string; privateKey: KeyObject }) => {
    const path = `/v1/installs/${of.id}`;
    const time = String(Math.floor(Date.now() / 1_000));
    const nonce = randomBytes(16).toString("base64url");
    const message = Buffer.from(`${method}\n${path}\n${time}\n${nonce}`);
    const headers = {
      authorization: "Bearer public",
      "rollcall-time": time,
      "rollcall-nonce": nonce,
      "rollcall-signature": sign(null, message, of.privateKey).toString("base64"),
    };
    const reply = await fetch(base + path, { method, headers });
    await reply.text();
    return reply.status;
  };
}

test("requests for ids that are made up leave room for an install that is known", async () => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const ask = await serve(() => promise);
  const known = await install();
  const flood = Array.from({ length: 40 }, () => ask("GET", { ...known, id: randomUUID() }));
  // All but those that wait have been answered.
  await expect.poll(async () => ask("GET", known), { timeout: 10_000 }).toBe(404);
  resolve(true);
  const statuses = await Promise.all(flood);
  expect(statuses.filter((status) => status === 404)).toHaveLength(8);
  expect(statuses.filter((status) => status === 429)).toHaveLength(32);
});

test("installs that are made up cannot keep the store busy with their erasures", async () => {
  const ask = await serve(async () => true);
  const known = await install();
  const statuses = [];
  for (let i = 0; i < 60; i += 1) statuses.push(await ask("DELETE", known));
  expect(statuses.slice(0, 50)).toEqual(Array(50).fill(404));
  expect(statuses.slice(50)).toContain(429);
  expect(await ask("GET", known)).toBe(404);
});
