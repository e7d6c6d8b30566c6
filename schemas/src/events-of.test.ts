import { expect, it } from "vitest";
import type { Catalogue } from "./catalogue.ts";
import type { EventsOf } from "./events-of.ts";
import { parseCatalogue } from "./parse-catalogue.ts";

const words = { description: "d", reason: "r?", owner: "core", since: "1.0" } as const;
const catalogue = {
  app: "demo",
  version: 1,
  common: { os: { type: "enum", values: ["linux", "windows"], description: "d" } },
  events: [
    {
      name: "timer.started",
      ...words,
      properties: {
        project_id: { type: "id", description: "d" },
        priority: { type: "enum", values: ["low", "high"], description: "d" },
        billable: { type: "boolean", description: "d" },
        duration_seconds: { type: "duration_seconds", description: "d" },
      },
    },
    { name: "auth.logout", ...words, properties: {} },
  ],
} as const satisfies Catalogue;

type Events = EventsOf<typeof catalogue>;
const sent: unknown[] = [];
function track<E extends keyof Events>(event: E, properties?: Events[E]): void {
  sent.push(event, properties);
}

it("gives the compiler every event, property and value of a catalogue", () => {
  expect(parseCatalogue(catalogue).ok).toBe(true);
  track("auth.logout");
  track("timer.started", { project_id: 42, priority: "low", billable: true, os: "linux" });
  // @ts-expect-error the catalogue has no such event
  track("timer.exploded");
  // @ts-expect-error the event has no such property
  track("timer.started", { quote_title: "x" });
  // @ts-expect-error the property is not of this type
  track("timer.started", { billable: "yes" });
  // @ts-expect-error the value is not in the closed set
  track("timer.started", { priority: "urgent" });
  // @ts-expect-error a common property has a closed set too
  track("auth.logout", { os: "amiga" });
  // @ts-expect-error a property of another event
  track("auth.logout", { project_id: 1 });
  expect(sent).toHaveLength(16);
});

it("lets any event of plain values through where the compiler does not know the catalogue", () => {
  type Any = EventsOf<Catalogue>;
  const given: unknown[] = [];
  const any = <E extends keyof Any>(event: E, properties?: Any[E]) =>
    given.push([event, properties]);
  any("timer.started", { project_id: 4n, billable: true, priority: "low", seconds: 0.5 });
  // @ts-expect-error lists cannot be sent
  any("timer.started", { tags: ["x"] });
  // @ts-expect-error nor can objects
  any("timer.started", { project: { id: 4 } });
  expect(given).toHaveLength(3);
});
