import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { appSettings } from "../../settings/app-settings.ts";
import { errors } from "../openapi.ts";
import { count } from "../reply.ts";
import type { SettingsDeps } from "./deps.ts";
import {
  appParams,
  changed,
  changedOf,
  DONE,
  inSettings,
  json,
  limit,
  shortText,
} from "./fields.ts";

const K = "a whole number from 5 to 1000";
const k = z.int(K).min(5, K).max(1000, K).meta({
  description: "Groups smaller than this are never shown to restricted readers.",
  example: 10,
});
const budget = limit.meta({
  description:
    "New installs a day that each ingest token of the app may bring before the maintainer is alerted, unless the token has its own; null: none.",
  example: 500,
});
const DAYS = "a whole number from 1 to 3660";
const days = z.int(DAYS).min(1, DAYS).max(3660, DAYS);
const retentionDays = z.object({
  base: days.meta({ description: "Days that base records are kept.", example: 761 }),
  detailed: days.meta({
    description: "Days that detailed records are kept, and what is known of exceptions.",
    example: 396,
  }),
  signals: days.meta({ description: "Days that spans, metrics and logs are kept.", example: 30 }),
});

const list = z
  .object({
    rows: z.array(
      z.object({
        app: z.string(),
        name: z.string().nullable().meta({ description: "What people call it." }),
        mode: z.enum(["catalogue", "learning"]),
        k,
        newInstallsPerDay: budget,
        retentionDays,
        changedAt: changed.changedAt.nullable(),
        changedBy: changed.changedBy.nullable(),
      }),
    ),
  })
  .meta({
    id: "AppSettings",
    description: "Every app with what is set for it; defaults where nothing was set.",
    example: {
      rows: [
        {
          app: "timetracker",
          name: "Time Tracker",
          mode: "catalogue",
          k: 10,
          newInstallsPerDay: null,
          retentionDays: { base: 761, detailed: 396, signals: 30 },
          changedAt: "2026-11-20T08:12:04.000Z",
          changedBy: "maria",
        },
      ],
    },
  });

const change = z
  .object({
    name: shortText(80, "a name of 1 to 80 characters, or null").nullable().optional(),
    k: k.optional(),
    newInstallsPerDay: budget.optional(),
  })
  .meta({
    id: "AppChange",
    description: "What is left out stays as it is.",
    example: { name: "Time Tracker", k: 20 },
  });

const retention = retentionDays.meta({
  id: "RetentionDays",
  description:
    "How many UTC days records are kept, by layer; the day of now is one of them. What comes late for a day that is over is deleted within the hour, and counted by questions about records until then.",
  example: { base: 761, detailed: 90, signals: 30 },
});

const preview = z
  .object({
    rows: z.array(
      z.object({
        table: z.string(),
        layer: z.enum(["base", "detailed", "signals"]),
        until: z.string().meta({ description: "The last UTC day whose records go." }),
        rows: count.meta({ description: "Records that would be deleted." }),
      }),
    ),
  })
  .meta({
    id: "RetentionPreview",
    example: {
      rows: [
        { table: "heartbeats", layer: "base", until: "2024-10-20", rows: 0 },
        { table: "events", layer: "detailed", until: "2026-08-22", rows: 120_400 },
      ],
    },
  });

/** Apps: name, k, budget, and how long records are kept. */
export function registerAppSettings(app: FastifyInstance, deps: SettingsDeps): void {
  const routes = app.withTypeProvider<FastifyZodOpenApiTypeProvider>();
  const { settings } = deps;

  routes.get("/v1/settings/apps", {
    ...inSettings,
    schema: {
      operationId: "list_app_settings",
      tags: ["Settings"],
      summary: "Apps and what is set for them",
      response: { 200: json("The apps, by name.", list), ...errors(401, 403) },
    },
    handler: async () => {
      const set = new Map(settings.list("app").map((entry) => [entry.key, entry]));
      const rows = deps.apps().map((known) => {
        const entry = set.get(known.app);
        const { name, k, budget, retentionDays } = appSettings(settings, known.app);
        return {
          ...{ app: known.app, mode: known.mode, name: name ?? null, k, retentionDays },
          newInstallsPerDay: budget.newInstallsPerDay,
          ...(entry ? changedOf(entry) : { changedAt: null, changedBy: null }),
        };
      });
      return { rows: rows.sort((a, b) => (a.app < b.app ? -1 : 1)) };
    },
  });

  routes.put("/v1/settings/apps/:app", {
    ...inSettings,
    schema: {
      operationId: "set_app",
      tags: ["Settings"],
      summary: "Change or add an app",
      description: "An app that is not known yet exists from then on.",
      params: appParams,
      body: change,
      response: { ...DONE, ...errors(400, 401, 403, 503) },
    },
    handler: async (request, reply) => {
      const { name, k, newInstallsPerDay } = request.body;
      await settings.change("app", request.params.app, request.caller.name, (before) => {
        const { name: oldName, ...rest } = before ?? {};
        const newName = name === undefined ? oldName : (name ?? undefined);
        return {
          ...rest,
          ...(newName !== undefined && { name: newName }),
          ...(k !== undefined && { k }),
          ...(newInstallsPerDay !== undefined && { budget: { newInstallsPerDay } }),
        };
      });
      return reply.code(204).send();
    },
  });

  routes.post("/v1/settings/apps/:app/retention/preview", {
    ...inSettings,
    schema: {
      operationId: "preview_retention",
      tags: ["Settings"],
      summary: "What a retention would delete",
      params: appParams,
      body: retention,
      response: { 200: json("By table.", preview), ...errors(400, 401, 403, 503) },
    },
    handler: async (request) => ({
      rows: await deps.retention.preview(request.params.app, request.body),
    }),
  });

  routes.put("/v1/settings/apps/:app/retention", {
    ...inSettings,
    schema: {
      operationId: "set_retention",
      tags: ["Settings"],
      summary: "How long records are kept",
      description:
        "Older records are deleted soon afterwards and then every day; there is no way back. What was counted from them (installs, days, versions) stays.",
      params: appParams,
      body: retention,
      response: { ...DONE, ...errors(400, 401, 403, 503) },
    },
    handler: async (request, reply) => {
      const { params, body, caller } = request;
      const kept = (before: object | null) => ({ ...before, retentionDays: body });
      await settings.change("app", params.app, caller.name, kept, "retention");
      return reply.code(204).send();
    },
  });
}
