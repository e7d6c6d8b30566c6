import { expect, it } from "vitest";
import { Kind } from "./attributes.ts";
import { compileTable } from "./table.ts";

it("stays bounded when senders make up names", () => {
  const table = compileTable("app", { app: "app", version: 1, events: [] });
  const keys = new Set<string>();
  const events = new Set<string>();
  for (let at = 0; at < 20_000; at++) {
    const name = `made_up_${(at % 1000).toString()}_${Math.floor(at / 1000)}`;
    keys.add(table.resource(name).key);
    events.add(table.countableEvent(name));
    expect(table.event(name)).toBe("event_unlisted");
  }
  expect(keys.size).toBe(2001);
  expect(events.size).toBe(1001);
  expect(keys.has("(other)") && events.has("(other)")).toBe(true);
});

it("says why, also for a name that is no longer counted by itself", () => {
  const table = compileTable("app", { app: "app", version: 1, events: [] });
  for (let at = 0; at < 3000; at++) table.resource(`a${at}`);
  expect(table.resource("email").key).toBe("(other)");
  expect(table.resource("email").decide(Kind.String, "x")).toEqual({ drop: "field_name_pii" });
  expect(table.resource("a b").decide(Kind.String, "x")).toEqual({ drop: "field_name_malformed" });
});
