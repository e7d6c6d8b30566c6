import { expect, onTestFinished, test } from "vitest";
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

test("pings and page views take no properties, only what they are about", () => {
  const rollcall = createRollcall({
    app: "timetracker",
    version: "5.10.0",
    dataDir: temporaryDirectory(),
    catalogue,
    logger: createLog(),
    env: {},
  });
  onTestFinished(async () => void (await rollcall.close({ deadline: 0 })));
  rollcall.trackPageView("/projects/42");
  rollcall.trackPageView("/projects/42", { user: 17 });
  rollcall.identify(17);
  rollcall.identify("17");
  rollcall.updatePing("5.9.0");
  rollcall.installPing();
  rollcall.healthPing();

  // @ts-expect-error a page view is of a page
  rollcall.trackPageView();
  // @ts-expect-error a title is no option
  rollcall.trackPageView("/", { title: "Lunch with Ann" });
  // @ts-expect-error the client writes the properties of a page view
  rollcall.trackPageView("/", { user: 17 }, { referrer: "x" });
  // @ts-expect-error a user is an id
  rollcall.identify({ email: "ann@example.org" });
  // @ts-expect-error traits have no place
  rollcall.identify(17, { name: "Ann" });
  // @ts-expect-error an update is from a version
  rollcall.updatePing();
  // @ts-expect-error a version is text
  rollcall.updatePing(5);
  // @ts-expect-error a ping carries nothing
  rollcall.healthPing({ load: 1 });
  // @ts-expect-error nor does this one
  rollcall.installPing({ host: "x" });

  expect(rollcall.consent().detailed).toBe(false);
});

test("without a catalogue any event of plain values compiles", () => {
  const { track } = createRollcall({
    app: "timetracker",
    version: "5.10.0",
    dataDir: temporaryDirectory(),
    logger: createLog(),
  });
  track("anything.happened", { some_id: 4, flag: true });
  track("anything.happened", { big: 12n, word: "x", share: 0.5 });
  // @ts-expect-error lists and objects cannot be sent
  track("anything.happened", { list: [1, 2] });
  // @ts-expect-error nor can nothing
  track("anything.happened", { nothing: null });
  expect(track).toBeTypeOf("function");
});
