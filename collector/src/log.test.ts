import Fastify from "fastify";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createLog, requestId, serverOptions } from "./log.ts";

const lines: string[] = [];
const app = Fastify(serverOptions(createLog("debug", { write: (line) => void lines.push(line) })));
app.get("/fails", () => {
  throw new Error("the disk is gone");
});
app.get("/quotes", () => JSON.parse('{"name": jane@example.com}'));
app.post("/takes", () => ({}));
afterAll(() => app.close());
beforeEach(() => {
  lines.length = 0;
});

describe("a request's log line", () => {
  it("is one, with an error's message and call sites where the collector is at fault", async () => {
    await app.inject("/fails?who=jane");
    const [failure, answered] = lines.map((line) => JSON.parse(line));
    expect(failure).toMatchObject({ level: 50, err: { message: "the disk is gone" } });
    expect(failure.err.stack[0]).toMatch(/^ {4}at /);
    expect(answered).toMatchObject({
      req: { method: "GET", route: "/fails" },
      res: { statusCode: 500 },
    });
    expect(lines.join("")).not.toContain("jane");
  });

  it("leaves out messages that quote the request", async () => {
    await app.inject("/quotes");
    await app.inject({
      method: "POST",
      url: "/takes",
      headers: { "content-type": "application/json" },
      payload: "{jane",
    });
    await app.inject("/jane?jane");
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join("")).not.toContain("jane");
  });
});

describe("a request id", () => {
  const of = (id: string) => requestId({ headers: { "x-request-id": id } });

  it("is the caller's where it is a UUID or 16 to 64 hex digits", () => {
    for (const id of ["5f0c2f0e-7c8e-4f0e-9d3e-0a5a3c1b2d4f", "0123456789ABCDEF", "a".repeat(64)]) {
      expect(of(id)).toBe(id);
    }
  });

  it("is a new UUID otherwise", () => {
    for (const id of ["", "jane", "a".repeat(15), "a".repeat(65), "203.0.113.77", "a b"]) {
      expect(of(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    }
  });
});
