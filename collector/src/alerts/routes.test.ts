import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ADMIN, LOOPBACK, startApi, type TestApi } from "../read/testing.ts";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { addressProblem } from "./address.ts";
import { isSigned, startReceiver } from "./receiver.fixture.ts";

let stored: TestStore;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  stored = await openTestStore();
});
afterAll(() => stored?.close());
beforeEach(async () => {
  receiver = await startReceiver();
  return () => receiver.close();
});

it.each([
  ["https://hooks.example.org/x?y=1", true],
  ["http://127.0.0.1:8080/x", true],
  ["http://localhost/x", true],
  ["http://[::1]:1/x", true],
  // What a name stands for is judged when something is sent.
  ["http://hooks.example.org/x", true],
  ["https://169.254.169.254/latest", false],
  ["https://192.168.1.7/x", false],
  ["http://8.8.8.8/x", false],
  ["https://8.8.8.8/x", true],
  ["https://0x7f.1/x", true],
  ["https://[::ffff:169.254.169.254]/x", false],
  ["https://user:password@hooks.example.org/", false],
  ["ftp://hooks.example.org/", false],
  ["file:///etc/passwd", false],
  ["javascript:alert(1)", false],
  ["", false],
])("the address %s may be used: %s", (url, allowed) => {
  expect(addressProblem(url, LOOPBACK) === null).toBe(allowed);
});

describe("routes", () => {
  let api: TestApi;
  beforeEach(async () => {
    api = await startApi(stored.store);
    return () => api.close();
  });
  const call = (method: "GET" | "POST" | "PUT" | "DELETE", path: string, payload?: object) =>
    api.app.inject({
      method,
      url: `/api/v1/settings/${path}`,
      headers: { authorization: `Bearer ${ADMIN}` },
      ...(payload && { payload }),
    });

  it("make, list, test, change, renew and remove a webhook; the secret is said once", async () => {
    const made = await call("POST", "webhooks", { name: "On call", url: receiver.url });
    expect(made.statusCode).toBe(201);
    const { id, secret } = made.json<{ id: string; secret: string }>();
    expect(secret).toMatch(/^whsec_[\w-]{43}$/);
    expect((await call("POST", `webhooks/${id}/test`)).json()).toEqual({
      ...{ ok: true, status: 204, message: "accepted" },
    });
    const [sent] = receiver.received;
    expect(await isSigned(secret, sent?.headers["rollcall-signature"], sent?.body ?? "")).toBe(
      true,
    );
    const listed = await call("GET", "webhooks");
    expect(listed.json()).toMatchObject({
      rows: [{ id, name: "On call", events: [], disabledAt: null, deliveries: [{ type: "test" }] }],
    });
    expect(listed.body).not.toContain("secret");
    const change = {
      ...{ name: "Off", url: receiver.url, events: ["install_flood"], enabled: false },
      digest: "weekly",
    };
    expect((await call("PUT", `webhooks/${id}`, change)).statusCode).toBe(204);
    expect((await call("GET", "webhooks")).json().rows[0]).toMatchObject({
      ...{ name: "Off", events: ["install_flood"], disabledAt: expect.any(String) },
      digest: "weekly",
    });
    // Left out, the digest stays as it was.
    const { digest: _, ...rest } = change;
    expect((await call("PUT", `webhooks/${id}`, rest)).statusCode).toBe(204);
    expect((await call("GET", "webhooks")).json().rows[0].digest).toBe("weekly");
    const renewed = (await call("POST", `webhooks/${id}/secret`)).json<{ secret: string }>();
    expect(renewed.secret).not.toBe(secret);
    await call("POST", `webhooks/${id}/test`);
    const last = receiver.received.at(-1);
    const signature = last?.headers["rollcall-signature"];
    expect(await isSigned(renewed.secret, signature, last?.body ?? "")).toBe(true);
    expect(await isSigned(secret, signature, last?.body ?? "")).toBe(false);
    // Neither the table behind the settings nor the audit log has what is signed with.
    const log = JSON.stringify(await stored.store.query("SELECT * FROM settings_log"));
    expect(log).toContain("On call");
    expect(log).not.toContain(secret.slice(6));
    expect((await call("DELETE", `webhooks/${id}`)).statusCode).toBe(204);
    expect((await call("GET", "webhooks")).json().rows).toEqual([]);
    for (const [method, path] of [
      ["DELETE", id],
      ["POST", `${id}/test`],
      ["POST", `${id}/secret`],
    ] as const) {
      const reply = await call(method, `webhooks/${path}`);
      expect(reply.statusCode).toBe(404);
      expect(reply.json().code).toBe("setting_unknown");
    }
  });

  it.each([
    [{ name: "x", url: "http://10.0.0.1/" }, "url: found an address of this machine"],
    [{ name: "x", url: "https://example.org/", digest: "hourly" }, "digest: "],
    [{ name: "x", url: "nonsense" }, "url: found no URL"],
    [{ name: "", url: "https://example.org/" }, "name: "],
    [{ name: "x", url: "https://example.org/", events: ["nothing"] }, "events: "],
  ])("refuse the webhook %j", async (payload, words) => {
    const reply = await call("POST", "webhooks", payload);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ code: "invalid_parameter" });
    expect(reply.json().message).toContain(words);
  });

  it("list the rules of an app with their defaults, and change one", async () => {
    const path = "alerts/install_flood?app=timetracker";
    expect((await call("PUT", path, { enabled: true, threshold: 12 })).statusCode).toBe(204);
    const { rows } = (await call("GET", "alerts?app=timetracker")).json();
    expect(rows.map(({ rule }: { rule: string }) => rule)).toEqual([
      ...["active_falling", "error_spike", "refusals_rising", "install_flood"],
    ]);
    expect(rows[3]).toMatchObject({ threshold: 12, default: 5, enabled: true, unit: "times" });
    const refused = await call("PUT", path, { enabled: true, threshold: 1 });
    expect(refused.statusCode).toBe(400);
    expect(refused.json().message).toBe("threshold: found 1, allowed is 1.1 to 1000.");
    const unknown = await call("PUT", "alerts/nothing?app=timetracker", {
      ...{ enabled: true, threshold: 5 },
    });
    expect(unknown.statusCode).toBe(400);
  });

  it("tell whoever may read which alerts fire", async () => {
    expect(await api.read("/v1/health/alerts")).toMatchObject({
      rows: [
        { rule: "active_falling", state: "unknown", since: null },
        { rule: "error_spike" },
        { rule: "refusals_rising" },
        { rule: "install_flood" },
      ],
    });
  });
});
