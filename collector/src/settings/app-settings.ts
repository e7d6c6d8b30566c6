import { kinds, type ValueOf } from "./kinds.ts";
import type { Settings } from "./types.ts";

/**
 * An app's settings; the defaults where nothing was set.
 *
 * @example appSettings(settings, "timetracker").k // 10
 */
export const appSettings = (settings: Pick<Settings, "get">, app: string): ValueOf<"app"> =>
  settings.get("app", app) ?? kinds.app.parse({});
