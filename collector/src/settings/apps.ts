import type { Catalogues } from "../catalogues.ts";
import type { AppInfo } from "../read/operations/apps.ts";
import type { Settings } from "./types.ts";

/**
 * The apps there are: those that have, or had, an ingest token, and those that have settings or a
 * catalogue among them.
 *
 * @param fixed apps of tokens that are no settings
 */
export function knownApps(fixed: readonly string[], settings: Pick<Settings, "list">): string[] {
  const tokens = settings.list("ingest_token").map(({ value }) => value.app);
  const set = [...settings.list("app"), ...settings.list("catalogue")].map(({ key }) => key);
  return [...new Set([...fixed, ...tokens, ...set])];
}

export const describeApps = (apps: readonly string[], catalogues: Catalogues): AppInfo[] =>
  apps.map((app) => ({ app, mode: catalogues.table(app).mode }));
