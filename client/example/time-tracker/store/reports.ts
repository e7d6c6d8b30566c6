import { rounded } from "../time.ts";
import type { Database } from "./database.ts";

export const GROUPINGS = ["project", "user"] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface ReportQuestion {
  by: Grouping;
  /** Unix seconds; the end is not included. */
  from: number;
  to: number;
  /** Null for all projects. */
  project_id: number | null;
  /** Null for everybody: an administrator sees all, others see themselves. */
  user_id: number | null;
  rounding_minutes: number;
}

export interface ReportRow {
  name: string;
  entries: number;
  seconds: number;
  billable_seconds: number;
}

interface Work {
  id: number;
  name: string;
  billable: number;
  seconds: number;
}

export interface Reports {
  /** The most time first. */
  make(question: ReportQuestion): ReportRow[];
}

export function createReports(database: Database): Reports {
  return {
    make({ by, from, to, project_id, user_id, rounding_minutes }) {
      const work = database.all<Work>(
        `SELECT ${by}s.id, ${by}s.name, entries.billable,
           ended_at - started_at AS seconds
         FROM entries
         JOIN projects ON projects.id = entries.project_id
         JOIN users ON users.id = entries.user_id
         WHERE ended_at IS NOT NULL AND started_at >= ? AND started_at < ?
           AND project_id = coalesce(?, project_id) AND user_id = coalesce(?, user_id)`,
        from,
        to,
        project_id,
        user_id,
      );
      // By id: two projects may have one name.
      return [...Map.groupBy(work, ({ id }) => id).values()]
        .map((entries) => {
          const sum = (of: Work[]) =>
            of.reduce((seconds, each) => seconds + rounded(each.seconds, rounding_minutes), 0);
          return {
            name: entries[0]!.name,
            entries: entries.length,
            seconds: sum(entries),
            billable_seconds: sum(entries.filter(({ billable }) => billable)),
          };
        })
        .toSorted((a, b) => b.seconds - a.seconds);
    },
  };
}
