import { z } from "zod";
import { question } from "../question.ts";
import { asOf, count } from "../reply.ts";
import type { Machine } from "./machine.ts";

const moment = z.iso.datetime();

const reply = z
  .object({
    rows: z
      .array(
        z.object({
          table: z.string(),
          rows: count,
          bytes: count.meta({ description: "On disk, compressed." }),
          parts: count,
          oldest: z
            .string()
            .nullable()
            .meta({ description: "First UTC day; null where a table has none." }),
          newest: z.string().nullable(),
        }),
      )
      .meta({ description: "Storage by table, largest first." }),
    machine: z
      .object({
        startedAt: moment,
        spool: z.object({
          bytes: count,
          segments: count,
          oldestAgeSeconds: z.number().nonnegative(),
          accepting: z.boolean(),
          reason: z.string().meta({ description: "Why it takes nothing; empty while it does." }),
        }),
        loader: z.object({
          failures: count.meta({ description: "Failed tries in a row." }),
          lastError: z.string(),
          lastStoredAt: moment.nullable(),
          lagSeconds: z.number().nonnegative().meta({
            description: "Age of the oldest received data that is not in the answers yet.",
          }),
          retries: count.meta({ description: "Since the collector started." }),
          quarantined: count.meta({ description: "Segments set aside since it started." }),
        }),
        engine: z
          .object({
            state: z.string(),
            memoryBytes: count.nullable(),
            limitBytes: count,
            restarts: count.meta({ description: "Since the collector started." }),
          })
          .nullable()
          .meta({ description: "Null with a ClickHouse server in place of the embedded engine." }),
        disk: z.object({ freeBytes: count, totalBytes: count }),
      })
      .nullable(),
    asOf,
  })
  .meta({
    id: "HealthSystem",
    description: "Spool, loader, engine, disk, and how much each table holds.",
    example: {
      rows: [
        {
          ...{ table: "events", rows: 4120331, bytes: 60817408, parts: 14 },
          ...{ oldest: "2026-08-20", newest: "2026-11-20" },
        },
      ],
      machine: {
        startedAt: "2026-11-18T07:00:00.000Z",
        spool: { bytes: 0, segments: 0, oldestAgeSeconds: 0, accepting: true, reason: "" },
        loader: {
          ...{ failures: 0, lastError: "", lastStoredAt: "2026-11-20T08:12:03.000Z" },
          ...{ lagSeconds: 0.4, retries: 0, quarantined: 0 },
        },
        engine: { state: "ready", memoryBytes: 402653184, limitBytes: 1073741824, restarts: 0 },
        disk: { freeBytes: 21474836480, totalBytes: 42949672960 },
      },
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

interface StoredTable {
  table: string;
  rows: number;
  bytes: number;
  parts: number;
  oldest: string;
  newest: string;
}

/** Days of parts come from their partition key, so a table that has no time in it has none. */
const STORAGE = `
  SELECT
    table,
    sum(p.rows) AS rows,
    sum(p.bytes_on_disk) AS bytes,
    count() AS parts,
    toString(min(if(p.min_date > '1970-01-01', p.min_date, toDate(p.min_time)))) AS oldest,
    toString(max(greatest(p.max_date, toDate(p.max_time)))) AS newest
  FROM system.parts AS p
  WHERE p.active AND p.database = currentDatabase()
  GROUP BY table
  ORDER BY bytes DESC, table`;

const NO_DAY = "1970-01-01";

/** How the collector itself is. */
export const healthSystem = (machine: Machine | undefined) =>
  question({
    name: "health_system",
    path: "/v1/health/system",
    tag: "Operations",
    summary: "Spool, loader, engine, disk, storage",
    description:
      "Of the whole collector, all apps together: credentials for some apps do not open it.",
    ofAllApps: true,
    parameters: z.object({}),
    reply,
    async answer(_parameters, { ask, now, loadedUntil, asOf }) {
      const stored = await ask<StoredTable>(STORAGE, {});
      const day = (text: string) => (text === NO_DAY ? null : text);
      return {
        rows: stored.map((row) => ({ ...row, oldest: day(row.oldest), newest: day(row.newest) })),
        machine: machine ? await figuresOf(machine, now, loadedUntil) : null,
        asOf,
      };
    },
  });

async function figuresOf(machine: Machine, now: Date, loadedUntil: Date) {
  const { retries, quarantined, engineRestarts } = await machine.counts();
  const { failures, lastError } = machine.loader();
  const engine = machine.engine();
  return {
    startedAt: machine.startedAt.toISOString(),
    spool: machine.spool(),
    loader: {
      failures,
      lastError,
      lastStoredAt: (await machine.lastStoredAt())?.toISOString() ?? null,
      lagSeconds: Math.max(0, (now.getTime() - loadedUntil.getTime()) / 1000),
      retries,
      quarantined,
    },
    engine: engine && { ...engine, restarts: engineRestarts },
    disk: await machine.disk(),
  };
}
