import type { Store } from "../store/client.ts";

/** How many installs share a combination. Never a number. */
export type SharedBy = "fewer_than_10" | "fewer_than_100" | "at_least_100";

export interface MeterAnswer {
  shared_by: SharedBy;
  /** The UTC day that was counted, YYYY-MM-DD. */
  as_of: string;
}

/** Answers from the last complete UTC day, which is read once a day and app. */
export interface Snapshots {
  /** Throws what the store throws. */
  ask(app: string, combination: string): Promise<MeterAnswer>;
}

const DAY_MS = 86_400_000;
/** Combinations of 10 installs and more; beyond so many the rest counts as rare. */
const MOST = 200_000;

interface Snapshot {
  day: string;
  /** True for at least 100. What is not in it is shared by fewer than 10. */
  common: Promise<Map<string, boolean>>;
}

export function createSnapshots(deps: {
  store: Pick<Store, "query">;
  /** Before a day is read for the first time: what is still on its way. */
  flush: () => Promise<void>;
  now?: () => number;
}): Snapshots {
  const now = deps.now ?? Date.now;
  const byApp = new Map<string, Snapshot>();

  async function read(app: string, day: string): Promise<Map<string, boolean>> {
    await deps.flush();
    const rows = await deps.store.query<{ combination: string; many: number }>(
      `SELECT lower(hex(combination)) AS combination,
         length(groupUniqArrayMerge(100)(askers)) AS installs, installs >= 100 AS many
       FROM combinations WHERE app = {app:String} AND day = {day:Date}
       GROUP BY combination HAVING installs >= 10 ORDER BY installs DESC LIMIT ${MOST}`,
      { app, day },
    );
    return new Map(rows.map(({ combination, many }) => [combination, Number(many) === 1]));
  }

  function snapshotOf(app: string): Snapshot {
    const day = new Date(now() - DAY_MS).toISOString().slice(0, 10);
    const known = byApp.get(app);
    if (known?.day === day) return known;
    const fresh: Snapshot = { day, common: read(app, day) };
    byApp.set(app, fresh);
    fresh.common.catch(() => {
      // The next question tries again.
      if (byApp.get(app) === fresh) byApp.delete(app);
    });
    return fresh;
  }

  return {
    async ask(app, combination) {
      const { day, common } = snapshotOf(app);
      const many = (await common).get(combination);
      if (many === undefined) return { shared_by: "fewer_than_10", as_of: day };
      return { shared_by: many ? "at_least_100" : "fewer_than_100", as_of: day };
    },
  };
}
