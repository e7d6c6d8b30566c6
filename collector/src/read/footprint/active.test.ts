import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucketStart, type Interval, nextBucket } from "../days.ts";
import { type FleetApi, isActiveIn, type Known, openFleets } from "./testing.ts";

let fleets: FleetApi;
beforeAll(async () => {
  fleets = await openFleets([121, 122, 123]);
});
afterAll(() => fleets?.close());

const TODAY = "2026-11-20";

function expected(known: Known[], parameters: Record<string, string>) {
  const { from = "2026-10-24", to = TODAY } = parameters;
  const interval = (parameters.interval ?? "day") as Interval;
  const rows = [];
  for (let start = bucketStart(from, interval); start <= to; start = nextBucket(start, interval)) {
    const until = nextBucket(start, interval);
    const active = known.filter((one) => isActiveIn(one, start, until));
    rows.push({
      start,
      installs: active.length,
      admitted: active.filter(({ admitted }) => admitted).length,
      complete: until <= TODAY,
    });
  }
  return { interval, rows };
}

describe("installs/active", () => {
  it("is what plain loops over the records make of random fleets", async () => {
    const found = await fleets.compare(
      "/v1/installs/active",
      [
        {},
        { from: "2026-08-02", to: "2026-11-01", interval: "week" },
        { from: "2025-11-30", interval: "month" },
      ],
      expected,
    );
    expect(found.answers).toEqual(found.expected);
  });

  it.each([
    ["2025-10-17", "day", 400],
    ["2025-10-16", "week", 58],
    // 3,660 days, the longest range: 523 weeks would be too many as well.
    ["2016-11-13", "month", 121],
  ])("answers a range from %s with %ss", async (from, interval, buckets) => {
    const answer = await fleets.api.read<{ interval: string; rows: object[] }>(
      "/v1/installs/active",
      { app: "fleet-121", from },
    );
    expect(answer.interval).toBe(interval);
    expect(answer.rows).toHaveLength(buckets);
    expect(JSON.stringify(answer).length).toBeLessThan(50 * 1024);
  });
});
