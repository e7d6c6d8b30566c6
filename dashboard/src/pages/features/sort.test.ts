import { expect, it } from "vitest";
import { nextSort, parseSort, sortEvents } from "./sort.ts";

const rows = [
  { event: "timer.started", count: 50, installs: 9, users: 20 },
  { event: "auth.login", count: 90, installs: 9, users: 4 },
  { event: "export.csv", count: 3, installs: 2, users: 2 },
];

it("sorts by the column named and breaks ties by name", () => {
  const names = (written: string) => sortEvents(rows, written).map((row) => row.event);
  expect(names("-installs")).toEqual(["auth.login", "timer.started", "export.csv"]);
  expect(names("count")).toEqual(["export.csv", "timer.started", "auth.login"]);
  expect(names("-event")).toEqual(["timer.started", "export.csv", "auth.login"]);
});

it("starts a column of numbers with the largest and turns it at the next press", () => {
  expect(nextSort(parseSort("-installs"), "users")).toBe("-users");
  expect(nextSort(parseSort("-users"), "users")).toBe("users");
  expect(nextSort(parseSort("-installs"), "event")).toBe("event");
});

it("takes a column it does not know for the default", () => {
  expect(parseSort("-nonsense")).toEqual({ column: "installs", descending: true });
});
