import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays } from "../days.ts";
import { beat, send, type TestApi } from "../testing.ts";
import {
  type FleetApi,
  finalsSeen,
  isActive,
  isActiveIn,
  type Known,
  leftBy,
  openFleets,
  since,
} from "./testing.ts";

let fleets: FleetApi;
let api: TestApi;
const TODAY = "2026-11-20";
/** What makes a release where nothing is set. */
const K = 10;

beforeAll(async () => {
  fleets = await openFleets([11, 12, 13, 14]);
  api = fleets.api;
});
afterAll(() => fleets?.close());

const count = (known: Known[], test: (one: Known) => boolean) => known.filter(test).length;
const NEWEST_FIRST = ["2.1.0", "2.0.0", "2.0.0-beta.2", "1.10.1", "1.10.0", "1.10.0-rc.1", "1.9.0"];

function expected(
  asked: Known[],
  { admitted: _, ...others }: Record<string, string>,
  all: Known[],
) {
  const whatever = leftBy(all, others);
  const active = asked.filter(isActive);
  const sharing = active.filter((one) => one.lastDetailed !== null && since(one.lastDetailed, 28));
  const latest = finalsSeen(all, K)
    .map(({ version }) => version)
    .slice(0, 2);
  const good = NEWEST_FIRST.slice(0, NEWEST_FIRST.indexOf(latest.at(-1) ?? "") + 1);
  const [first, middle, last] = [-83, -55, -27].map((days) => addDays(TODAY, days)) as [
    string,
    string,
    string,
  ];
  return {
    active: {
      day: count(asked, (one) => since(one.lastSeen, 1)),
      week: count(asked, (one) => since(one.lastSeen, 7)),
      month: active.length,
    },
    total: whatever.length,
    admitted: count(whatever, (one) => one.admitted),
    pending: count(whatever, (one) => !one.admitted),
    underADay: count(
      active,
      (one) => one.lastSeen - one.firstSeen < 86_400_000 && !since(one.firstSeen, 1),
    ),
    new: count(asked, (one) => since(one.firstSeen, 28)),
    churned: count(asked, (one) => since(one.lastSeen, 56) && !since(one.lastSeen, 28)),
    sharingDetailed: sharing.length,
    withoutError: count(sharing, (one) => ![...one.errors].some((day) => day >= "2026-10-23")),
    latest: {
      releases: latest,
      installs: count(active, (one) => good.includes(one.fields.app_version ?? "")),
    },
    previous: {
      month: count(asked, (one) => isActiveIn(one, middle, last)),
      new: count(asked, (one) => since(one.firstSeen, 56) && !since(one.firstSeen, 28)),
      churned: count(
        asked,
        (one) => isActiveIn(one, first, middle) && !isActiveIn(one, middle, last),
      ),
    },
  };
}

describe("installs/summary", () => {
  it("is what plain loops over the records make of random fleets", async () => {
    const found = await fleets.compare("/v1/installs/summary", [{}], expected);
    expect(found.answers).toEqual(found.expected);
  });

  it("compares with the 28 days before, whoever came back since", async () => {
    const app = "before";
    await beat(fleets.store, [
      // The month before is 2026-09-26 to 2026-10-23.
      { app, install: 1, at: "2026-09-26T00:00:00Z" },
      { app, install: 1, at: "2026-11-20T01:00:00Z" },
      { app, install: 2, at: "2026-10-23T23:59:59.999Z" },
      // In the month before that one (from 2026-08-29) and not in it; back again now.
      { app, install: 3, at: "2026-08-29T00:00:00Z" },
      { app, install: 3, at: "2026-11-19" },
      { app, install: 4, at: "2026-08-28T23:59:59.999Z" },
    ]);
    expect(await api.read("/v1/installs/summary", { app })).toMatchObject({
      active: { month: 3 },
      previous: { month: 2, new: 1, churned: 1 },
    });
  });

  it("takes an error at the edge of the 28 days for one, and counts only who shares", async () => {
    const app = "errors";
    const at = "2026-11-20T01:00:00Z";
    await send(fleets.store, [
      { app, install: 1, at, event: "timer.started" },
      { app, install: 2, at, event: "timer.started" },
      { app, install: 2, at: "2026-10-23T00:00:00Z", event: "system.error" },
      { app, install: 3, at, event: "timer.started" },
      { app, install: 3, at: "2026-10-22T23:59:59.999Z", event: "error_occurred" },
    ]);
    await beat(fleets.store, [{ app, install: 4, at }]);
    expect(await api.read("/v1/installs/summary", { app })).toMatchObject({
      active: { month: 4 },
      sharingDetailed: 3,
      withoutError: 2,
    });
  });

  it("knows no latest release where no version was said by enough installs", async () => {
    expect(await api.read("/v1/installs/summary", { app: "before" })).toMatchObject({
      latest: { releases: [], installs: 0 },
    });
  });
});
