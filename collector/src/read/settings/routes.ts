import type { FastifyInstance } from "fastify";
import type { Settings } from "../../settings/types.ts";
import { annotations, registerAnnotations } from "./annotations.ts";
import { registerApiTokens } from "./api-tokens.ts";
import { registerAppSettings } from "./apps.ts";
import { registerAudit } from "./audit.ts";
import { registerCatalogue } from "./catalogue.ts";
import type { SettingsDeps } from "./deps.ts";
import { registerIngestTokens } from "./ingest-tokens.ts";
import { registerReleases, releases } from "./releases.ts";
import { registerUsers } from "./users.ts";

/** What charts are drawn with besides the data: questions that any reader may ask. */
export const settingsQuestions = (settings: Settings) => [
  releases(settings),
  annotations(settings),
];

/** Everything under `/api/v1/settings`, for who may change settings. */
export function registerSettings(app: FastifyInstance, deps: SettingsDeps): void {
  registerAppSettings(app, deps);
  registerIngestTokens(app, deps);
  registerApiTokens(app, deps);
  registerUsers(app, deps);
  registerReleases(app, deps);
  registerAnnotations(app, deps);
  registerCatalogue(app, deps);
  registerAudit(app, deps);
}
