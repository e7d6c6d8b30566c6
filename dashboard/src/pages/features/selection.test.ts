import { expect, it } from "vitest";
import { printEvents, readEvents } from "./selection.ts";

const row = (event: string, installs: number) => ({ event, installs, count: installs, users: 1 });
const events = {
  rows: [row("a.b", 1), row("c.d", 9), row("e.f", 5), row("g.h", 3), row("i.j", 2)],
  sharingDetailed: 10,
  usersExactTo: 65_536,
  asOf: "2026-11-20T08:12:00Z",
};

it("begins with the four events that most installs use", () => {
  expect(readEvents("", events)).toEqual(["c.d", "e.f", "g.h", "i.j"]);
  expect(readEvents("", null)).toEqual([]);
});

it("takes what the link names, at most six and each once", () => {
  expect(readEvents("x.y,c.d,x.y", events)).toEqual(["x.y", "c.d"]);
  expect(readEvents("a,b,c,d,e,f,g", events)).toHaveLength(6);
});

it("remembers that everything was taken out", () => {
  expect(readEvents(printEvents([]), events)).toEqual([]);
});
