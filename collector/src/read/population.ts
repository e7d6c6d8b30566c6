import type { Params } from "../store/client.ts";

/** Base fields that a question can be narrowed by: columns of `installs_flat`, by their parameters. */
export const FILTERS = {
  version: "app_version",
  platform: "platform",
  os_version: "os_version",
  architecture: "architecture",
  locale: "locale",
  timezone: "timezone",
  deployment_type: "deployment_type",
  release_channel: "release_channel",
} as const;
export type FilterName = keyof typeof FILTERS;

/** Which installs a question is about, by the latest base fields of each. */
export type InstallFilter = { [name in FilterName]?: string[] | undefined } & {
  admitted: "all" | "admitted";
  lifetime: "all" | "day_or_more";
};

/** SQL for the installs that a filter leaves, with the values it binds. The text never holds input. */
export interface Population {
  /** Condition on `installs_flat` that leaves them. */
  where: string;
  /** The same without `admitted`, which is bound as `{admitted_only:Bool}`. */
  whereOfAll: string;
  /** Their numbers as one bitmap: a scalar for set algebra with `active_days` and its like. */
  members: string;
  /** ` AND install_id IN (…)` for raw tables; "" where the filter leaves every install. */
  andInstall: string;
  /** Whether a field narrows it, so that it may leave few installs; else it leaves all but a few. */
  byField: boolean;
  params: Params;
}

/** What stands for "never said" in answers and filters; the store keeps "". */
export const UNKNOWN = "unknown";

const stored = (words: string[] | undefined) =>
  (words ?? []).flatMap((word) => (word === UNKNOWN ? ["", UNKNOWN] : [word]));

const ADMITTED = "({admitted_only:Bool} = false OR admitted)";
/** Heard of for a day or longer: what lives shorter is often a test, a container or a forgery. */
const DAY_OR_MORE = "last_seen >= first_seen + INTERVAL 1 DAY";

/**
 * The installs of an app that a filter leaves. An install is one that sent an accepted record of
 * either layer; only base records say more of it than its version, and only heartbeats admit it.
 *
 * @example
 * const { members, params } = population("timetracker", { platform: ["linux"], admitted: "all", lifetime: "all" });
 * `WITH ${members} AS population SELECT day, bitmapAndCardinality(installs, population) …`
 */
export function population(app: string, filter: InstallFilter): Population {
  const conditions = ["app = {app:String}"];
  const params: Params = { app, admitted_only: filter.admitted === "admitted" };
  for (const [name, column] of Object.entries(FILTERS)) {
    const words = stored(filter[name as FilterName]);
    if (words.length === 0) continue;
    conditions.push(`has({${name}:Array(String)}, ${column})`);
    params[name] = words;
  }
  if (filter.lifetime === "day_or_more") conditions.push(DAY_OR_MORE);
  const whereOfAll = conditions.join(" AND ");
  const where = `${whereOfAll} AND ${ADMITTED}`;
  const members = `(SELECT groupBitmapState(number) FROM installs_flat WHERE ${where})`;
  const byField = Object.keys(FILTERS).some((name) => filter[name as FilterName]?.length);
  const everyone = !byField && filter.admitted === "all" && filter.lifetime === "all";
  return {
    where,
    whereOfAll,
    members,
    andInstall: everyone ? "" : andInstall(where, members, byField),
    byField,
    params,
  };
}

/**
 * Without a filter by field few installs are left out, and a small set of those is looked up much
 * faster than a large one of all others. Whoever has no row in installs_flat yet is one of them.
 */
function andInstall(where: string, members: string, byField: boolean): string {
  if (byField) return ` AND install_id IN (SELECT install_id FROM installs_flat WHERE ${where})`;
  return ` AND install_id NOT IN (
    SELECT install_id FROM install_numbers
    WHERE app = {app:String} AND NOT bitmapContains(${members}, number)
  )`;
}
