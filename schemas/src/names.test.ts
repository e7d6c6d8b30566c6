import { expect, it } from "vitest";
import { countableName, isEventName, isFieldName } from "./names.ts";

it.each(["timer.started", "quote.approval.rejected", "payment_deleted", "$pageview", "a.b.c.d"])(
  "%s has the shape of an event",
  (name) => expect(isEventName(name)).toBe(true),
);

const HOSTILE = [
  "",
  " ",
  "Timer.Started",
  "timer started",
  "timer.started\n",
  "timer..started",
  ".timer",
  "timer.",
  "a.b.c.d.e",
  "order.12345",
  "user_015112345678",
  "__proto__",
  "ann@example.org",
  "10.0.0.1",
  "a\u0000b",
  "a\ud800",
  "x'); DROP TABLE events; --",
  "a\n\nDROP TABLE events",
  "$",
  "a".repeat(101),
];
it.each(HOSTILE)("%j has neither the shape of an event nor of a field", (name) => {
  expect(isEventName(name)).toBe(false);
  if (name !== "a.b.c.d.e") expect(isFieldName(name)).toBe(false);
});

it("accepts the attribute names of OpenTelemetry as fields, and ordinary words of JavaScript", () => {
  for (const name of ["http.request.method", "project_id", "constructor", "to_string", "x1"]) {
    expect(isFieldName(name)).toBe(true);
  }
  expect(isFieldName("a".repeat(65))).toBe(false);
  expect(isFieldName("$browser")).toBe(false);
});

it("counts a name as itself only where it is safe to show", () => {
  expect(countableName("quote_title")).toBe("quote_title");
  expect(countableName("password")).toBe("password");
  expect(countableName("host.name")).toBe("host.name");
  for (const name of HOSTILE.filter((hostile) => hostile !== "a.b.c.d.e")) {
    expect(countableName(name)).toBe("(malformed)");
  }
  expect(countableName("deadbeefdeadbeefdeadbeefdeadbeef")).toBe("(malformed)");
});
