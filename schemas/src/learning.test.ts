import { expect, it } from "vitest";
import { type AttributeValue, Kind } from "./attributes.ts";
import { isUuid } from "./ids.ts";
import { compileTable, type EventRules } from "./table.ts";
import { isVersion } from "./version.ts";

function learn(name = "timer.started"): EventRules {
  const rules = compileTable("app", null).event(name);
  if (typeof rules === "string") throw new Error(rules);
  return rules;
}
function kept(key: string, kind: Kind, value: AttributeValue): string | number {
  const decided = learn().field(key).decide(kind, value);
  return typeof decided === "object" ? decided.drop : decided;
}
const S = Kind.String;

it.each<[string, Kind, AttributeValue, string | number]>([
  ["count", Kind.Integer, 3, 3],
  ["project_id", Kind.Integer, 3, "3"],
  ["ratio", Kind.Double, 0.5, 0.5],
  ["ratio", Kind.Double, Number.NaN, "value_malformed"],
  ["count", Kind.Integer, 9007199254740993n, "value_malformed"],
  ["billable", Kind.Boolean, true, "true"],
  ["project_id", S, "42", "42"],
  ["project_id", S, "0B9C7A1E-1111-4222-8333-ABCDEFABCDEF", "0b9c7a1e-1111-4222-8333-abcdefabcdef"],
  ["project_id", S, "1234567890123456", "type_mismatch"],
  ["number", S, "4000000000006", "value_pii"],
  ["schema_version", S, "5.10.0", "5.10.0"],
  ["schema_version", S, "1.2.3.4", "1.2.3.4"],
  ["client", S, "5.10.0", "5.10.0"],
  ["client", S, "10.0.0.1", "value_pii"],
  ["client", S, "300.0.0.1", "type_mismatch"],
  ["client", S, "10.0.0.1-1", "value_pii"],
  ["quote_title", S, "A new kitchen", "type_mismatch"],
  ["quote_title", S, "ann@example.org", "value_pii"],
  ["note", S, "", "type_mismatch"],
  ["email", S, "x", "field_name_pii"],
  ["Ann's note", S, "x", "field_name_malformed"],
  ["columns", Kind.Array, null, "type_mismatch"],
])("of %s (kind %s) = %s keeps %s", (key, kind, value, expected) => {
  expect(kept(key, kind, value)).toBe(expected);
});

it("learns at most a thousand fields and a thousand events, and remembers what it is told", () => {
  const table = compileTable("app", null, { events: ["told.event"], fields: ["told_field"] });
  const rules = table.event("told.event");
  if (typeof rules === "string") throw new Error(rules);
  for (let at = 0; at < 1000; at++) {
    rules.field(`field_a${at}`);
    table.event(`event.a${at}`);
  }
  expect(rules.field("told_field").decide(Kind.Integer, 1)).toBe(1);
  expect(rules.field("field_a998").decide(Kind.Integer, 1)).toBe(1);
  expect(rules.field("field_a999").decide(Kind.Integer, 1)).toEqual({ drop: "field_limit" });
  expect(rules.field("field_a999").key).toBe("(other)");
  expect(table.event("event.a998")).toMatchObject({ event: "event.a998" });
  expect(table.event("event.a999")).toBe("event_unlisted");
  expect(table.event("base_telemetry.heartbeat")).toMatchObject({ layer: "base" });
  expect(table.event("base_telemetry.x")).toBe("event_name_reserved");
});

it("keeps no string outside its closed shapes, whatever is sent", () => {
  const alphabet = [..."abcXYZ0123456789.-:/@ _+%\n\u0000\ud800é"];
  const parts = ["10.0.0.1", "::1", "1.2.3.4", "ann@example.org", "v1.0", "-rc.1", "0b9c7a1e-1111"];
  let seed = 42;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const pick = (from: readonly string[]): string => from[random(from.length)] ?? "";
  const rules = learn();
  let strings = 0;
  for (let at = 0; at < 20_000; at++) {
    const text = Array.from({ length: 1 + random(8) }, () =>
      random(5) === 0 ? pick(parts) : pick(alphabet),
    ).join("");
    const decided = rules.field("client").decide(S, text);
    if (typeof decided !== "string") continue;
    strings++;
    expect(/^-?\d{1,15}$/.test(decided) || isUuid(decided) || isVersion(decided)).toBe(true);
    expect(/\d+(\.\d+){3}/.test(decided)).toBe(false);
  }
  expect(strings).toBeGreaterThan(100);
});
