import type { FastifyInstance } from "fastify";
import type { FastifyZodOpenApiTypeProvider } from "fastify-zod-openapi";
import { z } from "zod";
import { sendApiError } from "../../errors.ts";
import { SCOPES } from "../../settings/kinds.ts";
import { newToken } from "../../settings/new-token.ts";
import { holds } from "../auth.ts";
import { errors } from "../openapi.ts";
import type { SettingsDeps } from "./deps.ts";
import { appList, DONE, idParams, inSettings, json, momentOrNull, tokenName } from "./fields.ts";

const EXAMPLE_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const SCOPE_LIST = `a list of ${SCOPES.join(", ")}`;
const scopes = z
  .array(z.enum(SCOPES, SCOPE_LIST), SCOPE_LIST)
  .min(1, SCOPE_LIST)
  .transform((given) => SCOPES.filter((scope) => given.includes(scope)))
  .meta({
    description:
      "`read`: the questions. `export`: raw rows and one install's data. `sql`: SQL. `settings`: everything here, and erasure. `restricted`: only what is published.",
    example: ["read"],
  });
const shownScopes = z.array(z.enum(SCOPES));

const list = z
  .object({
    rows: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        hint: z.string().meta({ description: "Its last characters." }),
        scopes: shownScopes,
        apps: z.array(z.string()).nullable(),
        createdAt: z.iso.datetime(),
        expiresAt: z.iso.datetime().nullable(),
        lastUsedAt: z.iso.datetime().nullable(),
      }),
    ),
  })
  .meta({
    id: "ApiTokens",
    example: {
      rows: [
        {
          id: EXAMPLE_ID,
          name: "Grafana",
          hint: "p8Qz",
          scopes: ["read", "sql"],
          apps: null,
          createdAt: "2026-11-20T08:12:04.000Z",
          expiresAt: null,
          lastUsedAt: null,
        },
      ],
    },
  });

const create = z
  .object({
    name: tokenName,
    scopes,
    apps: appList.default(null),
    expiresAt: momentOrNull.default(null).meta({
      description: "When it ends; null: never.",
      example: "2027-06-30T00:00:00Z",
    }),
  })
  .superRefine(({ scopes, apps }, context) => {
    // SQL reads every table, and settings are everybody's.
    const whole = scopes.find((scope) => scope === "sql" || scope === "settings");
    if (apps !== null && whole !== undefined) {
      const message = `null where the scopes have ${whole}, which cannot be kept to some apps`;
      context.addIssue({ code: "custom", path: ["apps"], message });
    }
  })
  .meta({ id: "NewApiToken", example: { name: "Grafana", scopes: ["read"], expiresAt: null } });

const made = z
  .object({
    id: z.string(),
    token: z.string().meta({ description: "Shown this once; its hash is stored." }),
  })
  .meta({ id: "MadeApiToken", example: { id: EXAMPLE_ID, token: "rcp_shown-once" } });

/** API tokens: listed, made, revoked. */
export function registerApiTokens(app: FastifyInstance, deps: SettingsDeps): void {
  const routes = app.withTypeProvider<FastifyZodOpenApiTypeProvider>();
  const { settings, uses, now } = deps;

  routes.get("/v1/settings/api-tokens", {
    ...inSettings,
    schema: {
      operationId: "list_api_tokens",
      tags: ["Settings"],
      summary: "API tokens",
      response: { 200: json("Newest first.", list), ...errors(401, 403) },
    },
    handler: async () => {
      const rows = settings.list("api_token").map(({ key, value: { hash: _, ...value } }) => ({
        ...{ id: key, ...value, lastUsedAt: uses.last(key)?.toISOString() ?? null },
      }));
      return { rows: rows.sort((a, b) => (a.createdAt > b.createdAt ? -1 : 1)) };
    },
  });

  routes.post("/v1/settings/api-tokens", {
    ...inSettings,
    schema: {
      operationId: "create_api_token",
      tags: ["Settings"],
      summary: "Make an API token",
      description: "With no scope that the caller's own credentials do not have.",
      body: create,
      response: { 201: json("The token, this once.", made), ...errors(400, 401, 403, 503) },
    },
    handler: async (request, reply) => {
      const { expiresAt, ...value } = request.body;
      if (!holds(request.caller, value.scopes)) {
        const message = "Your credentials lack a scope that this token would have.";
        return sendApiError(request, reply, "forbidden", message);
      }
      if (expiresAt !== null && Date.parse(expiresAt) <= now().getTime()) {
        const message = "expiresAt: allowed is a time that has not gone by, or null.";
        return sendApiError(request, reply, "invalid_parameter", message);
      }
      const { id, token, hash, hint } = newToken("rcp");
      const ends = expiresAt === null ? null : new Date(expiresAt).toISOString();
      const entry = { ...value, hash, hint, expiresAt: ends, createdAt: now().toISOString() };
      await settings.put("api_token", id, entry, request.caller.name);
      return reply.code(201).send({ id, token });
    },
  });

  routes.delete("/v1/settings/api-tokens/:id", {
    ...inSettings,
    schema: {
      operationId: "revoke_api_token",
      tags: ["Settings"],
      summary: "Revoke an API token",
      description: "At once; it leaves the list. The audit log keeps that it was there.",
      params: idParams,
      response: { ...DONE, ...errors(401, 403, 404, 503) },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      if (settings.get("api_token", id) === null) {
        return sendApiError(request, reply, "setting_unknown");
      }
      await settings.remove("api_token", id, request.caller.name);
      return reply.code(204).send();
    },
  });
}
