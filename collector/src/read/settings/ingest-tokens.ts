import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../../errors.ts";
import { idOfFixedToken } from "../../ingest/authenticate.ts";
import { newToken } from "../../settings/new-token.ts";
import { errors } from "../openapi.ts";
import type { SettingsDeps } from "./deps.ts";
import { appName, DONE, idParams, inSettings, json, limit, tokenName } from "./fields.ts";

const DAY_MS = 86_400_000;
const EXAMPLE_ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

const ownBudget = limit.meta({
  description:
    "New installs a day that this token may bring before the maintainer is alerted; null: the app's budget.",
  example: 500,
});
const ownRate = limit.meta({
  description:
    "Records a second, over time, that this token may send before it is answered 429; null: the collector's configuration, which leaves tokens that may send the past unbounded.",
  example: 5000,
});

const UNATTRIBUTED = "May send traces, metrics and logs that say no install, as stock SDKs do.";

const list = z
  .object({
    rows: z.array(
      z.object({
        id: z.string(),
        app: z.string(),
        name: z.string(),
        source: z.enum(["environment", "file", "settings"]).meta({
          description: "`environment` and `file` (secrets.json): changed there, not here.",
        }),
        hint: z.string().meta({ description: "Its last characters." }),
        backfill: z.boolean().meta({ description: "May send records older than 21 days." }),
        unattributed: z.boolean().meta({ description: UNATTRIBUTED }),
        createdAt: z.iso.datetime().nullable(),
        lastUsedAt: z.iso.datetime().nullable(),
        revokedAt: z.iso.datetime().nullable().meta({
          description:
            "From then on it opens nothing; in the future while a rotation's grace lasts.",
        }),
        newInstallsPerDay: ownBudget,
        recordsPerSecond: ownRate,
      }),
    ),
  })
  .meta({
    id: "IngestTokens",
    example: {
      rows: [
        {
          id: EXAMPLE_ID,
          app: "timetracker",
          name: "build server",
          source: "settings",
          hint: "x1Y2",
          backfill: false,
          unattributed: false,
          createdAt: "2026-11-20T08:12:04.000Z",
          lastUsedAt: "2026-11-20T09:00:00.000Z",
          revokedAt: null,
          newInstallsPerDay: null,
          recordsPerSecond: null,
        },
      ],
    },
  });

const create = z
  .object({
    app: appName,
    name: tokenName,
    backfill: z.boolean("true or false").default(false).meta({
      description: "May send records older than 21 days.",
    }),
    unattributed: z.boolean("true or false").default(false).meta({ description: UNATTRIBUTED }),
    newInstallsPerDay: ownBudget.default(null),
    recordsPerSecond: ownRate.default(null),
  })
  .meta({ id: "NewIngestToken", example: { app: "timetracker", name: "build server" } });

const change = z
  .object({
    newInstallsPerDay: ownBudget,
    recordsPerSecond: ownRate.optional().meta({ description: "Left out: stays as it is." }),
  })
  .meta({
    id: "IngestTokenChange",
    example: { newInstallsPerDay: 500, recordsPerSecond: null },
  });

const made = z
  .object({
    id: z.string(),
    token: z.string().meta({ description: "Shown this once; its hash is stored." }),
  })
  .meta({ id: "MadeToken", example: { id: EXAMPLE_ID, token: "rci_shown-once" } });

const GRACE = "a whole number of days from 0 to 90";
const rotate = z
  .object({
    graceDays: z.int(GRACE).min(0, GRACE).max(90, GRACE).default(7).meta({
      description: "How long the old one holds.",
      example: 7,
    }),
  })
  .meta({ id: "Rotation", example: { graceDays: 7 } });

