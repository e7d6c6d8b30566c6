import { BASE_SCHEMA, Kind } from "@rollcall/schemas";
import { describe, expect, it } from "vitest";
import { coarsen } from "./coarse.ts";

const WINTER = new Date("2026-01-15T12:00:00Z");
const SUMMER = new Date("2026-07-15T12:00:00Z");

/** What the schema keeps of a field. */
function kept(name: string, value: string): unknown {
  return BASE_SCHEMA.find((field) => field.name === name)?.decide(Kind.String, value);
}

describe("a coarsened report", () => {
  it.each([
    ["6.1.0-18-amd64", "en_US", "Europe/Berlin", "6", "en", "+01:00"],
    ["10.0.19045", "pt-BR", "America/Sao_Paulo", "10", "pt", "-03:00"],
    ["14", "zh_Hant_TW", "Asia/Kathmandu", "14", "zh", "+05:45"],
    ["23.5.0", "de", "UTC", "23", "de", "UTC"],
    ["6", "C", "Europe/London", "6", "C", "UTC"],
    ["6.1", "en", "+02:00", "6", "en", "+02:00"],
  ])("of %s, %s, %s says %s, %s, %s", (os, locale, zone, coarseOs, coarseLocale, offset) => {
    const coarse = coarsen({ os_version: os, locale, timezone: zone, app_version: "5.1" }, WINTER);
    expect(coarse).toEqual({
      os_version: coarseOs,
      locale: coarseLocale,
      timezone: offset,
      app_version: "5.1",
    });
    for (const [name, value] of Object.entries(coarse)) expect(kept(name, value)).toBe(value);
    expect(coarsen(coarse, WINTER)).toEqual(coarse);
  });

  it("has the offset of its moment", () => {
    const report = { timezone: "Europe/Berlin" };
    expect(coarsen(report, WINTER).timezone).toBe("+01:00");
    expect(coarsen(report, SUMMER).timezone).toBe("+02:00");
    expect(report).toEqual({ timezone: "Europe/Berlin" });
  });

  it("leaves out what has no coarse form", () => {
    expect(coarsen({ os_version: "unknown", timezone: "Nowhere/At_All" }, WINTER)).toEqual({});
  });
});
