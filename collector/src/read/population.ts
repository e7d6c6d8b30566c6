import type { Params } from "../store/client.ts";

/** Which installs a question is about, by the latest base fields of each. */
export interface InstallFilter {
  version?: string[] | undefined;
  platform?: string[] | undefined;
  deployment_type?: string[] | undefined;
  release_channel?: string[] | undefined;
  admitted: "all" | "admitted";
}

/** SQL for the installs that a filter leaves, with the values it binds. The text never holds input. */
export interface Population {
  /** Condition on `installs_latest` that leaves them, apart from `admitted`. */
  fields: string;
  /** The same with `admitted`. */
  installs: string;
  /** ` AND install_id IN (…)` for other tables; "" where the filter leaves every install. */
  andInstall: string;
  params: Params;
}

/** What stands for "never said" in answers and filters; the store keeps "". */
export const UNKNOWN = "unknown";

const stored = (words: string[] | undefined) =>
  (words ?? []).flatMap((word) => (word === UNKNOWN ? ["", UNKNOWN] : [word]));

const FIELDS = [
  "(empty({version:Array(String)}) OR has({version:Array(String)}, app_version))",
  "(empty({platform:Array(String)}) OR has({platform:Array(String)}, platform))",
  "(empty({deployment_type:Array(String)}) OR has({deployment_type:Array(String)}, deployment_type))",
  "(empty({release_channel:Array(String)}) OR has({release_channel:Array(String)}, release_channel))",
].join(" AND ");

const INSTALLS = `${FIELDS} AND ({admitted_only:Bool} = false OR admitted)`;

/**
 * The installs of an app that a filter leaves. An install is one that sent an accepted record of
 * either layer; only base records say more of it than its version, and only heartbeats admit it.
 *
 * @example population("timetracker", { platform: ["linux"], admitted: "all" }).params.platform // ["linux"]
 */
export function population(app: string, filter: InstallFilter): Population {
  const fields = {
    version: stored(filter.version),
    platform: stored(filter.platform),
    deployment_type: stored(filter.deployment_type),
    release_channel: stored(filter.release_channel),
  };
  const narrow =
    filter.admitted === "admitted" || Object.values(fields).some((words) => words.length > 0);
  return {
    fields: FIELDS,
    installs: INSTALLS,
    andInstall: narrow
      ? ` AND install_id IN (SELECT install_id FROM installs_latest WHERE app = {app:String} AND ${INSTALLS})`
      : "",
    params: { app, ...fields, admitted_only: filter.admitted === "admitted" },
  };
}