/** Ingest tokens: listed, made, given a budget and a rate, rotated, revoked. */
export function registerIngestTokens(app: FastifyInstance, deps: SettingsDeps): void {
  const routes = app.withTypeProvider<FastifyZodOpenApiTypeProvider>();
  const { settings, uses, fixedTokens, now } = deps;
  const lastUsedAt = (id: string) => uses.last(id)?.toISOString() ?? null;
  const isFixed = (id: string) =>
    fixedTokens.tokens.some(({ token }) => idOfFixedToken(token) === id);

  /** One of the settings that opens ingest, also while a rotation's grace lasts; else null. */
  function inUse(id: string) {
    const token = settings.get("ingest_token", id);
    const ended = token?.revokedAt != null && Date.parse(token.revokedAt) <= now().getTime();
    return ended ? null : token;
  }

  async function make(value: z.output<typeof create>, by: string) {
    const { id, token, hash, hint } = newToken("rci");
    const createdAt = now().toISOString();
    await settings.put(
      "ingest_token",
      id,
      { ...value, hash, hint, createdAt, revokedAt: null },
      by,
    );
    return { id, token };
  }

  /** Lets a token end at a moment, unless it ends before. */
  const end = (id: string, at: Date, by: string, action: string) =>
    settings.change(
      "ingest_token",
      id,
      by,
      (before) => {
        if (before === null) return null;
        const sooner = before.revokedAt !== null && Date.parse(before.revokedAt) <= at.getTime();
        return sooner ? null : { ...before, revokedAt: at.toISOString() };
      },
      action,
    );

  routes.get("/v1/settings/ingest-tokens", {
    ...inSettings,
    schema: {
      operationId: "list_ingest_tokens",
      tags: ["Settings"],
      summary: "Ingest tokens",
      response: { 200: json("By app, newest first.", list), ...errors(401, 403) },
    },
    handler: async () => {
      const fixed = fixedTokens.tokens.map(({ app, token, backfill, unattributed }) => {
        const id = idOfFixedToken(token);
        return {
          ...{ id, app, backfill, unattributed, source: fixedTokens.source, hint: token.slice(-4) },
          ...{ name: "", createdAt: null, lastUsedAt: lastUsedAt(id), revokedAt: null },
          newInstallsPerDay: null,
          recordsPerSecond: null,
        };
      });
      const set = settings.list("ingest_token").map(({ key, value: { hash: _, ...value } }) => ({
        ...{ id: key, ...value, source: "settings" as const, lastUsedAt: lastUsedAt(key) },
      }));
      const newest = set.sort((a, b) => (a.createdAt > b.createdAt ? -1 : 1));
      return { rows: [...fixed, ...newest].sort((a, b) => a.app.localeCompare(b.app, "en")) };
    },
  });

  routes.post("/v1/settings/ingest-tokens", {
    ...inSettings,
    schema: {
      operationId: "create_ingest_token",
      tags: ["Settings"],
      summary: "Make an ingest token",
      description: "An app that is not known yet exists from then on.",
      body: create,
      response: { 201: json("The token, this once.", made), ...errors(400, 401, 403, 503) },
    },
    handler: async (request, reply) =>
      reply.code(201).send(await make(request.body, request.caller.name)),
  });

  routes.put("/v1/settings/ingest-tokens/:id", {
    ...inSettings,
    schema: {
      operationId: "change_ingest_token",
      tags: ["Settings"],
      summary: "Set the budget and the rate of an ingest token",
      description:
        "Tokens of the environment or secrets.json have the app's budget and the configuration's rate.",
      params: idParams,
      body: change,
      response: { ...DONE, ...errors(400, 401, 403, 404, 409, 503) },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      if (isFixed(id)) return sendApiError(request, reply, "setting_fixed");
      if (inUse(id) === null) return sendApiError(request, reply, "setting_unknown");
      await settings.change("ingest_token", id, request.caller.name, (before) =>
        before === null ? null : { ...before, ...request.body },
      );
      return reply.code(204).send();
    },
  });

  routes.post("/v1/settings/ingest-tokens/:id/rotate", {
    ...inSettings,
    schema: {
      operationId: "rotate_ingest_token",
      tags: ["Settings"],
      summary: "Make a token that takes another's place",
      description: "The old one holds for some days, so that builds can follow.",
      params: idParams,
      body: rotate,
      response: {
        201: json("The token, this once.", made),
        ...errors(400, 401, 403, 404, 409, 503),
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      if (isFixed(id)) return sendApiError(request, reply, "setting_fixed");
      const old = inUse(id);
      if (old === null) return sendApiError(request, reply, "setting_unknown");
      const by = request.caller.name;
      const { app, name, backfill, unattributed, newInstallsPerDay, recordsPerSecond } = old;
      const token = await make(
        { app, name, backfill, unattributed, newInstallsPerDay, recordsPerSecond },
        by,
      );
      const until = new Date(now().getTime() + request.body.graceDays * DAY_MS);
      await end(id, until, by, "rotated");
      return reply.code(201).send(token);
    },
  });

  routes.delete("/v1/settings/ingest-tokens/:id", {
    ...inSettings,
    schema: {
      operationId: "revoke_ingest_token",
      tags: ["Settings"],
      summary: "Revoke an ingest token",
      description: "At once. It stays in the list as revoked.",
      params: idParams,
      response: { ...DONE, ...errors(401, 403, 404, 409, 503) },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      if (isFixed(id)) return sendApiError(request, reply, "setting_fixed");
      if (settings.get("ingest_token", id) === null) {
        return sendApiError(request, reply, "setting_unknown");
      }
      await end(id, now(), request.caller.name, "revoked");
      return reply.code(204).send();
    },
  });
}
