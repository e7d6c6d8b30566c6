import { generateKeyPairSync, sign, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { JournalItem } from "../journal/types.ts";
import type { Answer } from "../test/server.ts";
import { serve } from "../test/start.ts";
import { fetchMyData, requestErasure } from "./request.ts";

const ID = "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11";
const { publicKey, privateKey } = generateKeyPairSync("ed25519");

const reply =
  (status: number, body: unknown): Answer =>
  (response) =>
    response
      .writeHead(status, { "content-type": "application/json" })
      .end(typeof body === "string" ? body : JSON.stringify(body));

const refused = (status: number, reason: string, ...more: object[]) =>
  reply(status, {
    code: 7,
    message: "No.",
    details: [
      { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "rollcall" },
      ...more,
    ],
  });

const data = {
  app: "timetracker",
  install_id: ID,
  exported_at: "2026-11-20T08:12:04.000Z",
  tables: { heartbeats: [{ day: "2026-11-19" }] },
  rows: { heartbeats: 1 },
};
const receipt = {
  app: "timetracker",
  install_id: ID,
  erased_at: "2026-11-20T08:12:04.000Z",
  rows: { events: 4, installs: 1 },
  remains: ["Backups."],
};

async function start(answer: Answer, { writable = true }: { writable?: boolean } = {}) {
  const server = await serve(answer);
  const logged: JournalItem[] = [];
  const outcomes: string[] = [];
  return {
    server,
    logged,
    outcomes,
    input: {
      destination: {
        name: "own" as const,
        base: new URL(`${server.endpoint}/otlp/`),
        token: "secret",
        source: "environment" as const,
      },
      installId: ID,
      sign: (message: string) => sign(null, Buffer.from(message), privateKey).toString("base64"),
      journal: {
        sending: async (_sink: string, _batch: string, items: readonly JournalItem[]) => {
          logged.push(...items);
          return writable;
        },
        outcome: (_sink: string, _batch: string, { kind }: { kind: string }) =>
          void outcomes.push(kind),
      },
      deadlineMs: 2_000,
    },
  };
}

describe("asking for one's own data", () => {
  it("signs method, path, time and nonce, and gives what the collector has", async () => {
    const { server, input, logged, outcomes } = await start(reply(200, data));
    expect(await fetchMyData(input)).toEqual({ ok: true, data });
    const { path, headers } = server.requests[0]!;
    expect(path).toBe(`/otlp/v1/installs/${ID}`);
    expect(headers.authorization).toBe("Bearer secret");
    const [time, nonce] = [headers["rollcall-time"], headers["rollcall-nonce"]];
    expect(nonce).toMatch(/^[A-Za-z0-9_-]{22}$/);
    const message = Buffer.from(`GET\n${path}\n${time}\n${nonce}`);
    const signature = Buffer.from(String(headers["rollcall-signature"]), "base64");
    expect(verify(null, message, publicKey, signature)).toBe(true);
    expect(logged).toMatchObject([
      {
        signal: "my-data",
        name: "export",
        content: { method: "GET", path, "rollcall-nonce": nonce },
      },
    ]);
    expect(JSON.stringify(logged)).not.toContain(headers["rollcall-signature"]);
    expect(JSON.stringify(logged)).not.toContain("secret");
    expect(outcomes).toEqual(["success"]);
  });

  it.each<[string, Answer, RegExp]>([
    ["no Rollcall", reply(404, "Not found"), /cannot show or erase/],
    ["a wrong token", reply(401, {}), /token/],
    ["no key there", refused(403, "INSTALL_KEY_MISSING"), /never got this install's key/],
    ["another key there", refused(403, "SIGNATURE_BAD"), /signature/],
    ["a wrong clock", refused(403, "SIGNATURE_EXPIRED"), /clock/],
    ["nothing there", refused(404, "INSTALL_UNKNOWN"), /nothing about this install/],
    ["an erased install", refused(410, "INSTALL_ERASED"), /has erased this install/],
    ["a store that is away", refused(503, "STORE_UNAVAILABLE"), /Try again/],
    ["somebody else's data", reply(200, { ...data, install_id: "x" }), /none that this client/],
    ["a page", reply(200, "<html>"), /none that this client/],
    ["no answer", (response) => void response.destroy(), /did not answer \(ECONNRESET\)/],
  ])("says in words what is wrong: %s", async (_what, answer, words) => {
    const { input } = await start(answer);
    const result = await fetchMyData(input);
    expect(result).toEqual({ ok: false, problem: expect.stringMatching(words) });
    expect(JSON.stringify(result)).not.toContain("127.0.0.1");
  });

  it("notices a reply that was cut off", async () => {
    const { input } = await start((response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("{", () => response.destroy());
    });
    expect(await fetchMyData(input)).toMatchObject({ ok: false });
  });

  it("sends nothing where nothing can be written down", async () => {
    const { input, server } = await start(reply(200, data), { writable: false });
    const result = await fetchMyData(input);
    expect(result).toMatchObject({ ok: false, problem: expect.stringMatching(/Nothing was sent/) });
    expect(server.connections()).toBe(0);
  });
});

describe("asking to be erased", () => {
  const done = { ok: true, receipt: { ...receipt, sink: "own" } };

  it("gives the receipt", async () => {
    const { input, server, logged } = await start(reply(200, receipt));
    expect(await requestErasure(input)).toEqual(done);
    expect(server.requests[0]?.path).toBe(`/otlp/v1/installs/${ID}`);
    expect(logged).toMatchObject([{ name: "erasure", content: { method: "DELETE" } }]);
  });

  it("takes the receipt of an erasure whose reply was lost", async () => {
    const detail = { "@type": "rollcall/ErasureReceipt", ...receipt };
    const { input } = await start(refused(410, "INSTALL_ERASED", detail));
    expect(await requestErasure(input)).toEqual(done);
  });

  it("is done where the collector has nothing", async () => {
    const { input } = await start(refused(404, "INSTALL_UNKNOWN"));
    expect(await requestErasure(input)).toMatchObject({
      ok: true,
      receipt: { sink: "own", rows: {} },
    });
  });

  it.each<[string, Answer, boolean]>([
    ["something that is no collector", reply(404, "Not found"), false],
    ["a refusal", refused(403, "SIGNATURE_BAD"), false],
    ["a store that is away", refused(503, "STORE_UNAVAILABLE"), true],
    ["a page instead of a receipt", reply(200, "<html>"), true],
    ["no answer", (response) => void response.destroy(), true],
  ])("is not done after %s", async (_what, answer, retryable) => {
    const { input } = await start(answer);
    expect(await requestErasure(input)).toEqual({
      ok: false,
      problem: expect.any(String),
      retryable,
    });
  });
});
