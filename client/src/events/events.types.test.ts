import { expect, test } from "vitest";
import { createRollcall } from "../index.ts";
import { catalogue } from "../test/catalogue.ts";
import { createLog, temporaryDirectory } from "../test/support.ts";

// `tsc --noEmit` is what proves these: an `@ts-expect-error` that expects in vain is an error.
test("what the catalogue does not list does not compile, and does not throw where it is forced", () => {
  const { track } = createRollcall({
    app: "timetracker",
    version: "5.10.0",
    dataDir: temporaryDirectory(),
    catalogue,
    logger: createLog(),
  });

  track("timer.started");
  track("timer.started", { project_id: 4, billable: true }, { user: 17 });
  track("timer.started", { project_id: "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11" }, { user: "17" });
  track("report.generated", { report_type: "weekly", num_rows: 3, duration_seconds: 0.2 });

  // @ts-expect-error an event that is not in the catalogue
  track("timer.paused");
  // @ts-expect-error the base layer is not the app's to send
  track("base_telemetry.heartbeat");
  // @ts-expect-error a property of no event
  track("timer.started", { title: "Lunch with Ann" });
  // @ts-expect-error a property of another event
  track("timer.started", { num_rows: 3 });
  // @ts-expect-error a wrong type
  track("timer.started", { billable: "yes" });
  // @ts-expect-error a word that is not listed
  track("report.generated", { report_type: "daily" });
  // @ts-expect-error free text has no type
  track("report.generated", { ratio: "half of it" });
  // @ts-expect-error an option that does not exist
  track("timer.started", {}, { email: "ann@example.org" });

  expect(track).toBeTypeOf("function");
});

test("without a catalogue any event of plain values compiles", () => {
  const { track } = createRollcall({
    app: "timetracker",
    version: "5.10.0",
    dataDir: temporaryDirectory(),
    logger: createLog(),
  });
  track("anything.happened", { some_id: 4, flag: true });
  // @ts-expect-error lists and objects cannot be sent
  track("anything.happened", { list: [1, 2] });
  expect(track).toBeTypeOf("function");
});
