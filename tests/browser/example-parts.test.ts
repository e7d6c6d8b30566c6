import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { catalogue } from "../../client/example/time-tracker/catalogue.ts";
import { csv } from "../../client/example/time-tracker/csv.ts";
import { cents, day, id } from "../../client/example/time-tracker/form.ts";
import { createFormat } from "../../client/example/time-tracker/format.ts";
import { dayOf, daysBetween, rounded, startOf } from "../../client/example/time-tracker/time.ts";
import { html } from "../../client/example/time-tracker/views/html.ts";

test("the example's catalogue is the time tracker's", () => {
  const file = new URL("../../schemas/catalogues/timetracker.json", import.meta.url);
  expect(catalogue).toEqual(JSON.parse(readFileSync(file, "utf8")));
});

describe("the example's templates", () => {
  test("escape what is put in, and leave HTML from a template as it is", () => {
    const name = `<b title="x">Tom & 'Co'</b>`;
    expect(html`<td>${name}</td>`.html).toBe(
      "<td>&lt;b title=&quot;x&quot;&gt;Tom &amp; &#39;Co&#39;&lt;/b&gt;</td>",
    );
    expect(html`${html`<i>${"<"}</i>`}${[1, html`<hr>`]}`.html).toBe("<i>&lt;</i>1<hr>");
    expect(html`${null}${undefined}${false}${0}`.html).toBe("0");
  });
});

describe("the example's forms", () => {
  const form = new URLSearchParams({
    id: "4",
    none: "",
    wrong: "4x",
    rate: "79,5",
    much: "12345678",
    day: "2026-02-28",
    noDay: "2026-02-30",
  });

  test("take ids, amounts and days in their shape only", () => {
    expect([id(form, "id"), id(form, "none"), id(form, "wrong")]).toEqual([4, null, null]);
    expect([cents(form, "rate"), cents(form, "much")]).toEqual([7950, null]);
    expect([day(form, "day"), day(form, "noDay"), day(form, "none")]).toEqual([
      "2026-02-28",
      null,
      null,
    ]);
  });
});

describe("the example's clock", () => {
  test("a day begins at midnight of its time zone, also when the clocks change", () => {
    const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
    expect(iso(startOf("2026-01-15", "Europe/Berlin"))).toBe("2026-01-14T23:00:00.000Z");
    expect(iso(startOf("2026-03-29", "Europe/Berlin"))).toBe("2026-03-28T23:00:00.000Z");
    expect(iso(startOf("2026-03-30", "Europe/Berlin"))).toBe("2026-03-29T22:00:00.000Z");
    expect(iso(startOf("2026-01-15", "America/St_Johns"))).toBe("2026-01-15T03:30:00.000Z");
    expect(iso(startOf("2026-01-15", "UTC"))).toBe("2026-01-15T00:00:00.000Z");
    expect(dayOf(Date.parse("2026-01-14T23:30:00Z") / 1000, "Europe/Berlin")).toBe("2026-01-15");
    expect(daysBetween("2026-03-01", "2026-03-30")).toBe(30);
  });

  test("work is rounded to whole steps, at least one", () => {
    expect([0, 60, 1300, 1400].map((seconds) => rounded(seconds, 15))).toEqual([
      900, 900, 900, 1800,
    ]);
  });

  test("days, times, money and durations are written as the settings say", () => {
    const seconds = Date.parse("2026-01-05T13:07:00Z") / 1000;
    const german = createFormat({
      timezone: "Europe/Berlin",
      date_format: "DD.MM.YYYY",
      time_format: "24h",
      currency: "EUR",
    });
    expect([german.day(seconds), german.time(seconds)]).toEqual(["05.01.2026", "14:07"]);
    const american = createFormat({
      timezone: "UTC",
      date_format: "MM/DD/YYYY",
      time_format: "12h",
      currency: "USD",
    });
    expect([american.day(seconds), american.time(seconds)]).toEqual(["01/05/2026", "01:07 PM"]);
    expect([american.money(123_456), american.duration(3900)]).toEqual(["$1,234.56", "1:05 h"]);
  });
});

test("the example's CSV quotes what must be, and defuses formulas", () => {
  expect(
    csv([
      ["name", 1],
      ["a,b", 2],
      ['say "so"', -3],
      ["=1+1", 4],
    ]),
  ).toBe('name,1\r\n"a,b",2\r\n"say ""so""",-3\r\n\'=1+1,4\r\n');
});
