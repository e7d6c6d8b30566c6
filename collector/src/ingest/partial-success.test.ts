import { expect, it } from "vitest";
import { partialSuccess } from "./partial-success.ts";
import { createTally } from "./tally.ts";

it("says nothing where everything was kept", () => {
  const tally = createTally("tt", 0);
  tally.accepted = 3;
  expect(partialSuccess(tally)).toBeNull();
});

it("names reasons, counts and names, the most frequent first", () => {
  const tally = createTally("tt", 0);
  tally.accepted = 2;
  tally.refuse("event_unlisted", "timer.paused", "event_name", "");
  tally.refuse("event_unlisted", "timer.paused", "event_name", "");
  tally.refuse("install_id_missing", "", "install_id", "");
  for (const field of ["host", "current_url", "host"]) {
    tally.drop("field_unknown", "timer.started", field, "5.10");
  }
  expect(partialSuccess(tally)).toBe(
    "Refused 3 of 5 records: event_unlisted 2, the event is not in the app's catalogue " +
      "(timer.paused 2); install_id_missing 1, the record and its resource carry no install_id. " +
      "Dropped 3 fields of accepted records: field_unknown 3, the field is not in the schema of " +
      "this event (host 2, current_url 1).",
  );
});

it("lists ten names a reason and says how many more there are", () => {
  const tally = createTally("tt", 0);
  for (let at = 0; at < 25; at++) tally.refuse("event_unlisted", `made.up${at}`, "event_name", "");
  expect(partialSuccess(tally)).toContain("and 15 more names");
});

it("counts every record and field once, however many names there are", () => {
  const tally = createTally("tt", 0);
  for (let at = 0; at < 5_000; at++) tally.drop("field_unknown", "a.b", `field${at}`, "1.0");
  const counted = tally.counts.reduce((sum, { count }) => sum + count, 0);
  expect(tally.droppedFields).toBe(5_000);
  expect(counted).toBe(5_000);
  expect(tally.counts.length).toBeLessThan(1_100);
});
