import { z } from "zod";
import { question } from "../question.ts";
import { asOf, count } from "../reply.ts";

/** An app that holds an ingest token. */
export interface AppInfo {
  app: string;
  /** `catalogue`: its events are listed. `learning`: it has no catalogue yet. */
  mode: "catalogue" | "learning";
}

const reply = z
  .object({
    rows: z.array(
      z.object({
        app: z.string(),
        mode: z.enum(["catalogue", "learning"]).meta({
          description: "`learning`: the app has no catalogue yet.",
        }),
        installs: count.meta({ description: "Every install ever heard from." }),
        lastReceivedAt: z.string().nullable().meta({
          description: "When its last record was received; null before the first.",
        }),
      }),
    ),
    asOf,
  })
  .meta({
    id: "Apps",
    description: "Apps that have an ingest token or have sent something, by name.",
    example: {
      rows: [
        {
          app: "timetracker",
          mode: "catalogue",
          installs: 1688,
          lastReceivedAt: "2026-11-20T08:12:01.330Z",
        },
      ],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

/** The apps there are: those configured, and those whose last token is gone but whose data is not. */
export const apps = (configured: () => AppInfo[]) =>
  question({
    name: "apps",
    path: "/v1/apps",
    tag: "Operations",
    summary: "Apps",
    description: "Every app that can be asked about.",
    parameters: z.object({}),
    reply,
    async answer(_parameters, { ask, sees, asOf }) {
      const stored = await ask<{ app: string; installs: number; received: number | null }>(
        `SELECT
           app,
           uniqExact(install_id) AS installs,
           toUnixTimestamp64Milli(max(last_received)) AS received
         FROM installs
         GROUP BY app`,
        {},
      );
      const rows = new Map(
        stored.map(({ app, installs, received }) => [
          app,
          {
            app,
            mode: "learning" as AppInfo["mode"],
            installs,
            lastReceivedAt: received === null ? null : new Date(received).toISOString(),
          },
        ]),
      );
      for (const { app, mode } of configured()) {
        rows.set(app, { installs: 0, lastReceivedAt: null, ...rows.get(app), app, mode });
      }
      const seen = [...rows.values()].filter(({ app }) => sees(app));
      return { rows: seen.sort((a, b) => (a.app < b.app ? -1 : 1)), asOf };
    },
  });
