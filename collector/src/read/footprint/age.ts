import { z } from "zod";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, count, share, withShares } from "../reply.ts";
import { ACTIVE_IN_MONTH, wholeDaysSince } from "./windows.ts";

/** Bins of install age in days of 24 hours: each begins here and ends where the next begins. */
const BINS = [
  ["under_1_day", 0],
  ["1_to_7_days", 1],
  ["1_to_4_weeks", 7],
  ["1_to_3_months", 28],
  ["3_to_6_months", 91],
  ["6_to_12_months", 182],
  ["1_to_2_years", 365],
  ["over_2_years", 730],
] as const;

const reply = z
  .object({
    rows: z.array(
      z.object({
        bin: z.enum(BINS.map(([bin]) => bin)),
        fromDays: count,
        untilDays: count.nullable().meta({ description: "Not included; null for the last bin." }),
        installs: count,
        share,
      }),
    ),
    active: count.meta({ description: "Installs heard from in the last 28 × 24 hours." }),
    asOf,
  })
  .meta({
    id: "InstallAge",
    description: "Active installs by the time since they were first heard of. Every bin is there.",
    example: {
      rows: BINS.map(([bin, fromDays], index) => ({
        bin,
        fromDays,
        untilDays: BINS[index + 1]?.[1] ?? null,
        installs: 150,
        share: 0.125,
      })),
      active: 1200,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const age = question({
  name: "installs_age",
  path: "/v1/installs/age",
  tag: "Installs",
  summary: "Active installs by age",
  description:
    "Installs heard from in the last 28 × 24 hours, in fixed bins of the time from their first record to now; `from` and `to` move nothing.",
  parameters: z.object(common),
  reply,
  async answer(parameters, { ask, app, now, asOf }) {
    const { where, params } = population(app, parameters);
    const rows = await ask<{ from_days: number; installs: number }>(
      `SELECT
         roundDown(greatest(0, ${wholeDaysSince("first_seen")}), {edges:Array(Int64)}) AS from_days,
         count() AS installs
       FROM installs_flat
       WHERE ${where} AND ${ACTIVE_IN_MONTH}
       GROUP BY from_days`,
      { ...params, now, edges: BINS.map(([, days]) => days) },
    );
    const found = new Map(rows.map(({ from_days, installs }) => [from_days, installs]));
    const active = rows.reduce((sum, { installs }) => sum + installs, 0);
    const bins = BINS.map(([bin, fromDays], index) => ({
      bin,
      fromDays,
      untilDays: BINS[index + 1]?.[1] ?? null,
      installs: found.get(fromDays) ?? 0,
    }));
    return { rows: withShares(bins, active), active, asOf };
  },
});
