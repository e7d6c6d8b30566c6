import { describe, expect, it } from "vitest";
import { createTokenBook } from "./authenticate.ts";

const book = createTokenBook([
  { app: "timetracker", token: "first:with-colon", backfill: false, unattributed: false },
  { app: "timetracker", token: "rotated", backfill: false, unattributed: false },
  { app: "notes", token: "history", backfill: true, unattributed: false },
]);
const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

describe("the token book", () => {
  it("knows a token as Bearer, as Basic instance:token and as an opaque Basic blob", () => {
    const sender = {
      ...{ app: "timetracker", backfill: false, unattributed: false, recordsPerSecond: null },
      token: expect.stringMatching(/^fixed-/),
    };
    expect(book.lookup("Bearer rotated")).toEqual(sender);
    expect(book.lookup("bearer   rotated ")).toEqual(sender);
    expect(book.lookup(basic("12345:rotated"))).toEqual(sender);
    expect(book.lookup(basic("12345:first:with-colon"))).toEqual(sender);
    expect(book.lookup("Basic rotated")).toEqual(sender);
    expect(book.lookup("BASIC rotated")).toEqual(sender);
  });

  it("knows an opaque blob that happens to be base64 of a pair", () => {
    const blob = Buffer.from("a:b").toString("base64");
    const own = createTokenBook([
      { app: "notes", token: blob, backfill: false, unattributed: false },
    ]);
    expect(own.lookup(`Basic ${blob}`)).toMatchObject({ app: "notes" });
  });

  it("tells which app and right a token carries", () => {
    expect(book.lookup("Bearer history")).toMatchObject({
      app: "notes",
      backfill: true,
      unattributed: false,
    });
  });

  it.each([undefined, "", "  "])("reports %j as missing", (header) => {
    expect(book.lookup(header)).toBe("missing");
  });

  it.each([
    "Bearer wrong",
    "Bearer",
    "rotated",
    "Digest rotated",
    "Bearer rotated extra",
    basic("rotated"),
    basic("rotated:"),
    basic("x:wrong"),
    `Bearer ${"x".repeat(10_000)}`,
    "Bearer __proto__",
  ])("does not know %j", (header) => {
    expect(book.lookup(header)).toBe("unknown");
  });

  it("refuses one token for two apps, without repeating it", () => {
    const clash = () =>
      createTokenBook([
        { app: "a", token: "s3cret", backfill: false, unattributed: false },
        { app: "b", token: "s3cret", backfill: false, unattributed: false },
      ]);
    expect(clash).toThrow(/both a and b/);
    expect(clash).not.toThrow(/s3cret/);
  });
});
